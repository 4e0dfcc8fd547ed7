// `/api/v1/keys`: API keys by JSON, with access tokens of this server. Attackers: tokens without the scope, of programs, of other
// audiences or of long ago; others' keys; what the device grant must not get; bodies that nobody should send.
import test from 'ava';
import { createKey } from '../helpers/api-key.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { developer, keysApi, KEYS_API, makeKey, tokenOf } from '../helpers/developer.ts';
import { connect, signInTo } from '../helpers/foreign-client.ts';
import { ask, post } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

const NEW = { name: 'nightly', scopes: ['messages:read'] };

onEachStorage(({ on, server, storage }) => {
  const developerApi = async (roles = ['developer']) => {
    const person = await server().createPerson({ roles });
    return { person, ...(await keysApi(server(), person)) };
  };

  test(on('a key is made, listed, read, rotated and revoked'), async (t) => {
    const { call, person } = await developerApi();
    const made = await call('POST', '', { ...NEW, expires_in: 3600, addresses: ['127.0.0.1'], resource: 'im' });
    t.is(made.status, 201);
    t.is(made.headers.get('Cache-Control'), 'no-store');
    const { client_id, client_secret } = made.body as { client_id: string; client_secret: string };
    t.is(made.headers.get('Location'), `${KEYS_API}/${client_id}`);
    t.is((await tokenOf(server(), client_id, client_secret)).status, 200);
    const shown = {
      client_id,
      name: 'nightly',
      owner: person.id,
      state: 'active',
      scopes: ['messages:read'],
      resource: 'https://im.tokenim.example/',
      addresses: ['127.0.0.1'],
      days_left: 1,
    };
    const listed = (await call('GET')).body['keys'] as object[];
    t.is(listed.length, 1);
    t.like(listed[0], shown);
    t.like((await call('GET', `/${client_id}`)).body, shown);
    const rotated = await call('POST', `/${client_id}/rotate`, { overlap: 0 });
    t.is(rotated.status, 200);
    t.is((await tokenOf(server(), client_id, client_secret)).status, 401);
    const next = String(rotated.body['client_secret']);
    t.is((await tokenOf(server(), client_id, next)).status, 200);
    t.is((await call('DELETE', `/${client_id}`)).status, 204);
    t.is((await tokenOf(server(), client_id, next)).status, 401);
    t.like((await call('GET', `/${client_id}`)).body, { state: 'revoked', revoked_by: 'owner' });
    t.is((await call('POST', `/${client_id}/rotate`, {})).body['code'], 'key_not_active');
  });

  test(on('pages and interface show the same keys'), async (t) => {
    const { person, phone } = await developer(server());
    const { clientId } = await makeKey(phone);
    const { call } = await keysApi(server(), person);
    t.like(((await call('GET')).body['keys'] as object[])[0], { client_id: clientId, name: 'CRM sync', days_left: 90 });
  });

  test(on('without a token, and with one that is no good, the answer says what is missing'), async (t) => {
    const none = await ask(server(), KEYS_API);
    t.is(none.status, 401);
    t.regex(none.headers.get('WWW-Authenticate') ?? '', /^Bearer /);
    const forged = await ask(server(), KEYS_API, { headers: { Authorization: 'Bearer x.y.z' } });
    t.is(forged.body['code'], 'invalid_token');
  });

  test(on('a token that may only read changes nothing'), async (t) => {
    const person = await server().createPerson({ roles: ['developer'] });
    const { call } = await keysApi(server(), person, 'openid keys:read');
    t.is((await call('GET')).status, 200);
    for (const [method, path, body] of [
      ['POST', '', NEW],
      ['POST', '/tim_live_000000000000/rotate', {}],
      ['DELETE', '/tim_live_000000000000', undefined],
    ] as const) {
      const answer = await call(method, path, body);
      t.is(answer.status, 403);
      t.is(answer.body['code'], 'insufficient_scope');
    }
  });

  test(on('who is no developer gets no token that could, and one who stops being it is refused at once'), async (t) => {
    const config = await connect(server(), 'key-manager');
    const { tokens } = await signInTo(config, await server().createPerson(), {
      scope: 'openid keys:read',
    });
    t.false(String(tokens.scope).includes('keys:'));
    const { call, person } = await developerApi();
    await server().administration.revokeRole(OPERATOR, person.id, 'developer');
    t.is((await call('GET')).status, 403);
  });

  test(on('tokens of another audience and tokens of keys are refused'), async (t) => {
    const person = await server().createPerson({ roles: ['developer'] });
    const config = await connect(server(), 'key-manager');
    const { tokens } = await signInTo(config, person, { scope: 'openid messages:read' });
    const { key } = await createKey(server());
    const ofKey = (await tokenOf(server(), key.client_id, key.client_secret, { scope: 'messages:read' })).body;
    for (const token of [tokens.access_token, String(ofKey['access_token'])]) {
      const answer = await ask(server(), KEYS_API, { headers: { Authorization: `Bearer ${token}` } });
      t.is(answer.status, 401);
    }
  });

  test(on('the device grant never gets scopes of keys'), async (t) => {
    for (const scope of ['keys:read', 'keys:write']) {
      const answer = await post(server(), 'device_authorization', { client_id: 'tv', scope: `openid ${scope}` });
      t.is(answer.body['error'], 'invalid_scope');
    }
  });

  test(on('a scope beyond the roles is refused, and no key can manage keys'), async (t) => {
    const { call, person } = await developerApi();
    for (const scope of ['calls:read', 'keys:read', 'keys:write', 'qr:approve', 'openid', 'no:such', '__proto__']) {
      const answer = await call('POST', '', { ...NEW, scopes: ['messages:read', scope] });
      t.is(answer.status, 403, scope);
      t.is(answer.body['code'], 'scope_not_granted');
      const whose = /^(keys|qr):/.test(scope) ? `API keys never get ${scope}` : `no role in force grants ${scope}`;
      t.is(answer.body['detail'], whose);
    }
    t.deepEqual(await server().server.domain.keys.lifecycle.allOf(person.id), []);
  });

  test(on('a list of addresses that is empty is refused, as the key would be usable from everywhere'), async (t) => {
    const { call, person } = await developerApi();
    t.like(await call('POST', '', { ...NEW, addresses: [] }), { status: 400, body: { code: 'network_invalid' } });
    t.deepEqual(await server().server.domain.keys.lifecycle.allOf(person.id), []);
  });

  test(on("another person's key is as unknown as one that nobody has"), async (t) => {
    const { key } = await createKey(server(), ['messages:read']);
    const { call, person } = await developerApi();
    for (const id of [key.client_id, 'tim_live_000000000000', '__proto__']) {
      for (const answer of [
        await call('GET', `/${id}`),
        await call('POST', `/${id}/rotate`, {}),
        await call('DELETE', `/${id}`),
      ]) {
        t.is(answer.status, 404);
        t.is(answer.body['code'], 'key_unknown');
      }
    }
    const stranger = await server().createPerson();
    for (const owner of [stranger.id, 'nobody']) {
      t.is((await call('POST', '', { ...NEW, owner })).body['code'], 'owner_unknown');
    }
    t.is((await tokenOf(server(), key.client_id, key.client_secret)).status, 200);
    t.not(person.id, stranger.id);
  });

  test(on('a maintainer makes keys for their service account'), async (t) => {
    const { call, person } = await developerApi();
    const { id } = await server().administration.createServiceAccount(OPERATOR, {
      username: `api-robot-${person.id.toLowerCase()}`,
      roles: ['member'],
      maintainers: [person.id],
    });
    t.is((await call('POST', '', { ...NEW, owner: id })).status, 201);
    t.like(((await call('GET')).body['keys'] as object[])[0], { owner: id });
  });

  test(on('bodies that are not as described are refused, naming the member'), async (t) => {
    const { call } = await developerApi();
    const wrong: [unknown, string][] = [
      [{}, 'body_malformed'],
      [{ name: 'x' }, 'body_malformed'],
      [{ ...NEW, name: 7 }, 'body_malformed'],
      [{ ...NEW, scopes: 'messages:read' }, 'body_malformed'],
      [{ ...NEW, expires_in: '90d' }, 'body_malformed'],
      [{ ...NEW, status: 'active' }, 'body_malformed'],
      [[], 'body_malformed'],
      [{ ...NEW, name: ' ' }, 'key_name_invalid'],
      [{ ...NEW, scopes: [] }, 'key_scopes_missing'],
      [{ ...NEW, expires_in: 0 }, 'expiry_invalid'],
      [{ ...NEW, expires_in: 366 * 86_400 }, 'expiry_invalid'],
      [{ ...NEW, addresses: ['10.0.0.0/99'] }, 'network_invalid'],
      [{ ...NEW, resource: 'nowhere' }, 'resource_unknown'],
    ];
    for (const [body, code] of wrong) {
      const answer = await call('POST', '', body);
      t.is(answer.status, 400, JSON.stringify(body));
      t.is(answer.body['code'], code);
    }
    t.regex(String((await call('POST', '', { name: 'x' })).body['detail']), /^scopes: /);
  });

  test(on('every address of the interface is described, with its methods'), async (t) => {
    const { body, headers } = await ask(server(), '/api/v1/openapi.json');
    t.is(headers.get('Access-Control-Allow-Origin'), '*');
    t.is(body['openapi'], '3.1.0');
    const { paths } = body as { paths: Record<string, Record<string, unknown>> };
    for (const [path, item] of Object.entries(paths)) {
      const address = path.replace('{client_id}', 'tim_live_000000000000');
      const methods = Object.keys(item).filter((name) => name !== 'parameters');
      const allowed = await ask(server(), address, { method: 'OPTIONS' });
      const allow = (allowed.headers.get('Allow') ?? '').toLowerCase().split(', ');
      for (const method of methods) t.true(allow.includes(method), `${method} ${path}`);
    }
    t.true(Object.keys(paths).length >= 7);
  });

  if (storage === 'sqlite') {
    test.serial(on('what changes something needs a sign-in of lately, and says so as RFC 9470 has it'), async (t) => {
      const time = stopTime(t);
      const { call, person } = await developerApi();
      time.advance(601);
      t.is((await call('GET')).status, 401, 'the token itself has expired');
      const config = await connect(server(), 'key-manager');
      const { tokens, phone } = await signInTo(config, person, { scope: 'openid keys:read keys:write' });
      time.advance(300);
      const later = await signInTo(config, person, { scope: 'openid keys:read keys:write' }, { phone });
      time.advance(301);
      const headers = { Authorization: `Bearer ${later.tokens.access_token}`, 'Content-Type': 'application/json' };
      t.is((await ask(server(), KEYS_API, { headers })).status, 200);
      const refused = await ask(server(), KEYS_API, { method: 'POST', headers, body: JSON.stringify(NEW) });
      t.is(refused.status, 401);
      t.is(refused.body['code'], 'insufficient_user_authentication');
      t.regex(refused.headers.get('WWW-Authenticate') ?? '', /insufficient_user_authentication", max_age="600"/);
      t.truthy(tokens.access_token);
    });
  }
});
