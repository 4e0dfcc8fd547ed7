// `tokenim client …` on the real command line: applications made, handed out, changed and ended, and moved into a file.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { program, type Program } from './program.ts';

const FILE = `version: 1
mode: development
password: { memory_kib: 8192, iterations: 1 }
resources: { im: { indicator: https://im.example/ } }
scopes: { messages:read: { resource: im, description: { en: Read } } }
roles: { member: { default: true, scopes: [messages:read] } }
clients:
  desk: { name: Desk, grants: [device_code], scopes: [openid] }
`;

interface Shown {
  client_id: string;
  client_secret: string;
  managed_by: string;
  managed_at: string;
  state: string;
  name: string;
  secrets: { id: string }[];
}

async function site(t: ExecutionContext): Promise<Program & { file: string; confD: string }> {
  const first = await program(t);
  const folder = join(first.folder, 'config');
  const confD = join(folder, 'conf.d');
  await mkdir(confD, { recursive: true });
  const file = join(folder, 'tokenim.yaml');
  await writeFile(file, FILE);
  return { ...(await program(t, { TOKENIM_CONFIG: folder, TOKENIM_DATA: first.folder })), file, confD };
}

const create = (at: Program, ...more: string[]) =>
  at.json<Shown>([
    'client',
    'create',
    '--name',
    'Import',
    '--grant',
    'client_credentials',
    '--scope',
    'messages:read',
    ...more,
  ]);

const tokenStatus = async (at: Program, { client_id, client_secret }: Pick<Shown, 'client_id' | 'client_secret'>) => {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret });
  return (await fetch(`${at.issuer}/oauth/token`, { method: 'POST', body })).status;
};

test('an application made while the server runs works at once, and not after it was disabled', async (t) => {
  const at = await site(t);
  const running = await at.serve();
  const made = await create(at);
  t.is(await tokenStatus(at, made), 200);
  const second = await at.json<Shown>(['client', 'secret', made.client_id]);
  t.is(await tokenStatus(at, second), 200);
  await at.json(['client', 'remove-secret', made.client_id, made.secrets[0]?.id ?? '']);
  const disabled = await at.json<Shown>(['client', 'disable', made.client_id]);
  t.is(disabled.state, 'disabled');
  t.is(await tokenStatus(at, second), 401);
  await at.json(['client', 'enable', made.client_id]);
  t.is(await tokenStatus(at, second), 200);
  t.is(await tokenStatus(at, made), 401);
  await running.stop();
});

test('people read of it in a terminal, and an application of a file names its line', async (t) => {
  const at = await site(t);
  const made = await at.run([
    'client',
    'create',
    '--name',
    'Notes',
    '--public',
    '--native',
    '--grant',
    'device_code',
    '--scope',
    'openid',
  ]);
  t.regex(made.stdout, /^client_id +app_[0-9A-Za-z]{16}$/m);
  t.false(made.stdout.includes('client_secret'));
  const listed = await at.run(['client', 'list']);
  t.regex(listed.stdout, /desk +Desk +active +\S*tokenim\.yaml:8/);
  t.regex(listed.stdout, /app_\w+ +Notes +active +console/);
  const shown = await at.run(['client', 'show', 'desk']);
  t.regex(shown.stdout, /managed_by +\S*tokenim\.yaml:8/);
  const refused = await at.run(['client', 'change', 'desk', '--name', 'Mine']);
  t.is(refused.code, 1);
  t.regex(refused.stderr, /managed by \S*tokenim\.yaml:8; change it there \(managed_by_file\)/);
  t.is((await at.run(['client', 'show', 'nobody'])).code, 1);
});

test('what breaks a rule of the configuration is told in its words', async (t) => {
  const at = await site(t);
  const { code, stderr } = await at.run([
    'client',
    'create',
    '--name',
    'X',
    '--grant',
    'authorization_code',
    '--redirect-uri',
    'https://*.example',
    '--scope',
    'mesages:read',
  ]);
  t.is(code, 1);
  t.regex(
    stderr,
    /redirect_uris\.0: must not have a wildcard.*scopes\.0: unknown scope `mesages:read`; did you mean `messages:read`\?/,
  );
});

test('exported applications are a file that loads, takes them over, and keeps their secrets', async (t) => {
  const at = await site(t);
  const running = await at.serve();
  const made = await create(at);
  const ended = await create(at);
  await at.json(['client', 'disable', ended.client_id]);
  const { stdout } = await at.run(['config', 'export', '--clients']);
  t.false(stdout.includes(made.client_secret) || stdout.includes(ended.client_id));
  await writeFile(join(at.confD, 'applications.yaml'), stdout);
  t.is((await at.run(['config', 'check'])).code, 0);
  t.is((await at.run(['config', 'apply', '--yes'])).code, 0);
  t.is(await tokenStatus(at, made), 200);
  const shown = await at.json<Shown>(['client', 'show', made.client_id]);
  t.is(shown.managed_by, 'file');
  t.regex(shown.managed_at, /applications\.yaml:\d+$/);
  t.is((await at.run(['client', 'disable', made.client_id])).code, 1);
  t.is((await at.json<unknown[]>(['audit', 'list', '--type', 'client.superseded'])).length, 1);
  await running.stop();
});

test('of an exported application that breaks a rule by now what is in force is exported, and the rule is told', async (t) => {
  const at = await site(t);
  const withRoles = (names: readonly string[]): string =>
    FILE.replace('roles: {', `roles: { ${names.map((name) => `${name}: { scopes: [messages:read] }, `).join('')}`);
  await writeFile(at.file, withRoles(['helper', 'gone']));
  const [narrow, broken] = [
    await create(at, '--allow-role', 'helper', '--allow-role', 'gone'),
    await create(at, '--scope', 'openid', '--allow-role', 'gone'),
  ];
  await writeFile(at.file, withRoles(['helper']));
  const { stdout, stderr } = await at.run(['config', 'export', '--clients']);
  for (const { client_id } of [narrow, broken]) {
    t.regex(stderr, new RegExp(`${client_id}: allowed_roles\\.\\d: unknown role \`gone\``));
  }
  await writeFile(join(at.confD, 'applications.yaml'), stdout);
  t.is((await at.run(['config', 'check'])).code, 0);
  t.regex(stdout, new RegExp(`${narrow.client_id}:[^]*?allowed_roles:\\n\\s+- helper\\n`));
  // Nobody, as before: without the list everybody could sign in.
  t.regex(stdout, new RegExp(`${broken.client_id}:[^]*?allowed_roles: \\[\\]`));
});

test('registration tokens are made, listed and revoked', async (t) => {
  const at = await site(t);
  const made = await at.run(['client', 'registration-token', '--expires', '2h', '--uses', '3', '--json']);
  const { id, token, state } = JSON.parse(made.stdout) as { id: string; token: string; state: string };
  t.is(state, 'good');
  t.true(token.startsWith(`tim_reg_${id}_`));
  t.regex(made.stderr, /client_registration\.enabled/);
  const listed = await at.run(['client', 'registration-tokens']);
  t.regex(listed.stdout, new RegExp(`${id} +good +0/3`));
  t.false(listed.stdout.includes(token));
  t.is((await at.json<{ state: string }>(['client', 'revoke-registration-token', id])).state, 'revoked');
});
