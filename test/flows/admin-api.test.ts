// What administration knows, by JSON: accounts, records and the access review, for tokens with `admin:read` alone. Attackers: other
// scopes, roles that were taken away, programs, parameters that nobody documented.
import test from 'ava';
import { ADMIN_ROLES } from '../helpers/administrator.ts';
import { createKey } from '../helpers/api-key.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { connect, signInTo } from '../helpers/foreign-client.ts';
import { ask, basic, post } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

const CONFIG = {
  ...ADMIN_ROLES,
  clients: {
    'admin-tools': {
      name: 'Administration tools',
      type: 'native',
      grants: ['authorization_code'],
      redirect_uris: ['http://127.0.0.1/callback'],
      scopes: ['openid', 'messages:read', 'admin:read', 'admin:write'],
    },
  },
};
const PATHS = ['accounts', 'records', 'review'];

onEachStorage(
  ({ on, server, storage }) => {
    async function caller(roles: readonly string[], scope = 'openid admin:read') {
      const person = await server().createPerson({ roles });
      const client = await connect(server(), 'admin-tools');
      const { tokens } = await signInTo(client, person, {
        scope,
        prompt: 'consent',
        redirect_uri: 'http://127.0.0.1:50123/callback',
      });
      const get = (path: string) =>
        ask(server(), `/api/v1/${path}`, { headers: { Authorization: `Bearer ${tokens.access_token}` } });
      return { person, get };
    }
    const itemsOf = (body: Readonly<Record<string, unknown>>, name: string) => body[name] as Record<string, unknown>[];

    test(on('accounts are found by prefix, role and status, page by page'), async (t) => {
      const { get } = await caller(['auditor']);
      const email = `api-${storage}@example.com`;
      const { id } = await server().administration.createPerson(OPERATOR, {
        email,
        roles: ['operator'],
        active: false,
      });
      for (const filter of [`prefix=api-${storage}`, 'role=operator', 'status=pending']) {
        const { status, body } = await get(`accounts?${filter}`);
        t.is(status, 200);
        t.like(
          itemsOf(body, 'accounts').find((one) => one['account_id'] === id),
          { email, status: 'pending', roles: ['operator'] },
        );
      }
      const first = await get('accounts?limit=1');
      const second = await get(`accounts?limit=1&after=${encodeURIComponent(String(first.body['next']))}`);
      t.not(itemsOf(first.body, 'accounts')[0]?.['account_id'], itemsOf(second.body, 'accounts')[0]?.['account_id']);
    });

    test(on('records and the review say who did and holds what'), async (t) => {
      const { get } = await caller(['auditor']);
      const { owner, key } = await createKey(server(), ['messages:read'], ['support']);
      const records = await get(`records?account=${encodeURIComponent(owner.email)}&type=key.`);
      t.like(itemsOf(records.body, 'records')[0], { type: 'key.created', actor: 'operator', client: key.client_id });
      const later = await get(`records?account=${owner.id}&since=${encodeURIComponent('2099-01-01T00:00:00Z')}`);
      t.deepEqual(later.body['records'], []);
      const review = await get('review?limit=999');
      t.like(
        itemsOf(review.body, 'review').find((one) => one['account_id'] === owner.id && one['kind'] === 'role'),
        { name: 'support', by: 'operator' },
      );
      t.deepEqual((await get('review?stale_days=90')).body['review'], []);
      t.is(records.headers.get('Cache-Control'), 'no-store');
    });

    test(on('without the scope, without the role now, and as a program, nothing is told'), async (t) => {
      const weak = await caller(['auditor'], 'openid messages:read');
      const former = await caller(['auditor']);
      await server().administration.revokeRole(OPERATOR, former.person.id, 'auditor');
      const { key } = await createKey(server(), ['messages:read']);
      const issued = await post(
        server(),
        'token',
        { grant_type: 'client_credentials' },
        basic(key.client_id, key.client_secret),
      );
      for (const path of PATHS) {
        t.is((await ask(server(), `/api/v1/${path}`)).status, 401);
        t.is((await weak.get(path)).status, 401);
        t.is((await former.get(path)).status, 403);
        const Authorization = `Bearer ${String(issued.body['access_token'])}`;
        t.is((await ask(server(), `/api/v1/${path}`, { headers: { Authorization } })).status, 401);
      }
    });

    test(on('parameters that nobody documented are refused as problem details'), async (t) => {
      const { get } = await caller(['auditor']);
      for (const path of [
        'accounts?limit=0',
        'accounts?role=a&kind=person',
        'records?since=yesterday',
        'review?stale_days=x',
        'records?sort=at',
      ]) {
        const { status, body, headers } = await get(path);
        t.is(status, 400, path);
        t.is(body['code'], 'parameter_malformed');
        t.regex(headers.get('Content-Type') ?? '', /^application\/problem\+json/);
      }
    });

    test(on('the description names each of them'), async (t) => {
      const { body } = await ask(server(), '/api/v1/openapi.json');
      const paths = Object.keys(body['paths'] as object);
      t.true(PATHS.every((path) => paths.includes(`/api/v1/${path}`)));
    });
  },
  { config: CONFIG },
);
