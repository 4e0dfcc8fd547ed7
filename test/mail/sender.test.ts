// From accepted to sent: retries, giving up, leases, and that one of several processes sends.
import test from 'ava';
import { LEASE_MS } from '../../src/mail/queue.ts';
import { retryDelay } from '../../src/mail/sender.ts';
import { refusal, smtpServer } from '../helpers/mail-server.ts';
import { LINK, message, post, STORAGES } from './fixture.ts';

const DAY = 86_400;

for (const storage of STORAGES) {
  test(`${storage}: what was accepted is sent once, and nothing of it stays`, async (t) => {
    const relay = await smtpServer(t);
    const { queue, sender, outcomes } = await post(t, () => relay.config, storage);
    await queue.send(message);
    t.is((await queue.state()).queued, 1);
    const one = sender();
    await one.pass();
    await one.pass();
    t.deepEqual((await relay.next('lin@example.com')).links, [LINK]);
    t.is(relay.received.length, 1);
    t.deepEqual(await queue.state(), { queued: 0, oldestSeconds: 0 });
    t.like(outcomes, [{ kind: 'sent', to: 'l***@example.com', attempts: 1 }]);
  });

  test(`${storage}: of four processes one sends each mail`, async (t) => {
    const relay = await smtpServer(t);
    const { queue, sender } = await post(t, () => relay.config, storage);
    for (let index = 0; index < 12; index++) await queue.send({ ...message, to: `p${index}@example.com` });
    await Promise.all([sender(), sender(), sender(), sender()].map((one) => one.pass()));
    t.is(relay.received.length, 12);
    t.is(new Set(relay.received.map(({ to }) => to)).size, 12);
  });

  test(`${storage}: a claim whose process died is due again when its lease ends, not before`, async (t) => {
    const relay = await smtpServer(t);
    const { queue, sender, clock } = await post(t, () => relay.config, storage);
    await queue.send(message);
    const [item] = (await queue.list()).items;
    t.truthy(await queue.claim(item?.id ?? ''));
    await sender().pass();
    t.is(relay.received.length, 0);
    clock.advance(LEASE_MS / 1000);
    await sender().pass();
    t.is(relay.received.length, 1);
  });

  test(`${storage}: a lease that is renewed holds, and only its holder renews it`, async (t) => {
    const { queue, clock } = await post(t, () => undefined, storage);
    await queue.send(message);
    const [{ id } = { id: '' }] = (await queue.list()).items;
    const claimed = await queue.claim(id);
    clock.advance(LEASE_MS / 1000 - 1);
    if (claimed) await queue.renew(claimed);
    clock.advance(2);
    t.is(await queue.claim(id), undefined);
    clock.advance(LEASE_MS / 1000);
    t.truthy(await queue.claim(id));
    if (claimed) await queue.postpone(claimed, 0);
    t.is(await queue.claim(id), undefined, 'the former holder has no say');
  });

  test(`${storage}: nothing in the store shows link, recipient or subject`, async (t) => {
    const { queue, store } = await post(t, () => undefined, storage);
    await queue.send(message);
    const kind = { name: 'mail', durable: true, listable: true };
    const stored = JSON.stringify(await store.list(kind, { limit: 10 }));
    t.regex(stored, /sealed/);
    t.notRegex(stored, /SECRET|lin@example|Reset/);
  });
}

test('a relay that puts a mail off gets it later, the same one', async (t) => {
  const ids: string[] = [];
  let busy = true;
  const relay = await smtpServer(t, {
    onRcptTo: (_address, _session, done) => done(busy ? refusal(450, 'busy') : null),
  });
  const { queue, sender, clock, outcomes } = await post(t, () => relay.config);
  await queue.send(message);
  const one = sender();
  await one.pass();
  t.like(outcomes.at(-1), { kind: 'postponed', reason: 'RCPT TO 450', attempts: 1 });
  ids.push(outcomes.at(-1)?.messageId ?? '');
  busy = false;
  await one.pass();
  t.is(relay.received.length, 0, 'not before its time');
  clock.advance(15);
  await one.pass();
  t.is(relay.received.length, 1);
  t.deepEqual(ids, [relay.received[0]?.messageId]);
});

test('a mail waits for a relay that is away, and leaves when it is back', async (t) => {
  const first = await smtpServer(t);
  await first.stop();
  const { queue, sender, clock, outcomes } = await post(t, () => first.config);
  await queue.send(message);
  const one = sender();
  await one.pass();
  t.like(outcomes, [{ kind: 'postponed', reason: 'CONN ECONNREFUSED' }]);
  const again = await smtpServer(t, { port: first.port });
  clock.advance(15);
  await one.pass();
  t.is(again.received.length, 1);
});

