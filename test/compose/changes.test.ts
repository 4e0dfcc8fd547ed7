// Whom a changed configuration takes something from: everybody, each once, and nobody who has nothing to lose.
import test, { type ExecutionContext } from 'ava';
import { redisAvailable, type RedisServer, startRedis } from '../helpers/redis-server.ts';
import { type Installation, installation } from './installation.ts';

const LINES = `password: { memory_kib: 8192, iterations: 1 }
reload: { confirm_above: 2 }
resources: { im: { indicator: https://im.example/ }, crm: { indicator: https://crm.example/ } }
scopes:
  messages:read: { resource: im, description: { en: Read } }
  calls:read: { resource: im, description: { en: See calls } }
roles:
  member: { default: true, scopes: [messages:read] }
  ra: {}
  rb: {}
  inner: { scopes: [calls:read] }
  lead: { includes: [inner], scopes: [calls:read] }
clients:
  ca: { name: A, grants: [device_code], scopes: [openid], allowed_roles: [ra, rb] }
  cb: { name: B, grants: [device_code], scopes: [openid], allowed_roles: [ra, rb] }
  ci: { name: I, grants: [device_code], scopes: [openid], allowed_roles: [inner] }
  crm:
    name: CRM
    grants: [authorization_code, refresh_token]
    redirect_uris: ["https://crm.example/callback"]
    secrets: [{ hash: "sha256:bxKpib5xL5j3VZtCEtOY931Zdf5tmy1C4Z33i-59IfM" }]
    scopes: [openid, messages:read, calls:read]
`;

let redis: RedisServer | undefined;
let databases = 0;
test.before(async () => {
  redis = redisAvailable() ? await startRedis() : undefined;
});
test.after.always(() => redis?.stop());

type Body = (t: ExecutionContext, there: Installation) => Promise<void>;

function onBoth(sentence: string, body: Body, lines = LINES): void {
  test(`sqlite: ${sentence}`, async (t) => body(t, await installation(t, 'sqlite::memory:', lines)));
  if (!redisAvailable()) return;
  test(`redis: ${sentence}`, async (t) => body(t, await installation(t, `${redis?.url}/${databases++}`, lines)));
}

onBoth('people behind different doors are counted together', async (t, { people, plan }) => {
  await people(2, 'ra');
  await people(2, 'rb');
  const { people: losing, consequences } = await plan((text) =>
    text
      .replace('[openid], allowed_roles: [ra, rb]', '[openid], allowed_roles: [rb]')
      .replace(/(name: B.*allowed_roles): \[ra, rb\]/, '$1: [ra]'),
  );
  t.deepEqual(consequences, [
    { kind: 'client_closes', client: 'ca', people: 2 },
    { kind: 'client_closes', client: 'cb', people: 2 },
  ]);
  t.is(losing, 4);
});

onBoth('a door that a role opened closes with it, although nobody loses a scope', async (t, { people, plan }) => {
  await people(3, 'lead');
  const {
    people: losing,
    consequences,
    needsConfirmation,
  } = await plan((text) => text.replace('includes: [inner], ', ''));
  t.deepEqual(consequences, [{ kind: 'client_closes', client: 'ci', people: 3 }]);
  t.is(losing, 3);
  t.true(needsConfirmation);
});

onBoth('who agreed to a client loses it with its grants', async (t, { people, consent, plan }) => {
  await consent(await people(3), 'crm', 'messages:read');
  const { people: losing, consequences } = await plan((text) =>
    text
      .replace('[authorization_code, refresh_token]', '[client_credentials]')
      .replace('    redirect_uris: ["https://crm.example/callback"]\n', '')
      .replace('[openid, messages:read, calls:read]', '[messages:read, calls:read]'),
  );
  t.deepEqual(
    consequences.filter(({ kind }) => kind === 'client_loses_grant'),
    ['authorization_code', 'refresh_token'].map((grant) => ({
      kind: 'client_loses_grant',
      client: 'crm',
      grant,
      people: 3,
    })),
  );
  t.is(losing, 3);
});

