// Clients that register themselves (RFC 7591) and look after themselves (RFC 7592). Attackers: who has no initial access token, or a
// used one, or somebody else's registration token; who asks for more than may be registered, or for a name, an address or a
// quantity that nobody should send.
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import type { RegistrationActs } from '../../src/clients/registration/registrar.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { authorizationRequest, callbackOf, connect, exchange } from '../helpers/foreign-client.ts';
import { textOf } from '../helpers/html.ts';
import { ask, basic, post, type Reply } from '../helpers/http.ts';
import { createPhone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const PATH = '/oauth/register';
const REDIRECT_URI = 'https://stranger.example/callback';
const METADATA = {
  client_name: 'Stranger Calendar',
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid messages:read',
};
const ENABLED = {
  client_registration: { enabled: true, scopes: ['openid', 'profile', 'offline_access', 'messages:read'] },
  limits: { client_registration: { per_address: 1000, total: 10_000 } },
};

/** Names that look like nothing, or like another. */
const HIDING = [
  '\u3164',
  '\u2800',
  '\u115f',
  '\u200d\u200d',
  'Token\u200dIM CLI',
  'Token\u034fIM CLI',
  'TokenIM\ufe0f',
  `Z${'\u0300'.repeat(98)}`,
  '\u0300Z',
];
/** Addresses that are parsed as others than they look. */
const TWISTED = ['\n', '\r\n', '\t', '\u202e', '\\', '\u0000', 'é', ' '].map(
  (inserted) => `https://stranger.example/${inserted}cb`,
);

interface Registered {
  client_id: string;
  client_secret?: string;
  registration_access_token: string;
  registration_client_uri: string;
}

onEachStorage(
  ({ on, server }) => {
    const initialToken = async (uses = 1) =>
      (await server().administration.createRegistrationToken(OPERATOR, { uses })).token;

    const send = (method: string, path: string, token: string, body?: unknown): Promise<Reply> =>
      ask(server(), path, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
    const register = async (metadata: unknown = METADATA, token?: string) =>
      send('POST', PATH, token ?? (await initialToken()), metadata);
    const registered = async (metadata: object = METADATA) => (await register(metadata)).body as unknown as Registered;

    test(on('a client of openid-client registers itself and signs a person in, who is asked and warned'), async (t) => {
      const config = await client.dynamicClientRegistration(new URL(server().issuer), METADATA, client.None(), {
        initialAccessToken: await initialToken(),
        execute: [client.allowInsecureRequests],
      });
      const { client_id, client_secret } = config.clientMetadata();
      const app = await connect(server(), client_id, String(client_secret));
      const request = await authorizationRequest(app, { redirect_uri: REDIRECT_URI, scope: METADATA.scope });
      const person = await server().createPerson();
      const phone = createPhone(server().issuer);
      const signIn = await phone.open(request.url);
      const consent = await phone.submit(signIn, { login: person.email, password: person.password });
      const words = textOf(consent.text);
      t.regex(words, /Nobody here has checked this application/);
      t.regex(words, /stranger\.example/);
      const tokens = await exchange(app, callbackOf(await phone.submit(consent, { decision: 'approve' })), request);
      t.is(tokens.scope, 'messages:read');
    });

    test(
      on('a public client registers with the metadata that oauth4webapi expects back, and gets no secret'),
      async (t) => {
        const as = { issuer: server().issuer, registration_endpoint: server().issuer + PATH };
        const response = await oauth.dynamicClientRegistrationRequest(
          as,
          { ...METADATA, token_endpoint_auth_method: 'none' },
          { initialAccessToken: await initialToken(), [oauth.allowInsecureRequests]: true },
        );
        t.is(response.headers.get('Cache-Control'), 'no-store');
        const made = await oauth.processDynamicClientRegistrationResponse(response);
        t.is(made.client_secret, undefined);
        t.like(made, { ...METADATA, token_endpoint_auth_method: 'none', response_types: ['code'] });
      },
    );

    test(on('discovery names the endpoint'), async (t) => {
      const { body } = await ask(server(), '/.well-known/openid-configuration');
      t.is(body['registration_endpoint'], server().issuer + PATH);
    });

    test(on('without an initial access token, with a made-up, revoked or used one, nobody registers'), async (t) => {
      const { token, record } = await server().administration.createRegistrationToken(OPERATOR, {});
      await server().administration.revokeRegistrationToken(OPERATOR, record.id);
      const once = await initialToken();
      t.is((await register(METADATA, once)).status, 201);
      const madeUp = `tim_reg_${record.id}_${'x'.repeat(43)}`;
      for (const bad of ['', 'x', madeUp, token, once]) {
        const refused = await register(METADATA, bad);
        t.is(refused.status, 401, bad);
        t.is(refused.body['error'], 'invalid_token');
        t.regex(refused.headers.get('WWW-Authenticate') ?? '', /^Bearer .*error="invalid_token"/);
      }
    });

    test(on('of 20 registrations at once with a token for one exactly one succeeds'), async (t) => {
      const token = await initialToken();
      const answers = await Promise.all(Array.from({ length: 20 }, () => register(METADATA, token)));
      t.is(answers.filter(({ status }) => status === 201).length, 1);
      t.is(answers.filter(({ status }) => status === 401).length, 19);
    });

    test(on('a refused registration leaves the token to try again with'), async (t) => {
      const token = await initialToken();
      t.is((await register({ ...METADATA, redirect_uris: ['http://stranger.example'] }, token)).status, 400);
      t.is((await register(METADATA, token)).status, 201);
    });

    test(on('what may not be registered is refused in words of RFC 7591'), async (t) => {
      const token = await initialToken();
      const refused: readonly [object, string][] = [
        [{ redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
        [{ redirect_uris: ['http://stranger.example/cb'] }, 'invalid_redirect_uri'],
        [{ redirect_uris: ['https://*.example/cb'] }, 'invalid_redirect_uri'],
        [{ redirect_uris: ['https://stranger.example/cb#f'] }, 'invalid_redirect_uri'],
        [{ redirect_uris: ['https://u:p@stranger.example/cb'] }, 'invalid_redirect_uri'],
        [{ redirect_uris: ['data:text/html,x'] }, 'invalid_redirect_uri'],
        [{ redirect_uris: Array.from({ length: 10_000 }, () => 'a:') }, 'invalid_redirect_uri'],
        [{ redirect_uris: [`https://stranger.example/${'x'.repeat(2000)}`] }, 'invalid_redirect_uri'],
        [{ redirect_uris: [] }, 'invalid_client_metadata'],
        [{ redirect_uris: 'https://stranger.example' }, 'invalid_redirect_uri'],
        [{ scope: 'openid admin:write' }, 'invalid_client_metadata'],
        [{ scope: 'openid keys:write' }, 'invalid_client_metadata'],
        [{ scope: 'qr:approve' }, 'invalid_client_metadata'],
        [{ scope: 'openid calls:read' }, 'invalid_client_metadata'],
        [{ client_name: 'x'.repeat(101) }, 'invalid_client_metadata'],
        [{ client_name: 'Token\u202eMI' }, 'invalid_client_metadata'],
        [{ client_name: 'Token\u200bIM' }, 'invalid_client_metadata'],
        [{ client_name: 'Token\u0000IM' }, 'invalid_client_metadata'],
        [{ client_name: '   ' }, 'invalid_client_metadata'],
        ...HIDING.map((client_name): [object, string] => [{ client_name }, 'invalid_client_metadata']),
        ...TWISTED.map((uri): [object, string] => [{ redirect_uris: [uri] }, 'invalid_redirect_uri']),
        ...TWISTED.map((uri): [object, string] => [{ post_logout_redirect_uris: [uri] }, 'invalid_client_metadata']),
        [{ client_name: { toString: 'x' } }, 'invalid_client_metadata'],
        [{ client_uri: 'javascript:alert(1)' }, 'invalid_client_metadata'],
        [{ grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
        [{ grant_types: ['password'] }, 'invalid_client_metadata'],
        [{ response_types: ['token'] }, 'invalid_client_metadata'],
        [{ token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata'],
        [{ id_token_signed_response_alg: 'none' }, 'invalid_client_metadata'],
      ];
      for (const [change, error] of refused) {
        const { status, body } = await register({ ...METADATA, ...change }, token);
        t.is(status, 400, JSON.stringify(change).slice(0, 200));
        t.is(body['error'], error, JSON.stringify(change).slice(0, 200));
        t.is(typeof body['error_description'], 'string');
      }
      const unreadable: readonly [string, number][] = [
        ...['[]', 'null', '{', '"x"'].map((body): [string, number] => [body, 400]),
        [`{"client_name":"${'x'.repeat(70_000)}"}`, 413],
      ];
      for (const [sent, expected] of unreadable) {
        const { status, body } = await register(sent, token);
        t.deepEqual(
          [status, body['error'], typeof body['error_description']],
          [expected, 'invalid_client_metadata', 'string'],
        );
      }
    });

    test(on('what only administrators decide, and what would have us fetch something, is left out'), async (t) => {
      const { body } = await register({
        ...METADATA,
        first_party: true,
        allowed_roles: ['admin'],
        pkce: 'optional',
        secret_hashes: [],
        stored: { origin: 'console' },
        lifetimes: { access_token: '1d' },
        client_id: 'crm',
        client_secret: 'mine',
        jwks_uri: 'http://169.254.169.254/jwks',
        sector_identifier_uri: 'http://127.0.0.1:1/sector',
        logo_uri: 'http://127.0.0.1:1/logo.svg',
        software_statement: 'e30.e30.',
      });
      t.regex(String(body['client_id']), /^app_/);
      t.not(body['client_secret'], 'mine');
      for (const name of ['first_party', 'jwks_uri', 'sector_identifier_uri', 'logo_uri', 'software_statement']) {
        t.false(name in body, name);
      }
      const inForce = server().server.config.current().clients[String(body['client_id'])];
      t.like(inForce, { first_party: false, pkce: 'required', lifetimes: {}, logo_uri: undefined });
      t.is(inForce?.allowed_roles, undefined);
    });

    test(
      on('a native client may register a loopback redirect, a web one may not have a scheme of its own'),
      async (t) => {
        const native = { ...METADATA, application_type: 'native', redirect_uris: ['http://127.0.0.1/callback'] };
        t.is((await register(native)).status, 201);
        const web = { ...METADATA, redirect_uris: ['com.example.app:/callback'] };
        t.is((await register(web)).body['error'], 'invalid_redirect_uri');
      },
    );

    test(on('a client reads, changes and ends itself, and is gone at once'), async (t) => {
      const {
        client_id,
        client_secret = '',
        registration_access_token: token,
        registration_client_uri,
      } = await registered();
      t.is(registration_client_uri, `${server().issuer}${PATH}/${client_id}`);
      const read = await send('GET', `${PATH}/${client_id}`, token);
      t.like(read.body, { ...METADATA, client_id, registration_access_token: token });
      t.false('client_secret' in read.body);
      const changed = { ...METADATA, client_id, client_secret, client_name: 'Stranger Diary', scope: 'openid' };
      t.like((await send('PUT', `${PATH}/${client_id}`, token, changed)).body, {
        client_name: 'Stranger Diary',
        scope: 'openid',
      });
      t.like((await send('GET', `${PATH}/${client_id}`, token)).body, { client_name: 'Stranger Diary' });
      t.is((await send('DELETE', `${PATH}/${client_id}`, token)).status, 204);
      t.is((await send('GET', `${PATH}/${client_id}`, token)).status, 401);
      const asked = await post(
        server(),
        'token',
        { grant_type: 'client_credentials' },
        basic(client_id, client_secret),
      );
      t.is(asked.body['error'], 'invalid_client');
    });

    test(on("another client's registration token, and none, opens nothing"), async (t) => {
      const [victim, attacker] = [await registered(), await registered()];
      for (const token of ['', 'x', attacker.registration_access_token, await initialToken()]) {
        const put = { ...METADATA, client_id: victim.client_id, redirect_uris: ['https://attacker.example/cb'] };
        for (const [method, body] of [['GET'], ['PUT', put], ['DELETE']] as const) {
          const { status, body: refused } = await send(method, `${PATH}/${victim.client_id}`, token, body);
          t.is(status, 401);
          t.is(refused['error'], 'invalid_token');
        }
      }
      t.is((await send('GET', `${PATH}/crm`, attacker.registration_access_token)).status, 401);
      t.is((await send('GET', `${PATH}/constructor`, '')).status, 401);
      t.is((await send('GET', `${PATH}/${victim.client_id}`, victim.registration_access_token)).status, 200);
    });

    test(on('a change is bound as the registration was, and may not speak for another or swap secrets'), async (t) => {
      const { client_id, registration_access_token: token } = await registered();
      for (const change of [
        { scope: 'openid admin:write' },
        { redirect_uris: ['http://stranger.example/cb'] },
        { client_id: 'crm' },
        { client_secret: 'guessed' },
        { client_secret: 7 },
        { token_endpoint_auth_method: 'none' },
        { registration_access_token: token },
        { client_id_issued_at: 1 },
      ]) {
        const { status } = await send('PUT', `${PATH}/${client_id}`, token, { ...METADATA, client_id, ...change });
        t.is(status, 400, JSON.stringify(change));
      }
    });

    test(on('a client that an administrator narrowed cannot widen itself again'), async (t) => {
      const { client_id, registration_access_token: token } = await registered();
      await server().administration.changeClient(OPERATOR, client_id, { scopes: ['openid'] });
      const { status, body } = await send('PUT', `${PATH}/${client_id}`, token, { ...METADATA, client_id });
      t.is(status, 403);
      t.is(body['error'], 'access_denied');
      t.is((await send('GET', `${PATH}/${client_id}`, token)).body['scope'], 'openid');
      await server().administration.disableClient(OPERATOR, client_id);
      t.is((await send('GET', `${PATH}/${client_id}`, token)).status, 401);
    });

    test(on('a client whose time is over is refused at once'), async (t) => {
      const { client: made, secret = '' } = await server().administration.createClient(OPERATOR, {
        settings: { name: 'Brief', grants: ['client_credentials'], scopes: ['messages:read'] },
        isConfidential: true,
        registered: {
          registration: { tokenHash: 'x', authMethod: 'client_secret_basic' },
          expiresAt: Date.now() + 5000,
        },
      });
      const token = () => post(server(), 'token', { grant_type: 'client_credentials' }, basic(made.id, secret));
      t.is((await token()).status, 200);
      await sleep(5000);
      t.is((await token()).body['error'], 'invalid_client');
    });

    test(on('what an administrator does between the look at a client and its change stays'), async (t) => {
      const { administration } = server();
      const narrow = (id: string) => administration.changeClient(OPERATOR, id, { scopes: ['openid'] });
      const acts: RegistrationActs = {
        create: () => Promise.reject(new Error('nothing is registered here')),
        async change(id, settings, allow) {
          await narrow(id);
          return administration.changeClient({ actor: id }, id, settings, allow);
        },
        async end(id, allow) {
          await narrow(id);
          return administration.disableClient({ actor: id }, id, 'deleted', allow);
        },
      };
      const { registrar } = server().server.domain.clients;
      for (const act of ['change', 'end'] as const) {
        const { client_id, registration_access_token: token } = await registered();
        const change = { ...METADATA, client_id };
        const late =
          act === 'end'
            ? registrar.end(client_id, token, acts)
            : registrar.update(client_id, token, change, acts).then(() => undefined);
        await t.throwsAsync(late, { message: /an administrator looks after this client/ });
        t.like((await send('GET', `${PATH}/${client_id}`, token)).body, { scope: 'openid' });
      }
    });

    test(on('of changes at the same moment the last word is the administrator’s'), async (t) => {
      const { client_id, registration_access_token: token } = await registered();
      const put = () => send('PUT', `${PATH}/${client_id}`, token, { ...METADATA, client_id });
      const [, ...answers] = await Promise.all([
        server().administration.changeClient(OPERATOR, client_id, { scopes: ['openid'] }),
        ...Array.from({ length: 8 }, put),
      ]);
      t.true(answers.every(({ status }) => status === 200 || status === 403));
      t.is((await send('GET', `${PATH}/${client_id}`, token)).body['scope'], 'openid');
    });

    test(on('a client that an administrator looks after cannot end itself'), async (t) => {
      const { client_id, registration_access_token: token } = await registered();
      await server().administration.changeClient(OPERATOR, client_id, { name: 'Looked at' });
      const { status, body } = await send('DELETE', `${PATH}/${client_id}`, token);
      t.is(status, 403);
      t.is(body['error'], 'access_denied');
      t.is((await send('GET', `${PATH}/${client_id}`, token)).status, 200);
    });

    test(
      on('who agreed to a client is asked again once it has another name or host, and what it held ends'),
      async (t) => {
        const { client_id, client_secret = '', registration_access_token: token } = await registered();
        const app = await connect(server(), client_id, client_secret);
        const person = await server().createPerson();
        const phone = createPhone(server().issuer);
        const asked = async (redirect_uri: string) => {
          const request = await authorizationRequest(app, { redirect_uri, scope: METADATA.scope });
          return { request, page: await phone.open(request.url) };
        };
        const put = (change: object) =>
          send('PUT', `${PATH}/${client_id}`, token, { ...METADATA, client_id, client_secret, ...change });
        const { request, page: signIn } = await asked(REDIRECT_URI);
        const first = await phone.submit(signIn, { login: person.email, password: person.password });
        const { access_token } = await exchange(
          app,
          callbackOf(await phone.submit(first, { decision: 'approve' })),
          request,
        );
        t.truthy(callbackOf((await asked(REDIRECT_URI)).page));

        const elsewhere = 'https://attacker.example/callback';
        for (const change of [{ client_name: 'TokenIM Calendar' }, { redirect_uris: [REDIRECT_URI, elsewhere] }]) {
          t.is((await put(change)).status, 200);
          const where = 'redirect_uris' in change ? elsewhere : REDIRECT_URI;
          const { page } = await asked(where);
          t.is(page.status, 200, where);
          t.regex(textOf(page.text), /Nobody here has checked this application/);
          await phone.submit(page, { decision: 'approve' });
          await put({ ...change, scope: 'openid' });
          const same = await authorizationRequest(app, { redirect_uri: where, scope: 'openid' });
          t.truthy(callbackOf(await phone.open(same.url)), 'fewer scopes at the same host are not asked for again');
          await put(change);
        }
        const still = await post(server(), 'introspect', { token: access_token }, basic(client_id, client_secret));
        t.false(still.body['active']);
      },
    );

    test(on('a registration is recorded, and no secret is kept or logged'), async (t) => {
      const token = await initialToken();
      const {
        client_id,
        client_secret = '',
        registration_access_token,
      } = (await register(METADATA, token)).body as unknown as Registered;
      const { items } = await server().server.domain.audit.list({ client: client_id, limit: 5 });
      t.like(items[0], { type: 'client.registered', actor: token.split('_')[2] });
      const kept = JSON.stringify([items, await server().server.domain.clients.stored.find(client_id)]);
      for (const secret of [token, client_secret, registration_access_token]) {
        t.false(kept.includes(secret));
        t.false(server().logged().includes(secret));
      }
    });
  },
  { config: ENABLED },
);

onEachStorage(({ on, server }) => {
  test(on('where registration is off there is no such address, and discovery names none'), async (t) => {
    const { token } = await server().administration.createRegistrationToken(OPERATOR, {});
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const asked = await ask(server(), PATH, { method: 'POST', headers, body: JSON.stringify(METADATA) });
    t.is(asked.status, 404);
    const { body } = await ask(server(), '/.well-known/openid-configuration');
    t.false('registration_endpoint' in body);
  });
}, {});

onEachStorage(
  ({ on, server }) => {
    test(on('mass registration from one address stops, and a client ends when the configuration says'), async (t) => {
      const { token } = await server().administration.createRegistrationToken(OPERATOR, { uses: 100 });
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
      const register = () => ask(server(), PATH, { method: 'POST', headers, body: JSON.stringify(METADATA) });
      const first = await register();
      t.is(first.status, 201);
      const { client_id_issued_at: at, client_secret_expires_at: end } = first.body;
      t.is(Number(end) - Number(at), 86_400);
      t.is((await register()).status, 201);
      const refused = await register();
      t.is(refused.status, 429);
      t.is(refused.body['error'], 'temporarily_unavailable');
      t.regex(refused.headers.get('Retry-After') ?? '', /^\d+$/);
    });
  },
  {
    config: {
      client_registration: { enabled: true, scopes: ['openid', 'messages:read'], expires: '1d' },
      limits: { client_registration: { per_address: 2, total: 100 } },
    },
  },
);

onEachStorage(
  ({ on, server }) => {
    test(on('a client is refused from the moment at which it ends'), async (t) => {
      const { token } = await server().administration.createRegistrationToken(OPERATOR, {});
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
      const made = await ask(server(), PATH, { method: 'POST', headers, body: JSON.stringify(METADATA) });
      const { client_id, client_secret } = made.body as unknown as Required<Registered>;
      const refusal = async () => {
        const fields = { grant_type: 'refresh_token', refresh_token: 'x' };
        return (await post(server(), 'token', fields, basic(client_id, client_secret))).body['error'];
      };
      t.is(await refusal(), 'invalid_grant');
      await sleep(3100);
      t.is(await refusal(), 'invalid_client');
    });
  },
  { config: { client_registration: { ...ENABLED.client_registration, expires: '3s' } } },
);
