// `/api/v1/clients`: applications that no file manages, made, changed and ended by administrators. Attackers: who may only read, who
// would give an application more than a file would, who goes on with what a disabled one had.
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import * as client from 'openid-client';
import { stopTime } from '../helpers/clock.ts';
import { adminApi, ADMINISTRATION, type Call } from '../helpers/admin-api.ts';
import { createKey } from '../helpers/api-key.ts';
import { type AuthServer, OPERATOR } from '../helpers/auth-server.ts';
import { authorizationRequest, callbackOf, connect, exchange, SECRETS, walk } from '../helpers/foreign-client.ts';
import { ask, basic, post } from '../helpers/http.ts';
import { createPhone } from '../helpers/phone.ts';
import { startProcess } from '../helpers/second-process.ts';
import { onEachStorage } from '../helpers/storages.ts';

const REDIRECT_URI = 'https://notes.example/callback';
const NOTES = {
  name: 'Harbour Notes',
  grants: ['authorization_code', 'refresh_token'],
  redirect_uris: [REDIRECT_URI],
  scopes: ['openid', 'offline_access', 'messages:read'],
};
const PROGRAM = { name: 'Harbour Import', grants: ['client_credentials'], scopes: ['messages:read', 'calls:read'] };

interface Made {
  client_id: string;
  client_secret: string;
  secrets: { id: string }[];
}

async function make(call: Call, settings: object = NOTES): Promise<Made> {
  const { body } = await call('POST', '/clients', settings);
  return body as unknown as Made;
}

async function signIn(server: AuthServer, { client_id, client_secret }: Made) {
  const config = await connect(server, client_id, client_secret);
  const request = await authorizationRequest(config, {
    redirect_uri: REDIRECT_URI,
    scope: NOTES.scopes.join(' '),
    prompt: 'consent',
  });
  const person = await server.createPerson();
  const tokens = await exchange(
    config,
    callbackOf(await walk(createPhone(server.issuer), request.url, person)),
    request,
  );
  return { config, tokens, person };
}

const credentials = (server: Pick<AuthServer, 'origin' | 'issuer'>, id: string, secret: string) =>
  post(server, 'token', { grant_type: 'client_credentials' }, basic(id, secret));