onBoth(
  'who needs a second factor from now on counts, by a role of their own or one that it includes',
  async (t, there) => {
    await there.people(3);
    const all = await there.plan((text) => text.replace('default: true,', 'default: true, require_mfa: true,'));
    t.deepEqual(all.consequences, [{ kind: 'role_needs_mfa', role: 'member', people: 3 }]);
    t.is(all.people, 3);
    t.true(all.needsConfirmation);
    await there.people(4, 'lead');
    const some = await there.plan((text) => text.replace('inner: {', 'inner: { require_mfa: true,'));
    t.deepEqual(some.consequences, [{ kind: 'role_needs_mfa', role: 'inner', people: 4 }]);
    t.is(some.people, 4);
  },
);

onBoth('files cannot raise the threshold for what they do themselves', async (t, { people, plan }) => {
  await people(3, 'inner');
  const taking = (text: string) => text.replace('inner: { scopes: [calls:read] }', 'inner: {}').replace('2 }', '9 }');
  t.true((await plan(taking)).needsConfirmation);
  t.true((await plan((text) => taking(text).replace('9 }', '0 }'))).needsConfirmation);
});

onBoth('a scope that moves to another API is lost to who gave it and to keys', async (t, there) => {
  const [anna = '', berta = ''] = await there.people(2, 'inner');
  await there.people(2, 'inner');
  await there.consent([anna], 'crm', 'calls:read');
  await there.key(berta, ['calls:read'], 'im');
  for (const edit of [
    (text: string) => text.replace('calls:read: { resource: im', 'calls:read: { resource: crm'),
    (text: string) => text.replace('indicator: https://im.example/', 'indicator: https://new.example/'),
  ]) {
    const { people, consequences } = await there.plan(edit);
    const move = consequences.find((one) => one.kind === 'scope_moves' && one.scope === 'calls:read');
    t.like(move, { people: 2, keys: 1 });
    t.is(people, 2);
  }
});

onBoth('accounts that cannot be used have nothing to lose', async (t, { domain, people, consent, key, plan }) => {
  const [active = '', disabled = '', leaving = ''] = await people(3, 'inner');
  await domain.directory.createPerson({ email: 'pending@example.com', roles: ['inner'], active: false });
  await consent([active, disabled, leaving], 'crm', 'calls:read');
  await key(disabled, ['calls:read']);
  await domain.directory.disable(disabled);
  await domain.directory.scheduleDeletion(leaving, Date.now() + 86_400_000);
  const { people: losing, consequences } = await plan((text) =>
    text
      .replace('inner: { scopes: [calls:read] }', 'inner: {}')
      .replace('messages:read, calls:read]', 'messages:read]'),
  );
  t.like(
    consequences.find((one) => one.kind === 'role_loses' && one.role === 'inner'),
    { people: 1, keys: 0 },
  );
  t.deepEqual(
    consequences.find(({ kind }) => kind === 'client_loses'),
    { kind: 'client_loses', client: 'crm', scope: 'calls:read', people: 1 },
  );
  t.is(losing, 1);
});

onBoth(
  'of our own applications everybody who can use an account is a bound',
  async (t, { domain, people, plan }) => {
    const [gone = ''] = await people(3);
    await domain.directory.disable(gone);
    const { people: losing, consequences } = await plan((text) =>
      text.replace('[openid, messages:read, calls:read]', '[openid, messages:read]'),
    );
    t.deepEqual(consequences, [{ kind: 'client_loses', client: 'crm', scope: 'calls:read', people: 2, atMost: true }]);
    t.is(losing, 2);
  },
  LINES.replace('name: CRM', 'name: CRM\n    first_party: true'),
);

onBoth('clients and roles may be named as what every object has', async (t, { plan }) => {
  const { changes } = await plan((text) =>
    text.replace('  ra: {}', '  ra: {}\n  constructor: {}').replace('  ca: {', '  toString: {'),
  );
  t.deepEqual(
    changes.map(({ entry, change }) => `${change} ${entry}`),
    ['added roles.constructor', 'removed clients.ca', 'added clients.toString'],
  );
});
