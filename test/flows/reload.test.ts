// Changed files while the server runs: taken whole or not at all, at once, by every process of the installation, with a record
// of each change before and after.
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import * as client from 'openid-client';
import { createChanges } from '../../src/compose/changes.ts';
import { loadConfig } from '../../src/config/load.ts';
import { snapshotOf } from '../../src/config/snapshot.ts';
import { createKey } from '../helpers/api-key.ts';
import { type AuthServer, startAuthServer } from '../helpers/auth-server.ts';
import { approve, poll, startDevice } from '../helpers/device.ts';
import { connect, refusalOf, SECRETS, signInTo } from '../helpers/foreign-client.ts';
import { ask, basic, post } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

type Edit = (text: string) => string;

const NIGHTLY = basic('reports', SECRETS.reports);
const CLIENT_CREDENTIALS = { grant_type: 'client_credentials' };

onEachStorage(({ on, server }) => {
  /** The changed files are in force for the time of the test. */
  async function edited(t: ExecutionContext, edit: Edit): Promise<AuthServer> {
    const { reload } = server().server;
    let original = '';
    await reload.start();
    await server().edit((text) => edit((original = text)));
    t.teardown(async () => {
      await server().edit(() => original);
      await reload.reload('applied');
      await server().server.domain.applied.find();
    });
    return server();
  }

  test.serial.afterEach.always(async () => {
    await server().server.reload.reload('start');
  });

  const take = async (t: ExecutionContext, edit: Edit): Promise<void> => {
    const changed = await edited(t, edit);
    t.is(await changed.server.reload.reload('signal'), undefined);
  };

  test.serial(on('a lifetime, a scope and a role are in force at the next request'), async (t) => {
    const { key, owner } = await createKey(server(), ['messages:read', 'messages:send']);
    await take(t, (text) =>
      text
        .replace('version: 1', 'version: 1\nlifetimes: { access_token: 5m }')
        .replace('  files:read: {', '  rooms:read: { resource: im, description: { en: See rooms } }\n  files:read: {')
        .replace(
          'scopes: [messages:read, messages:send, files:read]',
          'scopes: [messages:read, rooms:read, files:read]',
        )
        .replace('scopes: [calls:read] }', 'scopes: [calls:read, messages:send] }'),
    );
    const issued = await post(server(), 'token', CLIENT_CREDENTIALS, basic(key.client_id, key.client_secret));
    t.like(issued.body, { scope: 'messages:read', expires_in: 300 });
    const { body } = await ask(server(), '/.well-known/openid-configuration');
    t.true((body['scopes_supported'] as string[]).includes('rooms:read'));
    t.true((await server().server.domain.scopesOfAccount(owner.id, ['pwd'])).has('rooms:read'));
  });

  test.serial(on('a client is new, loses a scope, and is gone, at the next request'), async (t) => {
    const former = await post(server(), 'token', CLIENT_CREDENTIALS, NIGHTLY);
    t.is(former.body['error'], 'invalid_target');
    const asked = { ...CLIENT_CREDENTIALS, scope: 'messages:read' };
    const { body } = await post(server(), 'token', asked, NIGHTLY);
    await take(t, (text) =>
      text.replace('scopes: [messages:read, calls:read, files:read]\n  tv:', 'scopes: [calls:read]\n  tv:'),
    );
    t.is((await post(server(), 'token', asked, NIGHTLY)).body['error'], 'invalid_scope');

    await server().edit((text) => text.replace('  reports:\n', '  weekly:\n'));
    t.is(await server().server.reload.reload('signal'), undefined);
    t.is((await post(server(), 'token', CLIENT_CREDENTIALS, NIGHTLY)).body['error'], 'invalid_client');
    const renamed = await post(server(), 'token', CLIENT_CREDENTIALS, basic('weekly', SECRETS.reports));
    t.is(renamed.body['scope'], 'calls:read');
    const asApi = basic('im-api', SECRETS['im-api']);
    const token = String(body['access_token']);
    t.is((await post(server(), 'introspect', { token }, asApi)).body['active'], false);
  });

  test.serial(
    on('who may no longer sign in to a client gets no new tokens; origins are called from at once'),
    async (t) => {
      const config = await connect(server(), 'crm');
      const scope = 'openid offline_access messages:read';
      const { tokens } = await signInTo(config, await server().createPerson(), { scope, prompt: 'consent' });
      await take(t, (text) =>
        text.replace(
          'name: Harbour CRM',
          'name: Harbour CRM\n    allowed_roles: [support]\n    origins: [https://crm.example]',
        ),
      );
      t.is(await refusalOf(client.refreshTokenGrant(config, tokens.refresh_token ?? '')), 'invalid_grant');
      const headers = { ...basic('crm', SECRETS.crm), Origin: 'https://crm.example' };
      const called = await post(server(), 'token', { grant_type: 'refresh_token', refresh_token: 'x' }, headers);
      t.is(called.headers.get('access-control-allow-origin'), 'https://crm.example');
    },
  );

  test.serial(on('files with a mistake change nothing; the log, the metrics and a record say so'), async (t) => {
    const before = server().server.config.current();
    await edited(t, (text) => text.replace('name: Kiosk', 'nam: Kiosk'));
    const refusal = await server().server.reload.reload('signal');
    t.is(refusal?.code, 'config_invalid');
    t.is(server().server.config.current(), before);
    t.regex(server().logged(), /tokenim\.yaml:\d+:\d+: unknown key `nam`.*the former one stays in force/);
    const { text } = await ask(server(), '/metrics');
    t.regex(text, /tokenim_config_last_reload_successful 0/);
    const { items } = await server().server.domain.audit.list({ type: 'config.refused', limit: 1 });
    t.like(items[0], { outcome: 'failure', reason: 'config_invalid' });
    t.is(server().server.reload.state().refused?.code, 'config_invalid');
  });

  test.serial(on('what a running process is built on needs a restart, and keeps the rest out too'), async (t) => {
    await edited(t, (text) =>
      text.replace('mode: development', 'mode: development\nissuer: https://other.example\nqr: { check: never }'),
    );
    const refusal = await server().server.reload.reload('signal');
    t.is(refusal?.code, 'restart_needed');
    t.regex(refusal?.message ?? '', /^issuer cannot change without a restart/);
    t.is(server().server.config.current().qr.check, 'risk');
  });

  test.serial(on('every change is recorded with what was before and after'), async (t) => {
    await take(t, (text) => text.replace('scopes: [calls:read] }', 'scopes: [] }').replaceAll(', calls:read', ''));
    const { items } = await server().server.domain.audit.list({ type: 'config.changed', limit: 50 });
    const support = items.find(({ details }) => details?.['entry'] === 'roles.support');
    t.like(support?.details, { change: 'changed', 'scopes.before': '["calls:read"]', 'scopes.after': '[]' });
  });

  test.serial(on('a change that takes from more people than allowed waits for a yes'), async (t) => {
    for (const roles of [['support'], ['support', 'admin'], []]) await server().createPerson({ roles });
    await edited(t, (text) =>
      text
        .replace('version: 1', 'version: 1\nreload: { confirm_above: 1 }')
        .replace('scopes: [calls:read] }', 'scopes: [] }')
        .replaceAll(', calls:read', ''),
    );
    const refusal = await server().server.reload.reload('signal');
    t.is(refusal?.code, 'confirmation_needed');
    t.true(server().server.config.current().roles['support']?.scopes.includes('calls:read'));

    const plan = await createChanges(server().server.domain).plan(snapshotOf(await loadConfig(server().files)));
    const { items } = await server().server.domain.directory.list({
      by: { name: 'role', value: 'support' },
      limit: 100,
    });
    t.true(plan.needsConfirmation);
    t.like(
      plan.consequences.find(({ kind }) => kind === 'role_loses'),
      { role: 'support', scope: 'calls:read', people: items.length },
    );
  });

  test.serial(on('a plan counts who signed a device in, once, however many devices'), async (t) => {
    const scope = 'openid profile';
    const [first, second] = [await startDevice(server(), { scope }), await startDevice(server(), { scope })];
    const person = await approve(server(), first);
    await approve(server(), second, person);
    for (const device of [first, second]) t.is((await poll(server(), device)).status, 200);
    await edited(t, (text) => text.replace(/(name: Living Room TV.*?scopes: \[openid), profile/s, '$1'));
    const { consequences, people } = await createChanges(server().server.domain).plan(
      snapshotOf(await loadConfig(server().files)),
    );
    t.deepEqual(consequences, [{ kind: 'client_loses', client: 'tv', scope: 'profile', people: 1 }]);
    t.is(people, 1);
  });

  test.serial(on('the processes of one installation follow within a second'), async (t) => {
    const other = await startAuthServer(t, { beside: server() });
    await other.server.reload.start();
    await take(t, (text) => text.replace('version: 1', 'version: 1\nlifetimes: { access_token: 7m }'));
    await sleep(1000);
    t.is(other.server.config.current().lifetimes.access_token, 420);
  });
});
