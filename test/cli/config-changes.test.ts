// The configuration as an instrument, on the real command line: plan, apply, export, and servers that follow.
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { loadConfig } from '../../src/config/load.ts';
import { snapshotOf } from '../../src/config/snapshot.ts';
import { packageRoot } from '../../src/lib/package-root.ts';
import { program, type Program } from './program.ts';

const FILE = `version: 1
mode: development
password: { memory_kib: 8192, iterations: 1 }
lifetimes: { access_token: 10m }
resources: { im: { indicator: https://im.example/ } }
scopes:
  messages:read: { resource: im, description: { en: Read } }
  calls:read: { resource: im, description: { en: See calls } }
roles:
  member: { default: true, scopes: [messages:read] }
  support: { includes: [member], scopes: [calls:read] }
clients:
  desk: { name: Desk, grants: [device_code], scopes: [openid, messages:read, calls:read] }
`;

interface Site extends Program {
  file: string;
  edit(change: (text: string) => string): Promise<void>;
  /** `expires_in` of the metadata would be cached; the records are not. */
  loaded(): Promise<number>;
}

async function site(t: ExecutionContext): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenim-config-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'tokenim.yaml');
  await writeFile(file, FILE);
  const there = await program(t, { TOKENIM_CONFIG: file });
  return {
    ...there,
    file,
    edit: async (change) => writeFile(file, change(await readFile(file, 'utf8'))),
    loaded: async () => (await there.json<unknown[]>(['audit', 'list', '--type', 'config.loaded'])).length,
  };
}

const withoutCalls = (text: string): string =>
  text.replace('scopes: [calls:read] }', 'scopes: [] }').replace(', calls:read]', ']');

async function until(t: ExecutionContext, isSo: () => Promise<boolean>): Promise<void> {
  let came = await isSo();
  for (let tries = 0; !came && tries < 50; tries++) {
    await sleep(100);
    came = await isSo();
  }
  t.true(came, 'it came');
}

test('plan exits with 2 and names whom a change concerns, apply makes it so, then plan exits with 0', async (t) => {
  const { run, json, edit } = await site(t);
  t.is((await run(['config', 'plan'])).code, 2);
  const first = await run(['config', 'apply']);
  t.is(first.code, 0);
  t.regex(first.stdout, /entries are applied\.\nNo running server answered/);
  for (const name of ['anna', 'berta']) {
    await json(['account', 'create', '--email', `${name}@example.com`, '--role', 'support', '--active']);
  }
  await json(['key', 'create', '--owner', 'anna@example.com', '--name', 'k', '--scope', 'calls:read']);

  await edit(withoutCalls);
  const plan = await run(['config', 'plan']);
  t.is(plan.code, 2);
  t.regex(plan.stdout, /~ roles\.support \(.*tokenim\.yaml:11\)\n {6}scopes: -calls:read\n/);
  t.regex(plan.stdout, /role support loses calls:read: 2 people, 1 key, 0 applications\n/);
  t.regex(plan.stdout, /2 people lose something\. Take it with `tokenim config apply`\./);
  t.like(JSON.parse((await run(['config', 'plan', '--json'])).stdout), { people: 2, needs_confirmation: false });

  t.is((await run(['config', 'apply'])).code, 0);
  const again = await run(['config', 'plan']);
  t.is(again.code, 0);
  t.regex(again.stdout, /^Nothing to do/);
  const changes = await json<{ details: Record<string, string> }[]>(['audit', 'list', '--type', 'config.changed']);
  t.true(changes.some(({ details }) => details['entry'] === 'roles.support' && details['scopes.after'] === '[]'));
});

test('apply asks for a yes when more people lose something than the files allow', async (t) => {
  const { run, json, edit } = await site(t);
  await json(['config', 'apply']);
  await json(['account', 'create', '--email', 'anna@example.com', '--role', 'support', '--active']);
  await edit((text) => withoutCalls(text).concat('reload: { confirm_above: 0 }\n'));
  const refused = await run(['config', 'apply']);
  t.is(refused.code, 1);
  t.regex(refused.stderr, /one person.*--yes \(confirmation_needed\)/);
  t.is((await run(['config', 'plan'])).code, 2);
  t.is((await run(['config', 'apply', '--yes'])).code, 0);
  t.is((await run(['config', 'plan'])).code, 0);
});

test('files with a mistake are neither planned, applied nor exported', async (t) => {
  const { run, json, edit } = await site(t);
  await json(['config', 'apply']);
  await edit((text) => text.replace('name: Desk', 'nam: Desk'));
  for (const command of ['plan', 'apply', 'export']) {
    const { code, stdout, stderr } = await run(['config', command]);
    t.is(code, 1);
    t.is(stdout, '');
    t.regex(stderr, /tokenim\.yaml:13:\d+: unknown key `nam`/);
  }
});

