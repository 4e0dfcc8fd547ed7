import test, { type ExecutionContext } from 'ava';
import { createSignIn, type SignIn } from '../../src/accounts/login.ts';
import { serviceAccountRecord } from '../../src/accounts/new-account.ts';
import { createPasswords } from '../../src/accounts/password.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { Store } from '../../src/storage/port.ts';
import { addressKey, createLimiter } from '../../src/web/limits.ts';
import { accounts, CHEAP, PASSWORD, type Accounts } from './fixture.ts';

const LIMITS = { per_account: 3, per_address: 6, total: 9 };
const address = '192.0.2.1';
const throttled = { code: 'sign_in_throttled' };

const limiting = (store: Store, clock: Clock) => ({ limiter: createLimiter({ store, clock }), addressKey });

async function setUp(t: ExecutionContext, limits = LIMITS): Promise<Accounts & { signIn: SignIn; accountId: string }> {
  const all = await accounts(t);
  const { store, clock, directory, passwords } = all;
  const { id } = await directory.createPerson({
    email: 'ada@example.com',
    username: 'ada',
    password: PASSWORD,
    active: true,
  });
  const signIn = createSignIn({ directory, passwords, ...limiting(store, clock), limits: () => limits });
  return { ...all, signIn, accountId: id };
}

test('the right password signs in, by e-mail address or user name', async (t) => {
  const { signIn, accountId } = await setUp(t);
  for (const login of ['Ada@Example.com', 'ada']) {
    t.like(await signIn({ login, password: PASSWORD, address }), { kind: 'signed_in', account: { id: accountId } });
  }
});

test('a wrong password and an unknown login are both refused', async (t) => {
  const { signIn } = await setUp(t);
  t.like(await signIn({ login: 'ada', password: 'wrong password', address }), {
    kind: 'refused',
    reason: 'wrong_password',
  });
  t.like(await signIn({ login: 'eve', password: PASSWORD, address }), { kind: 'refused', reason: 'unknown_login' });
});

test('a disabled account is refused with its right password', async (t) => {
  const { signIn, directory, accountId } = await setUp(t);
  await directory.disable(accountId);
  t.like(await signIn({ login: 'ada', password: PASSWORD, address }), {
    kind: 'refused',
    reason: 'account_not_usable',
  });
});

test('an account whose e-mail address is not confirmed is refused', async (t) => {
  const { signIn, directory } = await setUp(t);
  await directory.createPerson({ email: 'bob@example.com', password: PASSWORD, active: false });
  t.like(await signIn({ login: 'bob@example.com', password: PASSWORD, address }), { reason: 'not_activated' });
  t.like(await signIn({ login: 'bob@example.com', password: 'wrong password', address }), { reason: 'wrong_password' });
});

test('a service account and a person without a password are refused', async (t) => {
  const { signIn, directory } = await setUp(t);
  await directory.createServiceAccount({ username: 'demo' });
  await directory.createPerson({ email: 'bob@example.com', active: true });
  t.is((await signIn({ login: 'demo', password: '', address })).kind, 'refused');
  t.is((await signIn({ login: 'bob@example.com', password: '', address })).kind, 'refused');
});

test('a service account is refused even if a password got into its record', async (t) => {
  const { signIn, directory, passwords, clock } = await setUp(t);
  const record = serviceAccountRecord({ username: 'demo' }, clock.now());
  await directory.insert({ ...record, passwordHash: await passwords.hash(PASSWORD) });
  t.like(await signIn({ login: 'demo', password: PASSWORD, address }), { reason: 'account_not_usable' });
});

test('after too many attempts at one login even the right password is throttled, until the window ends', async (t) => {
  const { signIn, clock } = await setUp(t);
  for (let attempt = 0; attempt < 3; attempt++) await signIn({ login: 'ada', password: 'wrong password', address });
  clock.advance(60);
  const error = await t.throwsAsync(signIn({ login: 'ada', password: PASSWORD, address }), throttled);
  t.like(error, { kind: 'throttled', retryAfter: 14 * 60 });
  clock.advance(14 * 60 + 1);
  t.is((await signIn({ login: 'ada', password: PASSWORD, address })).kind, 'signed_in');
});

test('an unknown login is throttled after as many attempts as a known one', async (t) => {
  const { signIn } = await setUp(t);
  const attempt = () => signIn({ login: 'nobody@example.com', password: PASSWORD, address });
  for (let count = 0; count < 3; count++) t.is((await attempt()).kind, 'refused');
  await t.throwsAsync(attempt(), throttled);
});

