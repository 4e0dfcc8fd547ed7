// What arrives at a real SMTP server: headers, languages, addresses; and what the relay's answers mean.
import test from 'ava';
import { createRelay } from '../../src/mail/smtp.ts';
import { refusal, smtpServer } from '../helpers/mail-server.ts';

const letter = {
  to: 'lin@example.com',
  subject: 'Reset your password',
  text: 'Open this link',
  messageId: '<one@id.example>',
  date: new Date('2026-11-21T08:00:00Z'),
};

test('a letter arrives with its two forms, its id, its date, and as sent by a program', async (t) => {
  const server = await smtpServer(t);
  const relay = createRelay({ ...server.config, reply_to: 'Help <help@id.example>' }, 'id.example');
  t.deepEqual(await relay.deliver({ ...letter, html: '<p>Open this link</p>' }), { kind: 'accepted' });
  const mail = await server.next('lin@example.com');
  t.is(mail.from, 'no-reply@id.example');
  t.is(mail.messageId, '<one@id.example>');
  t.is(mail.text.trim(), 'Open this link');
  t.is(mail.html.trim(), '<p>Open this link</p>');
  t.is(mail.headers['auto-submitted'], 'auto-generated');
  t.is(mail.headers['reply-to'], 'Help <help@id.example>');
  t.is(new Date(mail.headers['date'] ?? '').getTime(), letter.date.getTime());
});

test('Chinese is read as it was written, and no line on the wire is too long', async (t) => {
  const server = await smtpServer(t);
  const relay = createRelay({ ...server.config, from: '令牌即时通 <no-reply@id.example>' }, 'id.example');
  const subject = `请确认你的电子邮件地址 ${'很长的主题'.repeat(40)}`;
  const text = `你好：\n${'這是一行很長的文字，'.repeat(200)}\n`;
  t.is((await relay.deliver({ ...letter, subject, text, html: `<p>${text}</p>` })).kind, 'accepted');
  const mail = await server.next('lin@example.com');
  t.is(mail.subject, subject);
  t.is(mail.text.trim(), text.trim());
  t.true(Math.max(...mail.raw.split('\r\n').map(({ length }) => length)) <= 998, 'RFC 5321 §4.5.3.1.6');
});

test('a line of one dot does not end the message', async (t) => {
  const server = await smtpServer(t);
  const text = 'before\n.\n..two\n.three\nQUIT\nafter\n';
  await createRelay(server.config, 'id.example').deliver({ ...letter, text });
  t.is((await server.next('lin@example.com')).text.trim(), text.trim());
});

test('a subject cannot add a header, and a recipient cannot become two', async (t) => {
  const server = await smtpServer(t);
  const relay = createRelay(server.config, 'id.example');
  await relay.deliver({ ...letter, subject: 'Hello\r\nBcc: eve@example.com\r\nX-Added: yes' });
  const mail = await server.next('lin@example.com');
  t.is(mail.headers['bcc'], undefined);
  t.is(mail.headers['x-added'], undefined);
  await relay.deliver({ ...letter, to: 'lin@example.com, eve@example.com' });
  t.false(server.received.some(({ to }) => to.startsWith('eve')));
});

test('an international domain is written in ASCII, an international name needs SMTPUTF8', async (t) => {
  const server = await smtpServer(t);
  const relay = createRelay(server.config, 'id.example');
  t.is((await relay.deliver({ ...letter, to: 'lin@例子.example' })).kind, 'accepted');
  t.is((await relay.deliver({ ...letter, to: '林@example.com' })).kind, 'accepted');
  t.regex(server.received[0]?.raw ?? '', /^To: lin@xn--fsqu00a\.example\r$/m);
  t.is(server.received[1]?.to, '林@example.com');
});

for (const [sentence, at, code, kind] of [
  ['an unknown recipient is final', 'onRcptTo', 550, 'refused'],
  ['a mailbox that is busy is not', 'onRcptTo', 450, 'failed'],
  ['a sender that the relay does not take is a mistake of the configuration', 'onMailFrom', 550, 'failed'],
  ['a relay that takes nobody is one too', 'onConnect', 554, 'failed'],
  ['a refused message is final', 'onData', 554, 'refused'],
  ['a message that is put off is not', 'onData', 451, 'failed'],
] as const) {
  test(`${sentence} (${at} ${code})`, async (t) => {
    const answer = (first: unknown, ...others: unknown[]): void => {
      const done = others.at(-1) as (error: Error) => void;
      if (at === 'onData') (first as NodeJS.ReadableStream).resume();
      done(refusal(code, '5.1.1 no <lin@example.com> here, see https://relay.example/lin'));
    };
    const server = await smtpServer(t, { [at]: answer });
    const delivery = await createRelay(server.config, 'id.example').deliver(letter);
    t.is(delivery.kind, kind);
    t.true(delivery.kind !== 'accepted' && delivery.reason.includes(String(code)), JSON.stringify(delivery));
    t.notRegex(JSON.stringify(delivery), /lin|relay\.example/, 'nothing of what the relay wrote');
  });
}

test('a relay that is not there is tried again, and says why', async (t) => {
  const server = await smtpServer(t);
  await server.stop();
  const delivery = await createRelay(server.config, 'id.example').deliver(letter);
  t.deepEqual(delivery, { kind: 'failed', reason: 'CONN ECONNREFUSED' });
});

test('the relay is signed in to with the credentials of the URL', async (t) => {
  const seen: unknown[] = [];
  const server = await smtpServer(t, {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, done) {
      seen.push([username, password]);
      if (password === 'p@ss/word') done(null, { user: username });
      else done(new Error('no'));
    },
  });
  const signedIn = (password: string) =>
    createRelay(
      { ...server.config, url: `smtp://tokenim:${encodeURIComponent(password)}@127.0.0.1:${server.port}` },
      'id.example',
    );
  t.deepEqual(await signedIn('p@ss/word').deliver(letter), { kind: 'accepted' });
  t.deepEqual(seen, [['tokenim', 'p@ss/word']]);
  await t.notThrowsAsync(signedIn('p@ss/word').verify());
  t.is((await signedIn('wrong').deliver(letter)).kind, 'failed');
  await t.throwsAsync(signedIn('wrong').verify());
});