test('retries come at doubling intervals up to an hour', (t) => {
  t.deepEqual(
    [1, 2, 3, 4].map((attempts) => retryDelay(attempts, 0.5)),
    [15_000, 30_000, 60_000, 120_000],
  );
  t.is(retryDelay(40, 0.5), 3_600_000);
  t.true(retryDelay(1, 0) < retryDelay(1, 0.5) && retryDelay(1, 0.5) < retryDelay(1, 1));
});

test('a process without a relay leaves mail to those that have one, for three days', async (t) => {
  const { queue, sender, clock, outcomes } = await post(t, () => undefined);
  await queue.send(message);
  const one = sender();
  await one.pass();
  t.deepEqual(outcomes, []);
  clock.advance(3 * DAY);
  await one.pass();
  t.like(outcomes.at(-1), { kind: 'given_up', reason: 'no_relay', attempts: 1 });
  t.is((await queue.state()).queued, 0);
});

test('a mail that the relay refuses for good is given up at once', async (t) => {
  const relay = await smtpServer(t, { onRcptTo: (_address, _session, done) => done(refusal(550, 'nobody')) });
  const { queue, sender, outcomes } = await post(t, () => relay.config);
  await queue.send(message);
  await sender().pass();
  t.like(outcomes, [{ kind: 'given_up', reason: 'RCPT TO 550', attempts: 1 }]);
  t.is((await queue.state()).queued, 0);
});

test('mail under a former key_encryption_key leaves while that is configured, and waits otherwise', async (t) => {
  const relay = await smtpServer(t);
  const { queue, sender, clock, outcomes } = await post(t, () => relay.config);
  await queue.send(message);
  const other = 'o'.repeat(32);
  await sender({ keys: [other] }).pass();
  t.like(outcomes, [{ kind: 'postponed', reason: 'sealed_under_another_key' }]);
  clock.advance(15);
  await sender({ keys: [other, 'k'.repeat(32)] }).pass();
  t.is(relay.received.length, 1);
});

test('mails leave in the order of their acceptance', async (t) => {
  const relay = await smtpServer(t);
  const { queue, sender } = await post(t, () => relay.config);
  const subjects = Array.from({ length: 20 }, (_, index) => `Mail ${index}`);
  for (const subject of subjects) await queue.send({ ...message, subject });
  await sender({ concurrency: 1 }).pass();
  t.deepEqual(
    relay.received.map(({ subject }) => subject),
    subjects,
  );
});

test('no more than a few connections are open at once', async (t) => {
  let open = 0;
  let most = 0;
  const relay = await smtpServer(t, {
    onConnect: (_session, done) => {
      most = Math.max(most, ++open);
      done();
    },
    onClose: () => open--,
  });
  const { queue, sender } = await post(t, () => relay.config);
  for (let index = 0; index < 30; index++) await queue.send(message);
  await sender().pass();
  t.is(relay.received.length, 30);
  // A closed connection may be noticed after the next one began.
  t.true(most <= 8, `${most}`);
});

test('stopping lets a mail in the middle of its delivery end, and begins no other', async (t) => {
  let answer: (() => void) | undefined;
  let asked: (() => void) | undefined;
  const reached = new Promise<void>((resolve) => (asked = resolve));
  const relay = await smtpServer(t, {
    onRcptTo(_address, _session, done) {
      answer = () => done();
      asked?.();
    },
  });
  const { queue, sender } = await post(t, () => relay.config);
  await queue.send(message);
  await queue.send({ ...message, to: 'wei@example.com' });
  const one = sender({ concurrency: 1 });
  one.start();
  await reached;
  const closing = one.close();
  answer?.();
  await closing;
  t.deepEqual(
    relay.received.map(({ to }) => to),
    ['lin@example.com'],
  );
  t.is((await queue.state()).queued, 1);
});

for (const to of [
  'lin@example.com, eve@example.com',
  'Lin <lin@example.com>',
  'lin',
  '',
  'a b@example.com',
  `${'a'.repeat(250)}@example.com`,
]) {
  test(`not one address: ${to.slice(0, 40)}`, async (t) => {
    const { queue } = await post(t, () => undefined);
    await t.throwsAsync(queue.send({ ...message, to }), { code: 'message_malformed' });
    t.is((await queue.state()).queued, 0);
  });
}