test('other spellings of a login do not give more attempts', async (t) => {
  const { signIn } = await setUp(t);
  for (const login of ['ada@example.com', ' ADA@example.com', 'ａda@example.com']) {
    await signIn({ login, password: 'wrong password', address });
  }
  await t.throwsAsync(signIn({ login: 'ada\u200b@example.com', password: PASSWORD, address }), throttled);
});

test('success does not reset the counter', async (t) => {
  const { signIn } = await setUp(t);
  for (let count = 0; count < 3; count++) await signIn({ login: 'ada', password: PASSWORD, address });
  await t.throwsAsync(signIn({ login: 'ada', password: PASSWORD, address }), throttled);
});

test('one address cannot try many logins, also not from the other addresses of its /64', async (t) => {
  const { signIn } = await setUp(t);
  for (let count = 0; count < 6; count++) {
    await signIn({ login: `user${count}`, password: PASSWORD, address: `2001:db8::${count}` });
  }
  await t.throwsAsync(signIn({ login: 'ada', password: PASSWORD, address: '2001:db8::ffff' }), throttled);
  t.is((await signIn({ login: 'ada', password: PASSWORD, address: '2001:db8:1::1' })).kind, 'signed_in');
});

test('many addresses together cannot exceed the total', async (t) => {
  const { signIn } = await setUp(t);
  for (let count = 0; count < 9; count++) {
    await signIn({ login: `user${count}`, password: PASSWORD, address: `192.0.2.${count}` });
  }
  await t.throwsAsync(signIn({ login: 'ada', password: PASSWORD, address: '198.51.100.1' }), throttled);
});

test('a throttled address uses up neither the total nor the attempts at a login', async (t) => {
  const { signIn } = await setUp(t, { per_account: 3, per_address: 2, total: 4 });
  for (let count = 0; count < 2; count++) await signIn({ login: 'eve', password: 'wrong password', address });
  for (let count = 0; count < 9; count++) {
    await t.throwsAsync(signIn({ login: 'ada', password: 'wrong password', address }), throttled);
  }
  t.is((await signIn({ login: 'ada', password: PASSWORD, address: '192.0.2.2' })).kind, 'signed_in');
});

test('signing in renews a hash that was made under other parameters', async (t) => {
  const { store, clock, directory, accountId } = await setUp(t);
  const passwords = createPasswords({ parameters: () => ({ ...CHEAP, iterations: 2 }) });
  const signIn = createSignIn({ directory, passwords, ...limiting(store, clock), limits: () => LIMITS });
  const before = await directory.findCredentials('ada');
  t.like(await signIn({ login: 'ada', password: PASSWORD, address }), {
    kind: 'signed_in',
    account: { id: accountId },
  });
  const after = await directory.findCredentials('ada');
  t.not(after?.passwordHash, before?.passwordHash);
});

test('a wrong password does not renew the hash', async (t) => {
  const { store, clock, directory } = await setUp(t);
  const passwords = createPasswords({ parameters: () => ({ ...CHEAP, iterations: 2 }) });
  const signIn = createSignIn({ directory, passwords, ...limiting(store, clock), limits: () => LIMITS });
  const before = await directory.findCredentials('ada');
  await signIn({ login: 'ada', password: 'wrong password', address });
  t.deepEqual(await directory.findCredentials('ada'), before);
});

test('failures beyond twice the limit wait for the end of the hour, and success does not count as one', async (t) => {
  const { signIn, clock } = await setUp(t, { per_account: 3, per_address: 100, total: 100 });
  const attempt = (password: string) => signIn({ login: 'ada', password, address });
  for (let round = 0; round < 2; round++) {
    for (let count = 0; count < 3; count++) await attempt('wrong password');
    clock.advance(15 * 60 + 1);
  }
  t.like(await t.throwsAsync(attempt(PASSWORD), throttled), { retryAfter: 60 * 60 - 2 * (15 * 60 + 1) });
  clock.advance(30 * 60);
  for (let count = 0; count < 20; count++) {
    t.is((await attempt(PASSWORD)).kind, 'signed_in');
    clock.advance(5 * 60 + 1);
  }
});

test('a browser known for the login has attempts of its own, which strangers cannot use up', async (t) => {
  const { signIn } = await setUp(t, { per_account: 3, per_address: 3, total: 100 });
  const attempt = (password: string, knownBrowser?: string) =>
    signIn({ login: 'ada', password, address, ...(knownBrowser !== undefined && { knownBrowser }) });
  for (let count = 0; count < 3; count++) await attempt('wrong password');
  await t.throwsAsync(attempt(PASSWORD), throttled);
  for (let count = 0; count < 3; count++) t.is((await attempt('wrong password', 'own')).kind, 'refused');
  await t.throwsAsync(attempt(PASSWORD, 'own'), throttled);
  t.is((await attempt(PASSWORD, 'another of hers')).kind, 'signed_in');
});
