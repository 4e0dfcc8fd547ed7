// Administration by JSON where one person alone may change anything, where two would end each other, where a role wants a second
// factor, and the configuration. Each test has a server of its own.
import test, { type ExecutionContext } from 'ava';
import { adminApi, ADMINISTRATION, callAs, REDIRECT_URI } from '../helpers/admin-api.ts';
import { createKey } from '../helpers/api-key.ts';
import { type AuthServer, startAuthServer } from '../helpers/auth-server.ts';
import { connect, signInTo } from '../helpers/foreign-client.ts';
import type { Reply } from '../helpers/http.ts';
import { createPhone } from '../helpers/phone.ts';
import { redisAvailable, startRedis } from '../helpers/redis-server.ts';
import { codeOf, giveTotp, signInWithCode } from '../helpers/second-factor.ts';
import { skipRedis } from '../helpers/storages.ts';

const told = ({ status, body }: Reply) => [status, body['code']];

declare('sqlite', (t) => startAuthServer(t, { config: ADMINISTRATION }));
if (redisAvailable()) {
  declare('redis', async (t) => startAuthServer(t, { config: ADMINISTRATION, storage: (await startRedis(t)).url }));
} else skipRedis();

function declare(storage: string, start: (t: ExecutionContext) => Promise<AuthServer>): void {
  const on = (sentence: string): string => `${storage}: ${sentence}`;

  test(on('the last administrator cannot leave in any way; one of two can'), async (t) => {
    const server = await start(t);
    const { call, person } = await adminApi(server);
    const taken = { decision: 'take_back', account_id: person.id, kind: 'role', name: 'chief' };
    const ways = [
      ['POST', `/accounts/${person.id}/disable`],
      ['DELETE', `/accounts/${person.id}/roles/chief`],
      ['POST', '/review/decisions', taken],
    ] as const;
    for (const [method, path, body] of ways) {
      t.deepEqual(told(await call(method, path, body)), [409, 'last_administrator'], path);
    }
    t.like(await server.server.domain.directory.find(person.id), { status: 'active', roles: ['chief'] });
    await server.createPerson({ roles: ['chief'] });
    t.is((await call('POST', '/review/decisions', taken)).status, 204);
    t.deepEqual(told(await call('GET', '/accounts')), [403, 'insufficient_scope']);
  });

  test(on('of two administrators who end each other at the same time one remains'), async (t) => {
    const server = await start(t);
    const [one, two] = [await adminApi(server), await adminApi(server)];
    const replies = await Promise.all([
      one.call('DELETE', `/accounts/${two.person.id}/roles/chief`),
      two.call('DELETE', `/accounts/${one.person.id}/roles/chief`),
    ]);
    const { directory } = server.server.domain;
    t.true((await directory.count({ name: 'role', value: 'chief' })) > 0, replies.map(({ text }) => text).join());
  });

  test(on('who signed in with the second factor that the role wants may change things'), async (t) => {
    const server = await start(t);
    const person = await server.createPerson({ roles: ['strong'] });
    const { id } = await server.createPerson();
    const phone = createPhone(server.issuer);
    await signInWithCode(phone, person, await codeOf(await giveTotp(server, person)));
    const request = { scope: 'openid admin:read admin:write', redirect_uri: REDIRECT_URI };
    const { tokens } = await signInTo(await connect(server, 'admin-tool'), person, request, { phone });
    const call = callAs(server, tokens.access_token);
    t.deepEqual((await call('PUT', `/accounts/${id}/roles/support`)).body['roles'], ['support']);
  });

  test(on('the configuration tells what the files would change, and takes what was looked at'), async (t) => {
    const server = await start(t);
    await server.server.reload.start();
    const { call, person } = await adminApi(server);
    await createKey(server, ['calls:read'], ['support']);
    const same = await call('GET', '/configuration');
    t.like(same.body, { present: { state: 'same' }, others_refused: [] });
    await server.edit((text) =>
      text
        .replace('version: 1', 'version: 1\nreload: { confirm_above: 0 }')
        .replace('scopes: [calls:read] }', 'scopes: [] }')
        .replaceAll(', calls:read', ''),
    );
    const { present } = (await call('GET', '/configuration')).body as {
      present: { digest: string; changes: object[]; consequences: object[]; needs_confirmation: boolean };
    };
    t.like(
      present.changes.find((change) => (change as { entry: string }).entry === 'roles.support'),
      { change: 'changed' },
    );
    t.like(present.consequences[0], { kind: 'role_loses', role: 'support', scope: 'calls:read', people: 1, keys: 1 });
    const apply = (body: object) => call('POST', '/configuration/apply', body);
    t.deepEqual(told(await apply({ digest: present.digest })), [409, 'confirmation_needed']);
    t.deepEqual(told(await apply({ digest: 'of-another-day', confirmed: true })), [409, 'files_changed']);
    t.deepEqual(told(await apply({ digest: present.digest, force: true })), [400, 'body_malformed']);
    const done = await apply({ digest: present.digest, confirmed: true });
    t.is(done.status, 200);
    t.like(done.body, { digest: present.digest, present: { state: 'same' } });
    const { items } = await server.server.domain.audit.list({ type: 'config.changed', limit: 9 });
    t.like(items[0], { actor: person.id, via: 'admin-tool' });
  });

  test(on('a reload that was refused is told with every mistake, and nothing of it is in force'), async (t) => {
    const server = await start(t);
    const { call } = await adminApi(server, ['auditor']);
    await server.edit((text) =>
      text.replace('name: Kiosk', 'nam: Kiosk').replace('{ includes: [member]', '{ includes: [membr]'),
    );
    await server.server.reload.reload('signal');
    const { body } = await call('GET', '/configuration');
    const { refused, present } = body as Record<'refused' | 'present', { state?: string; problems: string[] }>;
    for (const { problems } of [refused, present]) {
      t.true(problems.some((problem) => /tokenim\.yaml:\d+:\d+: unknown key `nam`/.test(problem)));
      t.true(problems.some((problem) => problem.includes('membr')));
    }
    t.is(present.state, 'refused');
  });
}