onEachStorage(
  ({ on, server, storage }) => {
    const changesOf = async (id: string) =>
      (await server().server.domain.audit.list({ client: id, type: 'client.changed', limit: 20, order: 'asc' })).items;

    const madeByOperator = async () =>
      (await server().administration.createClient(OPERATOR, { settings: NOTES, isConfidential: true })).client;

    test(on('a change that changes nothing is no change: nobody made it, and no record says so'), async (t) => {
      const { call } = await adminApi(server());
      const { id } = await madeByOperator();
      for (const sent of [{}, { name: NOTES.name, uri: null }]) {
        const { status, body } = await call('PATCH', `/clients/${id}`, sent);
        t.deepEqual([status, body['changed_by'], body['name']], [200, 'operator', NOTES.name]);
      }
      t.deepEqual(await changesOf(id), []);
    });

    test(on('what a list says twice is kept once'), async (t) => {
      const { call } = await adminApi(server());
      const twice = (list: readonly string[]) => [...list, ...list];
      const { body } = await call('POST', '/clients', {
        ...NOTES,
        grants: twice(NOTES.grants),
        redirect_uris: twice(NOTES.redirect_uris),
        scopes: twice(NOTES.scopes),
      });
      for (const [name, value] of Object.entries(NOTES)) t.deepEqual(body[name], value);
    });

    test(on('of changes at the same time each record says what that change found'), async (t) => {
      const { id } = await madeByOperator();
      const names = Array.from({ length: 6 }, (_, at) => `Name ${at}`);
      await Promise.all(names.map((name) => server().administration.changeClient(OPERATOR, id, { name })));
      const records = (await changesOf(id)).map(({ details = {} }) => details);
      const last = (await server().server.domain.clients.stored.find(id))?.settings['name'];
      const before = new Set(records.map((details) => details['name.before']));
      t.is(records.length, names.length);
      t.deepEqual(before, new Set([NOTES.name, ...names.filter((name) => name !== last)]));
    });

    test(on('an application made by JSON is told its secret once and signs people in'), async (t) => {
      const { call, person } = await adminApi(server());
      const made = await call('POST', '/clients', NOTES);
      t.is(made.status, 201);
      t.is(made.headers.get('Cache-Control'), 'no-store');
      const { client_id, client_secret } = made.body as unknown as Made;
      t.regex(client_id, /^app_[0-9A-Za-z]{16}$/);
      t.is(made.headers.get('Location'), `/api/v1/clients/${client_id}`);
      const { tokens } = await signIn(server(), { client_id, client_secret, secrets: [] });
      t.is(typeof tokens.refresh_token, 'string');
      const { body, text } = await call('GET', `/clients/${client_id}`);
      t.like(body, { ...NOTES, managed_by: 'console', state: 'active', confidential: true, first_party: false });
      t.like(body, { grants_given: 1, people: 1, created_by: person.id });
      t.false(text.includes(client_secret));
      t.false(text.includes('sha256'));
      t.regex(String(body['last_used_at']), /^20/);
    });

    test(on('a public application has no secret and gets none'), async (t) => {
      const { call } = await adminApi(server());
      const { client_id, client_secret } = await make(call, { ...NOTES, confidential: false });
      t.falsy(client_secret);
      const more = await call('POST', `/clients/${client_id}/secrets`, {});
      t.like(more, { status: 409 });
      t.is(more.body['code'], 'client_public');
    });

    test(
      on('an application may not be what a file may not be, nor first-party, nor hold scopes of our own interface'),
      async (t) => {
        const { call } = await adminApi(server());
        const broken: readonly [object, RegExp][] = [
          [{ redirect_uris: ['http://notes.example/cb'] }, /redirect_uris\.0: must be https/],
          [{ redirect_uris: ['https://*.notes.example/cb'] }, /wildcard/],
          [{ redirect_uris: ['https://notes.example/cb#x'] }, /fragment/],
          [{ redirect_uris: ['javascript:alert(1)'] }, /must be https/],
          [{ scopes: ['mesages:read'] }, /unknown scope `mesages:read`; did you mean `messages:read`/],
          [{ scopes: ['admin:write'] }, /only a client of the configuration files/],
          [{ scopes: ['qr:approve'] }, /only a client of the configuration files/],
          [{ scopes: ['keys:write'] }, /only a client of the configuration files/],
          [{ allowed_roles: ['suport'] }, /unknown role/],
          [{ first_party: true }, /first_party/],
          [{ secrets: [{ hash: 'sha256:x' }] }, /secrets/],
          [{ secret_hashes: [] }, /secret_hashes/],
          [{ stored: { origin: 'console', createdAt: 0 } }, /stored/],
          [{ confidential: false, pkce: 'optional' }, /PKCE/],
          [{ name: 'Harb\u202eour' }, /control characters/],
          [{ name: '' }, /name/],
          [{ lifetimes: { refresh_token: '30d', grant: '1d' } }, /shorter than refresh_token/],
          [{ lifetimes: { access_token: 'soon' } }, /duration/],
          [{ lifetimes: { access_token: '86401s' } }, /lifetimes\.access_token: must be 24h at most/],
        ];
        for (const [change, message] of broken) {
          const { status, body } = await call('POST', '/clients', { ...NOTES, ...change });
          t.is(status, 400, JSON.stringify(change));
          t.is(body['code'], 'client_invalid');
          t.regex(String(body['detail']), message);
        }
        const { client_id } = await make(call);
        t.is((await call('PATCH', `/clients/${client_id}`, { scopes: ['admin:write'] })).status, 400);
        t.is((await call('PATCH', `/clients/${client_id}`, { first_party: true })).status, 400);
      },
    );

    test(on('a change is in force at the next request'), async (t) => {
      const { call } = await adminApi(server());
      const { client_id, client_secret } = await make(call, PROGRAM);
      const before = await credentials(server(), client_id, client_secret);
      t.is(before.body['scope'], 'messages:read calls:read');
      const changed = await call('PATCH', `/clients/${client_id}`, {
        scopes: ['messages:read'],
        lifetimes: { access_token: '2m' },
      });
      t.like(changed.body, { scopes: ['messages:read'], lifetimes: { access_token: '2m' } });
      t.like((await credentials(server(), client_id, client_secret)).body, { scope: 'messages:read', expires_in: 120 });
      await call('PATCH', `/clients/${client_id}`, { lifetimes: null });
      t.is((await credentials(server(), client_id, client_secret)).body['expires_in'], 600);
    });

    test(on('what is issued right after an application, a key or an account was enabled again is good'), async (t) => {
      const { call } = await adminApi(server());
      const { administration } = server();
      const { client_id, client_secret } = await make(call, PROGRAM);
      const { owner, key } = await createKey(server(), ['messages:read']);
      const isActive = async (id: string, password: string) => {
        const { body } = await credentials(server(), id, password);
        const token = String(body['access_token']);
        return (await post(server(), 'introspect', { token }, basic('im-api', SECRETS['im-api']))).body['active'];
      };
      await call('POST', `/clients/${client_id}/disable`);
      await call('POST', `/clients/${client_id}/enable`);
      t.true(await isActive(client_id, client_secret));
      await administration.disableKey(OPERATOR, key.client_id);
      await administration.enableKey(OPERATOR, key.client_id);
      t.true(await isActive(key.client_id, key.client_secret));
      await administration.disableAccount(OPERATOR, owner.id);
      await administration.enableAccount(OPERATOR, owner.id);
      t.true(await isActive(key.client_id, key.client_secret));
    });

    test(on('two secrets are accepted while one replaces the other, and the last one stays'), async (t) => {
      const { call } = await adminApi(server());
      const { client_id, client_secret, secrets } = await make(call, PROGRAM);
      const added = (await call('POST', `/clients/${client_id}/secrets`, {})).body as unknown as Made;
      t.is(added.secrets.length, 2);
      for (const secret of [client_secret, added.client_secret]) {
        t.is((await credentials(server(), client_id, secret)).status, 200);
      }
      t.is((await call('DELETE', `/clients/${client_id}/secrets/${secrets[0]?.id}`)).status, 200);
      t.is((await credentials(server(), client_id, client_secret)).status, 401);
      t.is((await credentials(server(), client_id, added.client_secret)).status, 200);
      const last = await call('DELETE', `/clients/${client_id}/secrets/${added.secrets[0]?.id}`);
      t.is(last.body['code'], 'last_secret');
      const replaced = (await call('POST', `/clients/${client_id}/secrets`, { replace: true })).body as unknown as Made;
      t.is((await credentials(server(), client_id, added.client_secret)).status, 401);
      t.is((await credentials(server(), client_id, replaced.client_secret)).status, 200);
    });

    test(on('disabling ends the application and everything it had, and enabling gives none of it back'), async (t) => {
      const { call } = await adminApi(server());
      const made = await make(call);
      const { config, tokens } = await signIn(server(), made);
      const refresh = async () => {
        const fields = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
        return (await post(server(), 'token', fields, basic(made.client_id, made.client_secret))).body['error'];
      };
      const active = async () => {
        const asApi = basic('im-api', SECRETS['im-api']);
        return (await post(server(), 'introspect', { token: tokens.access_token }, asApi)).body['active'];
      };
      t.true(await active());
      const disabled = await call('POST', `/clients/${made.client_id}/disable`);
      t.is(disabled.body['state'], 'disabled');
      t.is((await call('GET', `/clients/${made.client_id}`)).body['grants_given'], 0);
      t.is(await refresh(), 'invalid_client');
      t.false(await active());
      const { url } = await authorizationRequest(config, { redirect_uri: REDIRECT_URI });
      t.is((await ask(server(), url.href)).status, 400);
      t.is((await call('POST', `/clients/${made.client_id}/enable`)).body['state'], 'active');
      t.is(await refresh(), 'invalid_grant');
      t.false(await active());
      t.is((await call('GET', `/clients/${made.client_id}`)).body['grants_given'], 0);
      await signIn(server(), made);
    });

    test(on('an application of a file is shown with its line and refuses changes, naming it'), async (t) => {
      const { call } = await adminApi(server());
      const listed = (await call('GET', '/clients')).body['clients'] as Record<string, unknown>[];
      const crm = listed.find(({ client_id }) => client_id === 'crm');
      t.like(crm, { managed_by: 'file', name: 'Harbour CRM' });
      t.regex(String(crm?.['managed_at']), /tokenim\.yaml:\d+$/);
      t.is(listed.find(({ client_id }) => client_id === 'tokenim-web')?.['managed_by'], 'built_in');
      for (const [method, path, body] of [
        ['PATCH', '', { name: 'Mine' }],
        ['POST', '/secrets', {}],
        ['POST', '/disable', undefined],
        ['POST', '/enable', undefined],
      ] as const) {
        const refused = await call(method, `/clients/crm${path}`, body);
        t.is(refused.status, 409);
        t.is(refused.body['code'], 'managed_by_file');
        t.regex(String(refused.body['detail']), /tokenim\.yaml:\d+; change it there/);
      }
      t.is((await call('PATCH', '/clients/app_0000000000000000', {})).body['code'], 'client_unknown');
      t.is((await call('GET', '/clients/constructor')).status, 404);
    });

    test(on('who may only read changes nothing, and who has no role reads nothing'), async (t) => {
      const reader = await adminApi(server(), ['auditor']);
      t.is((await reader.call('GET', '/clients')).status, 200);
      t.is((await reader.call('POST', '/clients', NOTES)).body['code'], 'insufficient_scope');
      t.is((await reader.call('POST', '/clients/crm/disable')).status, 403);
      const nobody = await adminApi(server(), []);
      t.is((await nobody.call('GET', '/clients')).status, 403);
      t.is((await ask(server(), '/api/v1/clients')).status, 401);
    });

    if (storage === 'sqlite') {
      test.serial(on('an old sign-in may look and change nothing'), async (t) => {
        const time = stopTime(t);
        const { call } = await adminApi(server());
        const { client_id } = await make(call);
        time.advance(601);
        t.is((await call('GET', `/clients/${client_id}`)).status, 200);
        for (const [method, path, body] of [
          ['POST', '', NOTES],
          ['PATCH', `/${client_id}`, { name: 'Mine' }],
          ['POST', `/${client_id}/secrets`, {}],
          ['POST', `/${client_id}/disable`, undefined],
          ['POST', `/${client_id}/enable`, undefined],
        ] as const) {
          const refused = await call(method, `/clients${path}`, body);
          t.is(refused.status, 401);
          t.is(refused.body['code'], 'insufficient_user_authentication');
        }
      });
    }

    test(on('every act is recorded with what was before and after, and no secret'), async (t) => {
      const { call, person } = await adminApi(server());
      const { client_id, client_secret } = await make(call, PROGRAM);
      await call('PATCH', `/clients/${client_id}`, { scopes: ['messages:read'] });
      await call('POST', `/clients/${client_id}/disable`);
      const { items } = await server().server.domain.audit.list({ client: client_id, limit: 10 });
      const acts = items.filter(({ actor }) => actor === person.id);
      t.deepEqual(
        acts.map(({ type }) => type),
        ['client.disabled', 'client.changed', 'client.created'],
      );
      t.like(acts[1]?.details, {
        'scopes.before': '["messages:read","calls:read"]',
        'scopes.after': '["messages:read"]',
      });
      t.false(JSON.stringify(items).includes(client_secret));
      t.false(server().logged().includes(client_secret));
    });

    test.serial(
      on('what the files no longer allow is left out of a stored application, or the application is'),
      async (t) => {
        const { call } = await adminApi(server());
        const { client_id, client_secret } = await make(call, PROGRAM);
        const { config } = server().server;
        const before = config.files();
        t.teardown(() => config.replace(before));
        const { 'calls:read': _gone, ...scopes } = before.scopes;
        config.replace({ ...before, scopes });
        t.is((await credentials(server(), client_id, client_secret)).body['scope'], 'messages:read');
        config.replace(before);
        t.is((await credentials(server(), client_id, client_secret)).body['scope'], 'messages:read calls:read');
      },
    );

    test.serial(on('a file that takes the id over wins, and grants live on'), async (t) => {
      const { call } = await adminApi(server());
      const made = await make(call);
      const { config: app, tokens } = await signIn(server(), made);
      const { config, domain } = server().server;
      const before = config.files();
      t.teardown(() => config.replace(before));
      const taken = config.current().clients[made.client_id];
      if (!taken) throw new Error('the client is not in force');
      config.replace({
        ...before,
        clients: { ...before.clients, [made.client_id]: { ...taken, name: 'Of the File' } },
      });
      await domain.clients.supersede();
      const refreshed = await client.refreshTokenGrant(app, tokens.refresh_token ?? '');
      t.is(typeof refreshed.access_token, 'string');
      t.like((await call('GET', `/clients/${made.client_id}`)).body, { managed_by: 'file', name: 'Of the File' });
      t.is((await call('POST', `/clients/${made.client_id}/enable`)).body['code'], 'managed_by_file');
      config.replace(before);
      t.is((await call('GET', `/clients/${made.client_id}`)).body['state'], 'superseded');
      t.is(config.current().clients[made.client_id], undefined);
    });

    if (storage === 'redis') {
      test(
        on('another process knows a new application in the next request, and a disabled one no longer'),
        async (t) => {
          const { target, end } = await startProcess(server());
          t.teardown(end);
          const administration = server().administration;
          const settings = { ...PROGRAM };
          const { client: made, secret = '' } = await administration.createClient(OPERATOR, {
            settings,
            isConfidential: true,
          });
          t.is((await credentials(target, made.id, secret)).status, 200);
          await administration.changeClient(OPERATOR, made.id, { scopes: ['messages:read'] });
          await sleep(1000);
          t.is((await credentials(target, made.id, secret)).body['scope'], 'messages:read');
          await administration.disableClient(OPERATOR, made.id);
          await sleep(1000);
          t.is((await credentials(target, made.id, secret)).status, 401);
        },
      );
    }
  },
  { config: ADMINISTRATION },
);
