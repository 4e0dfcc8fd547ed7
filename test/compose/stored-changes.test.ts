// What changed files take from applications that no file manages, and from devices: counted as for those of the files.
import test, { type ExecutionContext } from 'ava';
import { createAdministration } from '../../src/compose/administration.ts';
import type { MadeClient, Settings } from '../../src/clients/stored-clients.ts';
import { secretHash, sha256 } from '../../src/lib/hash.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { redisAvailable, type RedisServer, startRedis } from '../helpers/redis-server.ts';
import { type Installation, installation } from './installation.ts';

const LINES = `password: { memory_kib: 8192, iterations: 1 }
lifetimes: { refresh_token: 30d }
client_registration: { enabled: true, scopes: [openid, calls:read] }
resources: { im: { indicator: https://im.example/ } }
scopes:
  messages:read: { resource: im, description: { en: Read } }
  calls:read: { resource: im, description: { en: See calls } }
roles:
  member: { default: true, scopes: [messages:read] }
  support: { scopes: [calls:read] }
clients:
  tv: { name: TV, first_party: true, grants: [device_code], scopes: [openid, messages:read, calls:read] }
  both:
    name: Both
    grants: [authorization_code, device_code, refresh_token]
    redirect_uris: ["https://both.example/callback"]
    scopes: [openid, calls:read]
`;

let redis: RedisServer | undefined;
let databases = 0;
test.before(async () => {
  redis = redisAvailable() ? await startRedis() : undefined;
});
test.after.always(() => redis?.stop());

type Body = (t: ExecutionContext, there: Installation) => Promise<void>;

function onBoth(sentence: string, body: Body): void {
  test(`sqlite: ${sentence}`, async (t) => body(t, await installation(t, 'sqlite::memory:', LINES)));
  if (!redisAvailable()) return;
  test(`redis: ${sentence}`, async (t) => body(t, await installation(t, `${redis?.url}/${databases++}`, LINES)));
}

const NOTES = {
  name: 'Notes',
  grants: ['authorization_code', 'refresh_token'],
  redirect_uris: ['https://notes.example/callback'],
  scopes: ['openid', 'messages:read', 'calls:read'],
};

const make = ({ domain }: Installation, settings: Settings = {}): Promise<MadeClient> =>
  createAdministration(domain).createClient(OPERATOR, { settings: { ...NOTES, ...settings }, isConfidential: true });

const registered = ({ domain }: Installation) =>
  createAdministration(domain).createClient(OPERATOR, {
    settings: { ...NOTES, scopes: ['openid', 'calls:read'] },
    isConfidential: true,
    registered: { registration: { tokenHash: 'x', authMethod: 'client_secret_basic' } },
  });

const stored = { name: 'Notes', origin: 'console' } as const;
const withoutCalls = (text: string): string =>
  text
    .replace(/ {2}calls:read: .*\n/, '')
    .replaceAll(', calls:read]', ']')
    .replace('[calls:read]', '[]');

onBoth('a scope that is gone is lost by who agreed to give it to an application of no file', async (t, there) => {
  const { id: client } = (await make(there)).client;
  const [anna = '', berta = '', carla = ''] = await there.people(3);
  await there.consent([anna, berta], client, 'calls:read');
  await there.consent([carla], client, 'messages:read');
  const { consequences, people } = await there.plan(withoutCalls);
  t.deepEqual(
    consequences.filter((one) => one.kind === 'client_loses' && one.client === client),
    [{ kind: 'client_loses', client, stored, scope: 'calls:read', people: 2 }],
  );
  t.is(people, await there.domain.directory.count({ name: 'kind', value: 'person' }));
});

onBoth('a disabled application of no file loses nothing more', async (t, there) => {
  const { id: client } = (await make(there)).client;
  await there.consent(await there.people(1), client, 'calls:read');
  await createAdministration(there.domain).disableClient(OPERATOR, client);
  const { consequences } = await there.plan(withoutCalls);
  t.false(consequences.some((one) => 'client' in one && one.client === client));
});

onBoth('a role that is gone closes the door of an application of no file, to nobody else', async (t, there) => {
  const { id: client } = (await make(there, { allowed_roles: ['support'] })).client;
  await there.people(2, 'support');
  await there.people(3);
  const { consequences, people } = await there.plan((text) =>
    text.replace('  support: { scopes: [calls:read] }\n', '  other: { scopes: [calls:read] }\n'),
  );
  t.deepEqual(
    consequences.filter(({ kind }) => kind === 'client_closes'),
    [{ kind: 'client_closes', client, stored, people: 2 }],
  );
  t.is(people, 2);
});

