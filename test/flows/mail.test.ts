// Mail of a whole server: sent by a real relay, shown by the mailbox, counted, and never in a log.
import test from 'ava';
import { startAuthServer } from '../helpers/auth-server.ts';
import { ask } from '../helpers/http.ts';
import { refusal, smtpServer } from '../helpers/mail-server.ts';
import { redisAvailable, startRedis } from '../helpers/redis-server.ts';

const LINK = 'https://id.example/account/activate/SECRET-OF-THE-LINK';
const message = {
  to: 'lin@example.com',
  subject: '启用你的账号',
  text: `打开此链接：\n${LINK}\n`,
  html: `<!doctype html><html><head><title>x</title></head><body><script>1</script><a href="${LINK}">启用</a></body></html>`,
};

for (const storage of redisAvailable() ? (['sqlite', 'redis'] as const) : (['sqlite'] as const)) {
  test(`${storage}: a message is sent at once and once by two processes, and counted`, async (t) => {
    const relay = await smtpServer(t);
    const redis = storage === 'redis' ? await startRedis() : undefined;
    t.teardown(async () => redis?.stop());
    const one = await startAuthServer(t, { config: { mail: relay.config }, ...(redis && { storage: redis.url }) });
    const two = await startAuthServer(t, { beside: one });
    for (const { server } of [one, two, one, two]) await server.domain.outbox.send(message);
    for (let count = 0; count < 4; count++) {
      const mail = await relay.next('lin@example.com');
      t.is(mail.subject, message.subject);
      t.deepEqual(mail.links, [LINK]);
      t.true(mail.html.includes(LINK));
    }
    await Promise.all([one.stop(), two.stop()]);
    t.is(relay.received.length, 4);
    const logged = one.logged() + two.logged();
    t.is(logged.match(/mail sent/g)?.length, 4);
    t.notRegex(logged, /SECRET|lin@example|启用/);
    t.regex(logged, /l\*\*\*@example\.com/);
  });
}

test('what a relay refuses for good is recorded and counted, without the recipient', async (t) => {
  const relay = await smtpServer(t, { onRcptTo: (_address, _session, done) => done(refusal(550, '5.1.1 nobody')) });
  const auth = await startAuthServer(t, { config: { mail: relay.config } });
  await auth.server.domain.outbox.send(message);
  const by = { type: 'mail.given_up' } as const;
  let records = await auth.server.domain.audit.list({ ...by, limit: 10 });
  for (let tries = 0; records.items.length === 0 && tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    records = await auth.server.domain.audit.list({ ...by, limit: 10 });
  }
  t.like(records.items[0], { type: 'mail.given_up', reason: 'RCPT TO 550 5.1.1' });
  t.notRegex(JSON.stringify(records), /lin@example|SECRET/);
  const { text } = await ask(auth, '/metrics');
  t.regex(text, /^tokenim_mail_attempts_total\{outcome="given_up"\} 1$/m);
  t.regex(text, /^tokenim_mail_queued 0$/m);
  t.regex(text, /^tokenim_mail_oldest_seconds 0$/m);
});

test('the mailbox shows both forms of what would have been sent, the HTML in a frame that can do nothing', async (t) => {
  const auth = await startAuthServer(t);
  await auth.server.domain.outbox.send(message);
  const [{ id } = { id: '' }] = (await auth.server.domain.outbox.list({ limit: 1 })).items;
  const list = await ask(auth, '/mailbox');
  t.true(list.text.includes(`href="/mailbox/${id}"`));
  const page = await ask(auth, `/mailbox/${id}`);
  t.true(page.text.includes(`<a href="${LINK}">`));
  t.true(page.text.includes(`src="/mailbox/${id}/html"`));
  t.notRegex(page.text, /<script>1/);
  const html = await ask(auth, `/mailbox/${id}/html`);
  const policy = html.headers.get('content-security-policy') ?? '';
  t.regex(policy, /^sandbox [^;]*; default-src 'none'/);
  t.notRegex(policy, /allow-scripts|allow-same-origin|allow-forms/);
  t.is(html.headers.get('x-frame-options'), 'SAMEORIGIN');
  t.is((await ask(auth, '/mailbox/nothing/html')).status, 404);
});

test('without a relay development sends nothing and queues nothing', async (t) => {
  const auth = await startAuthServer(t);
  await auth.server.domain.outbox.send(message);
  t.is((await auth.server.domain.mailQueue.state()).queued, 0);
});