test('a server takes a change at SIGHUP, at apply and, told to watch, by itself; it keeps its own when there is a mistake', async (t) => {
  const { run, serve, edit, loaded, issuer } = await site(t);
  const server = await serve('--watch');
  await edit((text) => text.replace('access_token: 10m', 'access_token: 9m'));
  await until(t, async () => (await loaded()) === 1);
  const applied = await run(['config', 'apply']);
  t.regex(applied.stdout, /In force in 1 running process\./);
  await edit((text) => text.replace('access_token: 9m', 'access_token: 9x'));
  server.signal('SIGHUP');
  await until(t, async () => {
    const metrics = await (await fetch(`${issuer}/metrics`)).text();
    return metrics.includes('tokenim_config_last_reload_successful 0');
  });
  t.is((await fetch(`${issuer}/healthz`)).status, 200);
  await edit((text) => text.replace('access_token: 9x', 'access_token: 8m'));
  await until(t, async () => (await loaded()) === 2);
  t.is((await server.stop()).code, 0);
});

test('nothing is applied that a running server refuses, and plan says so before and after', async (t) => {
  const { run, json, serve, edit } = await site(t);
  const server = await serve();
  const applied = async () => (await json<unknown[]>(['audit', 'list', '--type', 'config.applied'])).length;
  const before = await applied();
  await edit((text) => withoutCalls(text).replace('mode:', 'host: 0.0.0.0\nmode:'));
  const plan = async () => {
    const { code, stdout } = await run(['config', 'plan', '--json']);
    t.is(code, 2);
    t.like(JSON.parse(stdout), { needs_restart: ['host'], changes: { length: 2 }, processes: { length: 1 } });
  };
  await plan();
  t.regex((await run(['config', 'plan'])).stdout, /keeps its configuration: host cannot.*\nNeeds a restart.*: host\./);
  const refused = await run(['config', 'apply', '--yes']);
  t.is(refused.code, 1);
  t.regex(refused.stderr, /nothing was applied: .* host cannot change without a restart.*\(process_refuses\)/);
  t.is(await applied(), before);
  await plan();
  await server.stop();
});

test('what a restart alone takes is something to do, although nothing else changes', async (t) => {
  const { run, serve, edit } = await site(t);
  const server = await serve();
  t.is((await run(['config', 'plan'])).code, 0);
  await edit((text) => text.replace('mode:', 'host: 0.0.0.0\nmode:'));
  const { code, stdout } = await run(['config', 'plan']);
  t.is(code, 2);
  t.regex(stdout, /^Nothing new: .*\n.* keeps its configuration: host cannot change without a restart/);
  await server.stop();
});

test('who watches takes a secret file that changed, and says that nobody acted; not that a file is gone', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tokenim-watch-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'conf.d'));
  const client =
    '  night: { name: N, grants: [client_credentials], scopes: [calls:read], secrets: [{ file: secret }] }\n';
  await writeFile(join(folder, 'tokenim.yaml'), FILE + client);
  await writeFile(join(folder, 'secret'), 'former-secret');
  await writeFile(join(folder, 'conf.d/10.yaml'), 'registration: closed\n');
  const { run, json, serve } = await program(t, { TOKENIM_CONFIG: folder });
  const server = await serve('--watch');
  const records = (type: string) =>
    json<{ actor: string; reason?: string }[]>(['audit', 'list', '--type', `config.${type}`]);

  await writeFile(join(folder, 'secret'), 'another-secret-of-the-client');
  await until(t, async () => (await records('loaded')).length === 1);
  t.is((await records('loaded'))[0]?.actor, 'server');
  t.deepEqual(new Set((await records('changed')).map(({ actor }) => actor)), new Set(['server']));

  await rename(join(folder, 'conf.d'), join(folder, 'away'));
  await until(t, async () => (await records('refused'))[0]?.reason === 'files_gone');
  t.is((await records('loaded')).length, 1);
  t.regex((await run(['config', 'apply'])).stdout, /In force in 1 running process\./);
  t.is((await records('loaded')).length, 2);
  await server.stop();
});

test('two who apply at once count each process once', async (t) => {
  const { json, serve } = await site(t);
  const server = await serve('--workers', '2');
  const both = await Promise.all([1, 2].map(() => json<{ processes: { process: string }[] }>(['config', 'apply'])));
  for (const { processes } of both) t.is(new Set(processes.map(({ process }) => process)).size, 2);
  t.deepEqual(
    both.map(({ processes }) => processes.length),
    [2, 2],
  );
  await server.stop();
});

