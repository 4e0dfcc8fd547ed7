// Administration by JSON: people, roles, sessions, keys and grants, changed by a token with `admin:write` of somebody whose roles grant
// it now, each act recorded with who did it and through which application. Attackers: read-only and foreign tokens, old sign-ins,
// roles taken since, who lifts themselves, bodies and ids that nobody expects.
import test, { type ExecutionContext } from 'ava';
import { adminApi, ADMINISTRATION, type Call, callAs } from '../helpers/admin-api.ts';
import { createKey } from '../helpers/api-key.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { connect, signInTo } from '../helpers/foreign-client.ts';
import { ask, basic, post } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

const WRITES: readonly [method: string, path: string, body?: object][] = [
  ['POST', '/accounts', { kind: 'person', email: 'nobody@example.com' }],
  ['POST', '/accounts/ID/disable'],
  ['POST', '/accounts/ID/enable'],
  ['PUT', '/accounts/ID/roles/support'],
  ['DELETE', '/accounts/ID/roles/support'],
  ['DELETE', '/accounts/ID/sessions'],
  ['DELETE', '/accounts/ID/second-factors'],
  ['PUT', '/accounts/ID/maintainers/ID'],
  ['DELETE', '/accounts/ID/maintainers/ID'],
  ['POST', '/account-keys/KEY/disable'],
  ['POST', '/account-keys/KEY/enable'],
  ['DELETE', '/account-keys/KEY'],
  ['DELETE', '/grants/GRANT'],
  ['POST', '/review/decisions', { decision: 'take_back', account_id: 'ID', kind: 'role', name: 'support' }],
  ['PATCH', '/roles/support', {}],
  ['POST', '/configuration/apply', { digest: 'x' }],
];
const READS = [
  '/accounts/ID',
  '/account-keys',
  '/account-keys/KEY',
  '/grants',
  '/roles',
  '/roles/support',
  '/configuration',
];

const sorted = (names: readonly string[]): string[] => names.toSorted((one, two) => one.localeCompare(two));

