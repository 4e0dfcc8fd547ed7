// The example of an API (examples/im-api.ts) as a process of its own: what a key may do is decided by its scopes, and a revoked key
// is refused at once where the API asks.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { createKey } from '../helpers/api-key.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { SECRETS } from '../helpers/foreign-client.ts';
import { basic, post } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

const PROGRAM = fileURLToPath(new URL('../../examples/im-api.js', import.meta.url));

onEachStorage(({ on, server }) => {
  let child: ChildProcess;
  let address = '';
  test.before(async () => {
    const env = { ...process.env, ISSUER: server().issuer, IM_API_SECRET: SECRETS['im-api'], PORT: '0' };
    child = fork(PROGRAM, { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    address = line.toString().trim();
  });
  test.after.always(() => child?.kill());

  const tokenOf = async (scopes: readonly string[], roles: readonly string[] = []) => {
    const { key, owner } = await createKey(server(), scopes, roles);
    const answer = await post(
      server(),
      'token',
      { grant_type: 'client_credentials' },
      basic(key.client_id, key.client_secret),
    );
    return { key, owner, Authorization: `Bearer ${String(answer.body['access_token'])}` };
  };
  const send = (headers: HeadersInit) => fetch(`${address}/messages`, { method: 'POST', headers, body: 'Hello' });
  const calls = (headers: HeadersInit) => fetch(`${address}/calls`, { headers });

  test(on('a key with messages:send sends a message in the name of the account behind it'), async (t) => {
    const { owner, key, Authorization } = await tokenOf(['messages:send']);
    const answer = await send({ Authorization });
    t.is(answer.status, 201);
    t.deepEqual(await answer.json(), { from: owner.id, by: key.client_id, text: 'Hello' });
  });

  test(on('the same key may not read call records, and hears which scope is missing'), async (t) => {
    const { Authorization } = await tokenOf(['messages:send'], ['support']);
    const refused = await calls({ Authorization });
    t.is(refused.status, 403);
    t.is(
      refused.headers.get('WWW-Authenticate'),
      'Bearer realm="TokenIM", error="insufficient_scope", scope="calls:read"',
    );
  });

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