test('all workers take a change at one SIGHUP', async (t) => {
  const { run, serve, edit, loaded } = await site(t);
  const server = await serve('--workers', '2');
  await edit((text) => text.replace('access_token: 10m', 'access_token: 9m'));
  server.signal('SIGHUP');
  await until(t, async () => (await loaded()) === 2);
  t.regex((await run(['config', 'apply'])).stdout, /In force in 2 running processes\./);
  t.is((await server.stop()).code, 0);
});

test('an exported configuration loads again, to the same, and holds no secret', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tokenim-export-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'kek'), 'encryption-encryption-encryption-1');
  await writeFile(
    join(folder, 'tokenim.yaml'),
    FILE.replace('mode: development', 'mode: production\nissuer: https://id.example')
      .replace(
        'lifetimes:',
        'secrets: { pepper: { env: PEPPER }, key_encryption_key: { file: kek }, cookie_keys: [{ env: COOKIES }] }\nlifetimes:',
      )
      .concat('storage: "redis://user:hunter2@redis.example:6379/0"\n'),
  );
  const secrets = { PEPPER: 'pepper-pepper-pepper-pepper-pepper-1', COOKIES: 'cookies-cookies-cookies-cookies-1' };
  const { run } = await program(t, { ...secrets, TOKENIM_CONFIG: folder });
  const { code, stdout } = await run(['config', 'export']);
  t.is(code, 0);
  t.notRegex(stdout, /hunter2|pepper-pepper|encryption-encryption/);
  const exported = join(folder, 'elsewhere.yaml');
  await writeFile(exported, stdout);
  const env = { ...secrets, TOKENIM_STORAGE: 'redis://user:hunter2@redis.example:6379/0' };
  const [former, again] = await Promise.all(
    [folder, exported].map((configPath) => loadConfig({ env, cwd: packageRoot, configPath })),
  );
  t.deepEqual(again && snapshotOf(again), former && snapshotOf(former));
  t.deepEqual(again?.secrets, former?.secrets);
});

test('explain names the role that would grant it, and asks for a whole question', async (t) => {
  const { run, json } = await site(t);
  await json(['account', 'create', '--email', 'anna@example.com', '--active']);
  const { code, stdout } = await run([
    'explain',
    '--account',
    'anna@example.com',
    '--client',
    'desk',
    '--scope',
    'calls:read',
  ]);
  t.is(code, 0);
  t.regex(stdout, /^calls:read: denied\n/);
  t.regex(stdout, /no {3}role: anna@example\.com holds role member \(.*:10\).*role support \(.*:11\) would grant it/);
  const account = ['--account', 'anna@example.com'];
  for (const wrong of [
    account,
    ['--scope', 'calls:read'],
    ['--request', 'x', ...account],
    ['--request', 'x', '--scope', 'a'],
  ]) {
    t.like(await run(['explain', ...wrong]), { code: 2, stdout: '' }, wrong.join(' '));
  }
  t.is((await run(['explain', '--request', 'never'])).code, 1);
});

test('files that are not applied are called so by what is worked out from them', async (t) => {
  const { run, json, edit } = await site(t);
  await json(['account', 'create', '--service', 'robot', '--role', 'support']);
  const make = ['key', 'create', '--owner', 'robot', '--name', 'n', '--scope', 'calls:read'];
  const { client_id, client_secret } = await json<Record<string, string>>(make);
  const question = ['explain', '--client', client_id ?? '', '--scope', 'calls:read'];
  t.notRegex((await run(question)).stderr, /not applied/);
  t.is((await run(['config', 'apply', '--yes'])).code, 0);
  t.notRegex((await run(question)).stderr, /not applied/);
  await edit((text) => text.replace('Desk', 'Front Desk'));
  t.regex((await run(question)).stderr, /not applied/);
  t.regex((await run(['key', 'inspect'], client_secret)).stderr, /not applied/);
});

test('review prints what nobody used as a table, as CSV and line by line', async (t) => {
  const { run, json } = await site(t);
  await json(['account', 'create', '--email', 'anna@example.com', '--role', 'support', '--active']);
  t.regex((await run(['review'])).stdout, /^ACCOUNT .*\nanna@example\.com {2}role {3}support/);
  t.regex(
    (await run(['review', '--stale', '0', '--format', 'csv'])).stdout,
    /^account,.*\r\nanna@example\.com,.*,role,support,.*,operator,/,
  );
  t.notRegex((await run(['review', '--stale', '90d', '--format', 'csv'])).stdout, /anna/);
  t.like(JSON.parse((await run(['review', '--format', 'jsonl'])).stdout), { kind: 'role', name: 'support' });
  t.is((await run(['review', '--stale', 'soon'])).code, 2);
});
