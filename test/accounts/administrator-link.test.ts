import test, { type ExecutionContext } from 'ava';
import { createAdministratorLink } from '../../src/accounts/administrator-link.ts';
import { randomToken } from '../../src/lib/random.ts';
import { accounts, PASSWORD } from './fixture.ts';

const person = { email: 'root@example.com', password: PASSWORD };
const expired = { code: 'administrator_link_expired' };

async function setUp(t: ExecutionContext) {
  const all = await accounts(t);
  const link = createAdministratorLink({ ...all, newToken: () => randomToken(32) });
  return { ...all, link };
}

test('the link makes an active administrator with the chosen password', async (t) => {
  const { link, directory, passwords } = await setUp(t);
  t.false(await link.administratorExists());
  const account = await link.redeem(await link.create(), person);
  t.like(account, { kind: 'person', status: 'active', email: 'root@example.com', roles: ['admin'] });
  const credentials = await directory.findCredentials('root@example.com');
  t.true(await passwords.verify(PASSWORD, credentials?.passwordHash));
  t.true(await link.administratorExists());
});

test('the link works once', async (t) => {
  const { link } = await setUp(t);
  const token = await link.create();
  await link.redeem(token, person);
  t.false(await link.isOpen(token));
  await t.throwsAsync(link.redeem(token, { ...person, email: 'eve@example.com' }), expired);
});

test('of two simultaneous redemptions exactly one makes an administrator', async (t) => {
  const { link, directory } = await setUp(t);
  const token = await link.create();
  const emails = ['one@example.com', 'two@example.com'];
  const results = await Promise.allSettled(emails.map((email) => link.redeem(token, { ...person, email })));
  t.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  t.like(results.find((result) => result.status === 'rejected')?.reason, { kind: 'expired', ...expired });
  t.is((await directory.list({ limit: 10 })).items.length, 1);
});

test('a bad e-mail address or password does not use the link up', async (t) => {
  const { link } = await setUp(t);
  const token = await link.create();
  await t.throwsAsync(link.redeem(token, { ...person, email: 'root' }), { code: 'email_invalid' });
  await t.throwsAsync(link.redeem(token, { ...person, password: 'short' }), { code: 'password_too_short' });
  t.true(await link.isOpen(token));
  t.like(await link.redeem(token, person), { roles: ['admin'] });
});

test('an e-mail address that is taken does not use the link up', async (t) => {
  const { link, directory } = await setUp(t);
  await directory.createPerson({ email: person.email, active: true });
  const token = await link.create();
  await t.throwsAsync(link.redeem(token, person), { code: 'account_exists' });
  t.true(await link.isOpen(token));
});

test('the link ends after an hour', async (t) => {
  const { link, clock } = await setUp(t);
  const token = await link.create();
  clock.advance(3599);
  t.true(await link.isOpen(token));
  clock.advance(2);
  t.false(await link.isOpen(token));
  await t.throwsAsync(link.redeem(token, person), expired);
});

test('a new link ends the former one', async (t) => {
  const { link } = await setUp(t);
  const former = await link.create();
  const token = await link.create();
  t.false(await link.isOpen(former));
  t.true(await link.isOpen(token));
});

test('an invented token opens nothing', async (t) => {
  const { link } = await setUp(t);
  await link.create();
  await t.throwsAsync(link.redeem(randomToken(32), person), expired);
});

test('an administrator who is disabled does not count', async (t) => {
  const { link, directory } = await setUp(t);
  const { id } = await link.redeem(await link.create(), person);
  await directory.disable(id);
  t.false(await link.administratorExists());
});
