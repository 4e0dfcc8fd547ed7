import test from 'ava';
import { accounts, PASSWORD } from './fixture.ts';

const ada = { email: 'ada@example.com', username: 'ada', name: 'Ada Lovelace', active: true };

test('a person is found by id, e-mail address and user name', async (t) => {
  const { directory } = await accounts(t);
  const created = await directory.createPerson(ada);
  t.deepEqual(await directory.find(created.id), created);
  t.deepEqual(await directory.findByLogin(' ADA@Example.com'), created);
  t.deepEqual(await directory.findByLogin('Ada'), created);
  t.is(await directory.findByLogin('eve@example.com'), undefined);
  t.is(await directory.findByLogin('not a login'), undefined);
});

test('an account shows neither password nor hash', async (t) => {
  const { directory } = await accounts(t);
  const created = await directory.createPerson({ ...ada, password: PASSWORD });
  const shown = JSON.stringify([created, await directory.find(created.id), await directory.list({ limit: 10 })]);
  t.false(shown.includes(PASSWORD));
  t.false(shown.includes('argon2'));
});

test('an e-mail address belongs to one account, in whatever spelling', async (t) => {
  const { directory } = await accounts(t);
  await directory.createPerson(ada);
  const again = directory.createPerson({ email: 'ＡDA@EXAMPLE.COM', active: true });
  await t.throwsAsync(again, { code: 'account_exists' });
});

test('a user name belongs to one account, be it a person or a service account', async (t) => {
  const { directory } = await accounts(t);
  await directory.createPerson(ada);
  await t.throwsAsync(directory.createServiceAccount({ username: 'ADA' }), { code: 'account_exists' });
});

test('of two simultaneous creations of one e-mail address exactly one succeeds', async (t) => {
  const { directory } = await accounts(t);
  const results = await Promise.allSettled([1, 2].map(() => directory.createPerson({ ...ada, password: PASSWORD })));
  t.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  const refused = results.find((result) => result.status === 'rejected');
  t.like(refused?.reason, { kind: 'conflict', code: 'account_exists' });
  t.is((await directory.list({ limit: 10 })).items.length, 1);
});

test('what is wrong with a new account is named', async (t) => {
  const { directory } = await accounts(t);
  await t.throwsAsync(directory.createPerson({ ...ada, email: 'ada' }), { code: 'email_invalid' });
  await t.throwsAsync(directory.createPerson({ ...ada, username: 'a b' }), { code: 'username_invalid' });
  await t.throwsAsync(directory.createPerson({ ...ada, name: 'Ada\u202e' }), { code: 'name_invalid' });
  await t.throwsAsync(directory.createPerson({ ...ada, password: 'short' }), { code: 'password_too_short' });
  await t.throwsAsync(directory.createPerson({ ...ada, roles: ['emperor'] }), { code: 'role_unknown' });
  t.deepEqual((await directory.list({ limit: 10 })).items, []);
});

test('people are found by the beginning of address, user name and each word of the name', async (t) => {
  const { directory } = await accounts(t);
  const { id } = await directory.createPerson({ ...ada, username: 'countess' });
  for (const prefix of ['ada@ex', 'COUNT', 'ada l', 'love']) {
    const { items } = await directory.list({ prefix, limit: 10 });
    t.deepEqual(
      items.map((account) => account.id),
      [id],
      prefix,
    );
  }
  t.deepEqual((await directory.list({ prefix: 'velace', limit: 10 })).items, []);
});

test('a role is granted once and taken away again', async (t) => {
  const { directory } = await accounts(t);
  const { id } = await directory.createPerson(ada);
  await directory.grantRole(id, 'support');
  t.deepEqual((await directory.grantRole(id, 'support')).account.roles, ['support']);
  const { items } = await directory.list({ by: { name: 'role', value: 'support' }, limit: 10 });
  t.deepEqual(
    items.map((account) => account.id),
    [id],
  );
  t.deepEqual((await directory.revokeRole(id, 'support')).account.roles, []);
});

test('roles granted at the same time are all kept', async (t) => {
  const { directory } = await accounts(t);
  const { id } = await directory.createPerson(ada);
  await Promise.all(['member', 'support', 'admin'].map((role) => directory.grantRole(id, role)));
  t.deepEqual((await directory.find(id))?.roles.toSorted(), ['admin', 'member', 'support']);
});

test('an unknown role is neither granted nor taken away', async (t) => {
  const { directory } = await accounts(t);
  const { id } = await directory.createPerson(ada);
  await t.throwsAsync(directory.grantRole(id, 'emperor'), { code: 'role_unknown' });
  await t.throwsAsync(directory.revokeRole(id, 'emperor'), { code: 'role_unknown' });
});

test('an account that does not exist cannot be changed', async (t) => {
  const { directory } = await accounts(t);
  await t.throwsAsync(directory.disable('nobody'), { code: 'account_unknown' });
  await t.throwsAsync(directory.grantRole('nobody', 'admin'), { code: 'account_unknown' });
});

test('a disabled account is enabled again as it was', async (t) => {
  const { directory } = await accounts(t);
  const { id } = await directory.createPerson(ada);
  t.is((await directory.disable(id)).account.status, 'disabled');
  t.is((await directory.enable(id)).account.status, 'active');
});

test('disabling and enabling does not stand in for confirming the e-mail address', async (t) => {
  const { directory } = await accounts(t);
  const { id } = await directory.createPerson({ ...ada, active: false });
  await directory.disable(id);
  t.is((await directory.enable(id)).account.status, 'pending');
  t.is((await directory.activate(id)).status, 'active');
});

test('confirming the e-mail address does not bring a disabled account back', async (t) => {
  const { directory } = await accounts(t);
  const { id } = await directory.createPerson({ ...ada, active: false });
  await directory.disable(id);
  t.is((await directory.activate(id)).status, 'disabled');
});

test('a service account has maintainers and cannot be given a password', async (t) => {
  const { directory } = await accounts(t);
  const { id: maintainer } = await directory.createPerson(ada);
  const service = await directory.createServiceAccount({ username: 'crm-sync', maintainers: [maintainer] });
  t.like(service, { kind: 'service', status: 'active', maintainers: [maintainer] });
  const { items } = await directory.list({ by: { name: 'maintainer', value: maintainer }, limit: 10 });
  t.deepEqual(
    items.map((account) => account.id),
    [service.id],
  );
  await t.throwsAsync(directory.setPassword(service.id, PASSWORD), { code: 'service_account_has_no_password' });
});

test('a maintainer must be a person that exists', async (t) => {
  const { directory } = await accounts(t);
  const { id } = await directory.createServiceAccount({ username: 'one' });
  for (const maintainers of [['nobody'], [id]]) {
    await t.throwsAsync(directory.createServiceAccount({ username: 'two', maintainers }), {
      code: 'maintainer_unknown',
    });
  }
});

test('a rehash does not bring back a password that was changed meanwhile', async (t) => {
  const { directory, passwords } = await accounts(t);
  const { id } = await directory.createPerson({ ...ada, password: PASSWORD });
  const before = await directory.findCredentials('ada');
  await directory.setPassword(id, 'another password');
  await directory.rehashPassword(id, PASSWORD, before?.passwordHash ?? '');
  const after = await directory.findCredentials('ada');
  t.true(await passwords.verify('another password', after?.passwordHash));
});