onBoth('applications of no file are among those that may ask for a scope that a role loses', async (t, there) => {
  const clientsOf = async () => {
    const { consequences } = await there.plan((text) =>
      text.replace(
        '{ scopes: [calls:read] }',
        '{ includes: [x] }\n  x: { scopes: [messages:read] }\n  y: { scopes: [calls:read] }',
      ),
    );
    const loss = consequences.find((one) => one.kind === 'role_loses' && one.role === 'support');
    return loss && 'clients' in loss ? loss.clients : undefined;
  };
  const before = await clientsOf();
  await make(there);
  t.is(await clientsOf(), (before ?? NaN) + 1);
});

onBoth('a rule that an application of no file breaks from now on is named, with who loses it', async (t, there) => {
  const { id: client } = (await make(there, { lifetimes: { grant: '35d' } })).client;
  await there.consent(await there.people(2), client, 'calls:read');
  const { consequences, people } = await there.plan((text) => text.replace('refresh_token: 30d', 'refresh_token: 40d'));
  const problem = 'lifetimes.grant: `grant` is shorter than refresh_token, which it would cut off';
  t.deepEqual(consequences, [{ kind: 'client_refused', client, stored, problem, people: 2 }]);
  t.is(people, 2);
});

onBoth(
  'a file that takes the id of an application loses nobody anything while a secret of it stays',
  async (t, there) => {
    const {
      client: { id },
      secret = '',
    } = await make(there);
    await there.consent(await there.people(2), id, 'calls:read');
    const entry = (hash: string): string =>
      `  ${id}:\n    name: Notes\n    grants: [authorization_code, refresh_token]\n    redirect_uris: ["https://notes.example/callback"]\n    secrets: [{ hash: "${hash}" }]\n    scopes: [openid, messages:read, calls:read]\n`;
    const kept = await there.plan((text) => text + entry(secretHash(secret)));
    t.deepEqual(kept.consequences, [{ kind: 'client_superseded', client: id, stored, people: 0 }]);
    t.is(kept.people, 0);
    const lost = await there.plan(
      (text) => text + entry(secretHash('another')).replace(', messages:read, calls', ', calls'),
    );
    t.deepEqual(lost.consequences, [
      { kind: 'client_superseded', client: id, stored, people: 0 },
      { kind: 'client_loses_proof', client: id, stored, people: 2 },
      { kind: 'client_loses', client: id, stored, scope: 'messages:read', people: 0 },
    ]);
    t.is(lost.people, 2);
  },
);

onBoth(
  'registered applications outlive registration and its narrower ceiling, and the plan counts them',
  async (t, there) => {
    await registered(there);
    await make(there);
    const off = await there.plan((text) => text.replace('enabled: true', 'enabled: false'));
    t.deepEqual(off.consequences, [{ kind: 'registration_ends', clients: 1, people: 0 }]);
    const narrow = await there.plan((text) => text.replace('[openid, calls:read] }', '[openid] }'));
    t.deepEqual(narrow.consequences, [{ kind: 'registration_narrows', scope: 'calls:read', clients: 1, people: 0 }]);
  },
);

/** A device that `accountId` has approved, as the token endpoint leaves it; or a browser. */
async function grant({ store }: Installation, id: string, accountId: string, clientId: string, gty: string) {
  const resources = { 'https://im.example/': 'calls:read' };
  const indexes = { accountId: [accountId], clientId: [clientId] };
  const kind = { name: 'Grant', durable: true, listable: true };
  await store.put(kind, sha256(id), { jti: id, accountId, clientId, resources, iat: 1 }, { indexes });
  const token = { name: 'RefreshToken', durable: true, listable: false };
  await store.put(token, sha256(`token of ${id}`), { gty, grantId: id }, { indexes: { grantId: [id] } });
}

onBoth(
  'a narrower ceiling of the device grant takes from who approved devices, and from no browser',
  async (t, there) => {
    const [anna = '', berta = '', carla = ''] = await there.people(3);
    for (const [id, who, gty] of [
      ['1', anna, 'device_code'],
      ['2', anna, 'device_code refresh_token'],
      ['3', berta, 'device_code refresh_token'],
      ['4', carla, 'authorization_code refresh_token'],
    ] as const) {
      await grant(there, id, who, 'both', gty);
    }
    await grant(there, '5', carla, 'tv', 'device_code');
    const { consequences, people } = await there.plan((text) =>
      text
        .replace('scopes: [openid, calls:read]\n', 'scopes: [openid, calls:read]\n    device_scopes: [openid]\n')
        .replace(
          'messages:read, calls:read] }',
          'messages:read, calls:read], device_scopes: [openid, messages:read] }',
        ),
    );
    t.deepEqual(consequences, [
      { kind: 'client_loses_on_devices', client: 'tv', scope: 'calls:read', people: 1 },
      { kind: 'client_loses_on_devices', client: 'both', scope: 'calls:read', people: 2 },
    ]);
    t.is(people, 3);
  },
);