onEachStorage(
  ({ on, server, storage }) => {
    const domain = () => server().server.domain;
    const recordsOf = async (account: string, type: string) =>
      (await domain().audit.list({ account, type, limit: 50 })).items;
    const code = async (reply: ReturnType<Call>) => {
      const { status, body } = await reply;
      return [status, body['code']];
    };

    /** Somebody with a role, a key, and an application. */
    async function victim() {
      const { owner, key } = await createKey(server(), ['calls:read'], ['support']);
      await signInTo(await connect(server(), 'crm'), owner, { scope: 'openid messages:read', prompt: 'consent' });
      const [grant] = await domain().grants.of(owner.id);
      const named = (text: string): string =>
        text
          .replaceAll('ID', owner.id)
          .replaceAll('KEY', key.client_id)
          .replaceAll('GRANT', grant?.id ?? '');
      return { owner, key, grantId: grant?.id ?? '', named };
    }

    async function refusedAll(t: ExecutionContext, call: Call, expected: readonly unknown[]): Promise<void> {
      const { owner, named } = await victim();
      for (const [method, path, body] of WRITES) {
        const sent = body && JSON.parse(named(JSON.stringify(body)));
        t.deepEqual(await code(call(method, named(path), sent)), [...expected], `${method} ${path}`);
      }
      t.deepEqual((await domain().directory.find(owner.id))?.roles, ['support']);
      t.is((await domain().directory.find(owner.id))?.status, 'active');
      t.is((await domain().grants.of(owner.id)).length, 1);
    }

    test(on('a person is invited by mail, a service account is made, and each is found at its address'), async (t) => {
      const { call, person } = await adminApi(server());
      const email = `invited-${storage}@example.com`;
      const made = await call('POST', '/accounts', { kind: 'person', email, name: '林小雨', roles: ['support'] });
      t.is(made.status, 201);
      t.is(made.headers.get('Cache-Control'), 'no-store');
      t.like(made.body, { kind: 'person', email, status: 'pending', name: '林小雨' });
      t.deepEqual(made.body['roles'], ['support']);
      const shown = await call('GET', (made.headers.get('Location') ?? '').replace('/api/v1', ''));
      t.deepEqual(shown.body, made.body);
      const id = String(made.body['account_id']);
      t.like((await recordsOf(id, 'account.created'))[0], { actor: person.id, via: 'admin-tool' });
      t.deepEqual(await code(call('POST', '/accounts', { kind: 'person', email })), [409, 'account_exists']);

      const other = await server().createPerson();
      const service = await call('POST', '/accounts', {
        kind: 'service',
        username: `reports-${storage}`,
        roles: ['support'],
        maintainers: [other.id],
      });
      t.like(service.body, { kind: 'service', username: `reports-${storage}`, status: 'active' });
      t.deepEqual(service.body['maintainers'], [other.id]);
    });

    test(
      on('disabling ends everything at once, again it changes and records nothing, and enabling lets in'),
      async (t) => {
        const { call, person } = await adminApi(server());
        const { owner, key } = await victim();
        const used = () =>
          post(server(), 'token', { grant_type: 'client_credentials' }, basic(key.client_id, key.client_secret));
        t.is((await used()).status, 200);
        for (let times = 0; times < 2; times++) {
          const { status, body } = await call('POST', `/accounts/${owner.id}/disable`);
          t.deepEqual([status, body['status'], body['sessions']], [200, 'disabled', 0]);
        }
        t.is((await used()).status, 401);
        t.deepEqual(await domain().grants.of(owner.id), []);
        const records = await recordsOf(owner.id, 'account.disabled');
        t.is(records.length, 1);
        t.like(records[0], { actor: person.id, via: 'admin-tool' });
        for (let times = 0; times < 2; times++) {
          t.is((await call('POST', `/accounts/${owner.id}/enable`)).body['status'], 'active');
        }
        t.is((await recordsOf(owner.id, 'account.enabled')).length, 1);
        t.is((await used()).status, 200);
      },
    );

    test(on('a role is granted and taken back, twice is once, and what it gave is gone'), async (t) => {
      const { call, person } = await adminApi(server());
      const { id } = await server().createPerson();
      for (let times = 0; times < 2; times++) {
        const { status, body } = await call('PUT', `/accounts/${id}/roles/support`);
        t.is(status, 200);
        t.deepEqual(body['roles'], ['support']);
        t.true((body['scopes'] as string[]).includes('calls:read'));
      }
      for (let times = 0; times < 2; times++) {
        const { body } = await call('DELETE', `/accounts/${id}/roles/support`);
        t.deepEqual(body['roles'], []);
        t.false((body['scopes'] as string[]).includes('calls:read'));
      }
      for (const type of ['account.role_granted', 'account.role_revoked']) {
        const records = await recordsOf(id, type);
        t.is(records.length, 1);
        t.like(records[0], { actor: person.id, via: 'admin-tool', details: { role: 'support' } });
      }
      for (const method of ['PUT', 'DELETE']) {
        for (const role of ['emperor', '__proto__', '%252e%252e', encodeURIComponent('角色 "x"')]) {
          t.deepEqual(await code(call(method, `/accounts/${id}/roles/${role}`)), [404, 'role_unknown'], role);
        }
      }
    });

    test(on('of many who grant and take at the same time none loses what another did'), async (t) => {
      const { call } = await adminApi(server());
      const { id } = await server().createPerson({ roles: ['auditor'] });
      const replies = await Promise.all([
        call('PUT', `/accounts/${id}/roles/support`),
        call('PUT', `/accounts/${id}/roles/developer`),
        call('PUT', `/accounts/${id}/roles/support`),
        call('DELETE', `/accounts/${id}/roles/auditor`),
      ]);
      t.true(replies.every(({ status }) => status === 200));
      t.deepEqual(sorted((await domain().directory.find(id))?.roles ?? []), ['developer', 'support']);
      t.is((await recordsOf(id, 'account.role_granted')).length, 2);
    });

    test(on('sessions and second factors of somebody end'), async (t) => {
      const { call, person } = await adminApi(server());
      const { owner } = await victim();
      t.true(Number((await call('GET', `/accounts/${owner.id}`)).body['sessions']) > 0);
      t.is((await call('DELETE', `/accounts/${owner.id}/sessions`)).body['sessions'], 0);
      t.like((await recordsOf(owner.id, 'account.signed_out'))[0], { actor: person.id, via: 'admin-tool' });
      t.deepEqual((await call('DELETE', `/accounts/${owner.id}/second-factors`)).body['second_factors'], []);
    });

    test(on('a key of anybody is found, rested, taken into use and revoked'), async (t) => {
      const { call, person } = await adminApi(server());
      const { owner, key } = await victim();
      const path = `/account-keys/${key.client_id}`;
      const { body } = await call('GET', `/account-keys?owner=${encodeURIComponent(owner.email)}&state=active`);
      t.is((body['keys'] as { client_id: string }[])[0]?.client_id, key.client_id);
      t.is((await call('GET', `/account-keys?owner=${owner.id}&state=revoked`)).text.includes(key.client_id), false);
      const states = [];
      for (const act of ['disable', 'disable', 'enable', 'enable']) {
        states.push((await call('POST', `${path}/${act}`)).body['state']);
      }
      t.deepEqual(states, ['disabled', 'disabled', 'active', 'active']);
      t.is((await call('DELETE', path)).status, 204);
      t.is((await call('DELETE', path)).status, 204);
      t.is((await call('GET', path)).body['state'], 'revoked');
      t.deepEqual(await code(call('POST', `${path}/enable`)), [409, 'key_revoked']);
      for (const type of ['key.disabled', 'key.enabled', 'key.revoked']) {
        const records = await recordsOf(owner.id, type);
        t.is(records.length, 1, type);
        t.like(records[0], { actor: person.id, via: 'admin-tool', client: key.client_id });
      }
      t.false((await call('GET', path)).text.includes(key.client_secret));
    });

    test(on('a grant is found by account and client, and ended'), async (t) => {
      const { call, person } = await adminApi(server());
      const { owner, grantId } = await victim();
      const { body } = await call('GET', `/grants?account=${owner.id}&client=crm`);
      t.is((body['grants'] as { id: string }[])[0]?.id, grantId);
      t.deepEqual((await call('GET', `/grants?account=${owner.id}&client=kiosk`)).body['grants'], []);
      t.deepEqual((await call('GET', '/grants?account=nobody')).body['grants'], []);
      t.like((await call('GET', `/grants/${grantId}`)).body, { account_id: owner.id, client_id: 'crm' });
      t.is((await call('DELETE', `/grants/${grantId}`)).status, 204);
      t.deepEqual(await code(call('DELETE', `/grants/${grantId}`)), [404, 'grant_unknown']);
      t.deepEqual(await domain().grants.of(owner.id), []);
      t.like((await recordsOf(owner.id, 'grant.revoked'))[0], { actor: person.id, via: 'admin-tool' });
    });

    test(on('what the review tells of is decided in the same words'), async (t) => {
      const { call, person } = await adminApi(server());
      const { owner } = await victim();
      const rows = (await call('GET', '/review?limit=999')).body['review'] as Record<string, string>[];
      const own = rows.filter((row) => row['account_id'] === owner.id);
      t.deepEqual(sorted(own.map(({ kind = '' }) => kind)), ['grant', 'key', 'role']);
      const decided = (decision: string) =>
        own.map(({ kind, account_id, name, grant_id }) => ({ decision, kind, account_id, name, grant_id }));
      for (const body of decided('keep')) t.is((await call('POST', '/review/decisions', body)).status, 204);
      t.is((await recordsOf(owner.id, 'review.kept')).length, 3);
      t.like((await recordsOf(owner.id, 'review.kept'))[0], { actor: person.id, via: 'admin-tool' });
      for (const body of decided('take_back')) t.is((await call('POST', '/review/decisions', body)).status, 204);
      t.deepEqual((await domain().directory.find(owner.id))?.roles, []);
      t.deepEqual(await domain().grants.of(owner.id), []);
      for (const body of decided('take_back').filter(({ kind }) => kind !== 'key')) {
        t.deepEqual(await code(call('POST', '/review/decisions', body)), [404, 'holding_unknown']);
      }
    });

    test(on('maintainers of a service account come and go, never oneself'), async (t) => {
      const { call, person } = await adminApi(server());
      const other = await server().createPerson();
      const username = `kept-${storage}`;
      const { id } = await server().administration.createServiceAccount(OPERATOR, { username, roles: ['support'] });
      for (let times = 0; times < 2; times++) {
        const { body } = await call('PUT', `/accounts/${id}/maintainers/${other.id}`);
        t.deepEqual(body['maintainers'], [other.id]);
      }
      t.is((await recordsOf(id, 'account.maintainer_added')).length, 1);
      t.deepEqual(await code(call('PUT', `/accounts/${id}/maintainers/${person.id}`)), [403, 'own_account']);
      t.deepEqual(await code(call('PUT', `/accounts/${id}/maintainers/nobody`)), [400, 'maintainer_unknown']);
      t.deepEqual((await call('DELETE', `/accounts/${id}/maintainers/${other.id}`)).body['maintainers'], []);
      t.deepEqual(await code(call('DELETE', `/accounts/${id}/maintainers/${other.id}`)), [404, 'maintainer_unknown']);
    });

    test(on('nobody lifts themselves, by their own account or one that they look after'), async (t) => {
      const { call, person } = await adminApi(server());
      t.deepEqual(await code(call('PUT', `/accounts/${person.id}/roles/support`)), [403, 'own_account']);
      const { id } = await server().administration.createServiceAccount(OPERATOR, {
        username: `mine-${storage}`,
        maintainers: [person.id],
      });
      t.deepEqual(await code(call('PUT', `/accounts/${id}/roles/support`)), [403, 'own_account']);
      const service = { kind: 'service', username: `own-${storage}`, roles: ['support'], maintainers: [person.id] };
      t.deepEqual(await code(call('POST', '/accounts', service)), [403, 'own_account']);
      t.deepEqual((await domain().directory.find(person.id))?.roles, ['chief']);
    });

    test(on('roles are told with their line and changed there'), async (t) => {
      const { call } = await adminApi(server());
      const { body } = await call('GET', '/roles/support');
      t.like(body, { role: 'support', require_mfa: false });
      t.regex(String(body['managed_at']), /tokenim\.yaml:\d+$/);
      t.true(
        (body['scopes'] as { scope: string; granted_by: string }[]).some(
          ({ scope, granted_by }) => scope === 'calls:read' && granted_by === 'support',
        ),
      );
      const all = (await call('GET', '/roles')).body['roles'] as { role: string }[];
      t.true(all.some(({ role }) => role === 'strong'));
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const refused = await call(method, '/roles/support');
        t.deepEqual([refused.status, refused.body['code']], [409, 'managed_by_file']);
        t.regex(String(refused.body['detail']), /tokenim\.yaml:\d+; change it there/);
        t.deepEqual(await code(call(method, '/roles/constructor')), [404, 'role_unknown']);
      }
    });

    test(on('who holds no token, or one that is not for this, changes and sees nothing'), async (t) => {
      const anonymous: Call = (method, path, body) =>
        ask(server(), `/api/v1${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
      await refusedAll(t, anonymous, [401, 'unauthenticated']);
      const owner = await server().createPerson({ roles: ['chief'] });
      const { tokens } = await signInTo(await connect(server(), 'crm'), owner, { scope: 'openid messages:read' });
      const foreign = callAs(server(), tokens.access_token);
      await refusedAll(t, foreign, [401, 'invalid_token']);
      const { named } = await victim();
      for (const path of READS) t.is((await foreign('GET', named(path))).status, 401, path);
    });

    test(on('who may only look is shown all and changes nothing'), async (t) => {
      const { call } = await adminApi(server(), ['auditor']);
      await refusedAll(t, call, [403, 'insufficient_scope']);
      const { named } = await victim();
      for (const path of READS) t.is((await call('GET', named(path))).status, 200, path);
    });

    test(on('a role taken since, and one that wants a second factor, give nothing'), async (t) => {
      const former = await adminApi(server());
      await server().administration.revokeRole(OPERATOR, former.person.id, 'chief');
      await refusedAll(t, former.call, [403, 'insufficient_scope']);
      const { call, person } = await adminApi(server(), ['auditor']);
      await server().administration.grantRole(OPERATOR, person.id, 'strong');
      await refusedAll(t, call, [403, 'insufficient_scope']);
    });

    if (storage === 'sqlite') {
      test.serial(on('a sign-in that is older than ten minutes is asked for anew'), async (t) => {
        const { call } = await adminApi(server());
        const { named } = await victim();
        stopTime(t).advance(660);
        t.deepEqual(await code(call('POST', named('/accounts/ID/disable'))), [401, 'insufficient_user_authentication']);
        t.is((await call('GET', named('/accounts/ID'))).status, 200);
      });
    }

    test(on('what is not there, in whatever letters it is asked for, is not found'), async (t) => {
      const { call } = await adminApi(server());
      const odd = [
        'nobody',
        '%00',
        '..%2f..',
        '%E2%80%AE',
        '*',
        'a'.repeat(500),
        encodeURIComponent("'; drop table x"),
      ];
      for (const id of odd) {
        for (const [method, path] of [
          ['GET', `/accounts/${id}`],
          ['POST', `/accounts/${id}/disable`],
          ['PUT', `/accounts/${id}/roles/support`],
          ['DELETE', `/accounts/${id}/sessions`],
          ['DELETE', `/accounts/${id}/second-factors`],
        ] as const) {
          t.deepEqual(await code(call(method, path)), [404, 'account_unknown'], `${method} ${path}`);
        }
        for (const method of ['GET', 'DELETE']) {
          t.deepEqual(await code(call(method, `/account-keys/${id}`)), [404, 'key_unknown'], id);
          t.deepEqual(await code(call(method, `/grants/${id}`)), [404, 'grant_unknown'], id);
        }
      }
      t.is((await call('GET', '/accounts/%')).status, 400);
    });

    test(on('bodies that nobody described are refused as problem details'), async (t) => {
      const { call } = await adminApi(server());
      const email = `odd-${storage}@example.com`;
      const bodies = [
        [],
        'text',
        {},
        { kind: 'robot', email },
        { kind: 'person' },
        { kind: 'person', email: 7 },
        { kind: 'person', email, active: true },
        { kind: 'person', email, password: 'correct horse battery staple' },
        { kind: 'person', email, roles: 'support' },
        { kind: 'service', username: 'odd', email },
      ];
      for (const body of bodies) {
        const reply = await call('POST', '/accounts', body);
        t.deepEqual([reply.status, reply.body['code']], [400, 'body_malformed'], JSON.stringify(body));
        t.regex(reply.headers.get('Content-Type') ?? '', /^application\/problem\+json/);
      }
      t.deepEqual(await code(call('POST', '/accounts', { kind: 'person', email: 'no address' })), [
        400,
        'email_invalid',
      ]);
      t.deepEqual(await code(call('POST', '/accounts', { kind: 'person', email, roles: ['emperor'] })), [
        400,
        'role_unknown',
      ]);
      t.deepEqual(await code(call('POST', '/review/decisions', { decision: 'keep', kind: 'grant', name: 'crm' })), [
        400,
        'body_malformed',
      ]);
      t.is(await domain().directory.findByLogin(email), undefined);
    });

    test(on('the description names every address with its methods, and what it refers to is there'), async (t) => {
      const { paths } = (await ask(server(), '/api/v1/openapi.json')).body as {
        paths: Record<string, Record<string, { security?: unknown }>>;
      };
      const written: Record<string, string> = { ID: '{account_id}', KEY: '{client_id}', GRANT: '{id}' };
      for (const [method, path] of WRITES.filter(([, name]) => name !== '/roles/support')) {
        const described = path
          .replace('maintainers/ID', 'maintainers/{person}')
          .replace('roles/support', 'roles/{role}')
          .replace(/ID|KEY|GRANT/, (name) => written[name] ?? '');
        t.deepEqual(
          paths[`/api/v1${described}`]?.[method.toLowerCase()]?.security,
          [{ oauth: ['admin:write'] }],
          `${method} ${described}`,
        );
      }
      const schema = paths['/api/v1/keys/{client_id}'] as unknown as { get: { responses: Record<string, object> } };
      t.truthy(schema.get.responses['200']);
    });
  },
  { config: ADMINISTRATION },
);
