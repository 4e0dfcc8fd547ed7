import test from 'ava';
import { createPasswords, parsePassword } from '../../src/accounts/password.ts';
import { CHEAP, PASSWORD } from './fixture.ts';

const passwords = createPasswords({ parameters: () => CHEAP });

test('a password matches its own hash and no other', async (t) => {
  const hash = await passwords.hash(PASSWORD);
  t.true(await passwords.verify(PASSWORD, hash));
  t.false(await passwords.verify('correct horse batterx', hash));
  t.false(await passwords.verify('', hash));
});

test('the hash is argon2id under the configured parameters, with its own salt', async (t) => {
  const [one, two] = await Promise.all([passwords.hash(PASSWORD), passwords.hash(PASSWORD)]);
  t.regex(one, /^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
  t.not(one, two);
});

test('without a hash no password matches', async (t) => {
  t.false(await passwords.verify(PASSWORD, undefined));
  t.false(await passwords.verify('', undefined));
});

test('without a hash argon2 works all the same, under the configured parameters', async (t) => {
  const impossible = createPasswords({ parameters: () => ({ ...CHEAP, memory_kib: 1 }) });
  await t.throwsAsync(impossible.verify(PASSWORD, undefined), { message: /memory/i });
});

test('a password typed in another Unicode form is the same password', async (t) => {
  const hash = await passwords.hash('Zu\u0308rich-2026');
  t.true(await passwords.verify('Z\u00fcrich-2026', hash));
});

test('a password of 8 characters is accepted and one of 7 is too short', (t) => {
  t.is(parsePassword('密码密码密码密码'), '密码密码密码密码');
  t.throws(() => parsePassword('1234567'), { code: 'password_too_short' });
});

test('characters outside the basic plane count once', (t) => {
  t.throws(() => parsePassword('😀😀😀😀'), { code: 'password_too_short' });
  t.notThrows(() => parsePassword('😀'.repeat(128)));
});

test('a password of more than 128 characters is too long, also after normalisation', (t) => {
  t.notThrows(() => parsePassword('a'.repeat(128)));
  t.throws(() => parsePassword('a'.repeat(129)), { code: 'password_too_long' });
  t.throws(() => parsePassword('ﷺ'.repeat(100)), { code: 'password_too_long' });
  t.throws(() => parsePassword('a'.repeat(10_000_000)), { code: 'password_too_long' });
});

test('half a surrogate pair is refused, since it would be hashed like every other half', (t) => {
  t.throws(() => parsePassword('password\ud800'), { code: 'password_malformed' });
});

test('an endless password is refused without matching its beginning', async (t) => {
  const start = 'a'.repeat(128);
  const hash = await passwords.hash(start);
  t.false(await passwords.verify(start.padEnd(5000, 'a'), hash));
});

test('a hash under other parameters needs to be made again', async (t) => {
  const stronger = createPasswords({ parameters: () => ({ ...CHEAP, iterations: 2 }) });
  const hash = await passwords.hash(PASSWORD);
  t.false(passwords.needsRehash(hash));
  t.true(stronger.needsRehash(hash));
  t.true(await stronger.verify(PASSWORD, hash));
});

test('when too many wait for argon2, newcomers are told to come back and the others are served', async (t) => {
  const hash = await passwords.hash(PASSWORD);
  const crowded = createPasswords({ parameters: () => CHEAP });
  const results = await Promise.allSettled(Array.from({ length: 100 }, () => crowded.verify(PASSWORD, hash)));
  const refused = results.filter((result) => result.status === 'rejected');
  t.true(refused.length >= 30 && refused.length < 40, String(refused.length));
  for (const { reason } of refused) t.like(reason, { kind: 'unavailable', code: 'sign_in_busy', retryAfter: 1 });
  t.true(await crowded.verify(PASSWORD, hash));
});
