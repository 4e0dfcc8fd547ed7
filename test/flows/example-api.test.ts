// The example of an API (examples/im-api.ts) as a process of its own: what a key may do is decided by its scopes, and a revoked key
// is refused at once where the API asks.
import test from 'ava';
import * as client from 'openid-client';
import { createKey } from '../helpers/api-key.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { connect, SECRETS, signInTo } from '../helpers/foreign-client.ts';
import { basic, post } from '../helpers/http.ts';
import { type ImApi, startImApi } from '../helpers/im-api.ts';
import { onEachStorage } from '../helpers/storages.ts';

onEachStorage(({ on, server }) => {
  let api: ImApi;
  test.before(async () => {
    api = await startImApi(server().issuer);
  });
  test.after.always(() => api?.stop());
  const send: ImApi['send'] = (headers) => api.send(headers);
  const calls: ImApi['calls'] = (headers) => api.calls(headers);
  const introspected = async (token: string, required_scope: string) =>
    (await post(server(), 'introspect', { token, required_scope }, basic('im-api', SECRETS['im-api']))).body;

  const tokenOf = async (scopes: readonly string[], roles: readonly string[] = []) => {
    const { key, owner } = await createKey(server(), scopes, roles);
    const answer = await post(
      server(),
      'token',
      { grant_type: 'client_credentials' },
      basic(key.client_id, key.client_secret),
    );
    const token = String(answer.body['access_token']);
    return { key, owner, token, Authorization: `Bearer ${token}` };
  };

  test(on('a key with messages:send sends a message in the name of the account behind it'), async (t) => {
    const { owner, key, Authorization } = await tokenOf(['messages:send']);
    const answer = await send({ Authorization });
    t.is(answer.status, 201);
    t.deepEqual(await answer.json(), { from: owner.id, by: key.client_id, text: 'Hello' });
  });

  test(on('the same key may not read call records, and hears what is missing and which role has it'), async (t) => {
    const { Authorization } = await tokenOf(['messages:send']);
    const refused = await calls({ Authorization });
    t.is(refused.status, 403);
    t.is(
      refused.headers.get('WWW-Authenticate'),
      'Bearer realm="TokenIM", error="insufficient_scope", error_description="calls:read is granted by no role of the ' +
        'account now (a role that does: support, operator) and was not given to this API key", scope="calls:read"',
    );
  });

  test(on('a key whose owner has the role hears that the key alone is the limit'), async (t) => {
    const { token } = await tokenOf(['messages:send'], ['support']);
    const description = 'calls:read was not given to this API key';
    t.deepEqual((await introspected(token, 'calls:read'))['insufficient_scope'], { scope: 'calls:read', description });
  });

  test(on('a person without the role is told the role, one with it that the application never asked'), async (t) => {
    const reasonFor = async (roles: readonly string[]) => {
      const person = await server().createPerson({ roles });
      const { tokens } = await signInTo(await connect(server(), 'crm'), person, { scope: 'openid messages:read' });
      return (await introspected(tokens.access_token, 'calls:read'))['insufficient_scope'] as { description: string };
    };
    t.regex((await reasonFor([])).description, /granted by no role of the account now \(a role that does: support/);
    t.regex((await reasonFor(['support'])).description, /was not asked for/);
  });

  test(
    on('an API hears nothing of scopes it carries, of other APIs, of unknown ones and of dead tokens'),
    async (t) => {
      const { token, key } = await tokenOf(['messages:send']);
      for (const scope of ['messages:send', 'files:read', 'no:such', '__proto__', '']) {
        const answer = await introspected(token, scope);
        t.true(answer['active'], scope);
        t.false('insufficient_scope' in answer, scope);
      }
      const asStranger = basic('reports', SECRETS.reports);
      const fields = { token, required_scope: 'calls:read' };
      t.deepEqual((await post(server(), 'introspect', fields, asStranger)).body, { active: false });
      await server().administration.revokeKey(OPERATOR, key.client_id);
      t.deepEqual(await introspected(token, 'calls:read'), { active: false });
    },
  );

  test(on('a key whose owner is in the role support reads call records, until it is revoked'), async (t) => {
    const { key, Authorization } = await tokenOf(['calls:read', 'messages:send'], ['support']);
    t.is((await calls({ Authorization })).status, 200);
    await server().administration.revokeKey(OPERATOR, key.client_id);
    t.is((await calls({ Authorization })).status, 401, 'asked at once');
    t.is((await send({ Authorization })).status, 201, 'verified offline, good until it expires');
  });

  test(on('a role taken away narrows what the API is told'), async (t) => {
    const { owner, Authorization } = await tokenOf(['calls:read'], ['support']);
    await server().administration.revokeRole(OPERATOR, owner.id, 'support');
    t.is((await calls({ Authorization })).status, 403);
  });

  test(on('a token bound to a key is refused without a proof of it'), async (t) => {
    const config = await connect(server(), 'dpop-app');
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const { tokens } = await signInTo(
      config,
      await server().createPerson(),
      { scope: 'openid messages:read' },
      { DPoP },
    );
    const Authorization = `Bearer ${tokens.access_token}`;
    for (const refused of [await send({ Authorization }), await calls({ Authorization })]) t.is(refused.status, 401);
  });

  test(on('a message that is too long, or does not say how long it is, is refused'), async (t) => {
    const { Authorization } = await tokenOf(['messages:send']);
    t.is((await api.send({ Authorization }, 'x'.repeat(5000))).status, 413);
    t.is(await api.sendChunked({ Authorization }), 411);
    t.is((await send({ Authorization })).status, 201);
  });

  test(on('no token, a forged one and one for another API are refused'), async (t) => {
    t.is((await send({})).headers.get('WWW-Authenticate'), 'Bearer realm="TokenIM"');
    const { Authorization } = await tokenOf(['messages:send']);
    const other = await tokenOf(['files:read']);
    for (const value of ['Bearer nonsense', `${Authorization.slice(0, -4)}AAAA`, other.Authorization]) {
      const refused = await send({ Authorization: value });
      t.is(refused.status, 401);
      t.regex(refused.headers.get('WWW-Authenticate') ?? '', /error="invalid_token"/);
    }
  });
});
