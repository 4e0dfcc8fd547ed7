// Exit codes, `--json`, and the commands that administer accounts, keys and records, on the real command line.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import test from 'ava';
import { run } from '../../src/cli/run.ts';
import { packageVersion } from '../../src/lib/package-root.ts';
import { mmdb, PLACES } from '../helpers/mmdb.ts';
import { program, type Program, type Result } from './program.ts';

interface IssuedKey {
  client_id: string;
  client_secret: string;
  scopes: string[];
  expires_at: string;
}

/** In this process, for what ends before anything is opened. */
async function runHere(args: readonly string[]): Promise<Result> {
  const result = { stdout: '', stderr: '' };
  const io = {
    stdin: Readable.from([]),
    stdout: { write: (text: string) => (result.stdout += text) },
    stderr: { write: (text: string) => (result.stderr += text) },
  };
  const { signal: interrupted } = new AbortController();
  return { code: await run(args, { io, env: {}, cwd: '/', interruption: () => interrupted }), ...result };
}

const newDemoKey = async ({ json }: Program): Promise<IssuedKey> => {
  await json(['account', 'create', '--service', 'robot', '--role', 'member']);
  return json<IssuedKey>(['key', 'create', '--owner', 'robot', '--name', 'nightly', '--scope', 'messages:read']);
};

test('wrong use exits with 2 and says what is near', async (t) => {
  const { run: runThere } = await program(t);
  const wrong = [
    [],
    ['key'],
    ['acount', 'list'],
    ['account', 'lst'],
    ['account', 'list', '--jsno'],
    ['account', 'create'],
    ['account', 'create', '--email', 'a@example.com', '--service', 'b'],
    ['account', 'create', '--service', 'b', '--password-stdin'],
    ['key', 'create', '--owner', 'a'],
    ['key', 'create', '--owner', 'a', '--name', 'b', '--expires', 'soon'],
    ['audit', 'list', '--since', 'yesterday'],
    ['serve', '--workers', '0'],
  ];
  for (const args of wrong) {
    const { code, stdout, stderr } = await runHere(args);
    t.is(code, 2, args.join(' '));
    t.is(stdout, '');
    t.not(stderr, '');
  }
  t.regex((await runHere(['acount', 'list'])).stderr, /Did you mean account\?/);
  t.is((await runThere(['acount', 'list'])).code, 2);
});

test('help and version exit with 0', async (t) => {
  const { run: runThere } = await program(t);
  t.is((await runThere(['--help'])).code, 0);
  t.deepEqual(await runThere(['--version']), { code: 0, stdout: `${packageVersion}\n`, stderr: '' });
});

test('a refusal exits with 1 and leaves standard output empty', async (t) => {
  const { run: runThere } = await program(t);
  const { code, stdout, stderr } = await runThere(['account', 'show', 'nobody@example.com', '--json']);
  t.is(code, 1);
  t.is(stdout, '');
  t.is(stderr, 'tokenim: there is no account nobody@example.com (account_unknown)\n');
});

test('account create takes the password from standard input and prints what the contract says', async (t) => {
  const { json, run: runThere } = await program(t);
  const create = ['account', 'create', '--email', 'Lin@Example.com', '--role', 'support', '--active'];
  const made = await json<Record<string, unknown>>([...create, '--password-stdin'], 'correct horse battery\n');
  t.deepEqual(Object.keys(made), ['account_id', 'email', 'roles', 'active']);
  t.like(made, { email: 'lin@example.com', roles: ['support'], active: true });

  const again = await runThere(create);
  t.is(again.code, 1);
  t.regex(again.stderr, /account_exists/);
  const short = ['account', 'create', '--email', 'new@example.com', '--password-stdin'];
  t.regex((await runThere(short, 'short')).stderr, /at least 8 characters/);
  t.regex((await runThere(['account', 'create', '--email', 'x@example.com', '--role', 'king'])).stderr, /role_unknown/);
});

test('accounts are found by address, user name and id; roles come and go', async (t) => {
  const { json } = await program(t);
  const { account_id } = await json<{ account_id: string }>([
    'account',
    'create',
    '--email',
    'li@example.com',
    '--username',
    '李雷',
    '--active',
  ]);
  for (const reference of ['li@example.com', '李雷', account_id]) {
    t.like(await json(['account', 'show', reference]), { account_id, roles: [], roles_in_force: ['member'] });
  }
  t.like(await json(['account', 'grant-role', '李雷', 'support']), { roles: ['support'] });
  t.true((await json<{ scopes: string[] }>(['account', 'show', '李雷'])).scopes.includes('calls:read'));
  t.like(await json(['account', 'revoke-role', '李雷', 'support']), { roles: [] });
  t.deepEqual(await json(['account', 'reset-second-factors', '李雷']), { account_id, reset: false });
  t.like(await json(['account', 'delete', '李雷']), { status: 'active' });
  t.regex(JSON.stringify(await json(['account', 'show', '李雷'])), /"deletion_at":"\d{4}-/);
  t.notRegex(JSON.stringify(await json(['account', 'keep', '李雷'])), /deletion_at/);
  t.like(await json(['account', 'disable', '李雷']), { status: 'disabled', active: false });
  t.like(await json(['account', 'enable', '李雷']), { status: 'active', active: true });
});

test('operators decide who looks after a service account, also that nobody does', async (t) => {
  const { json, run: runThere } = await program(t);
  const person = await json<{ account_id: string }>(['account', 'create', '--email', 'li@example.com', '--active']);
  await json(['account', 'create', '--service', 'robot']);
  const listed = async () =>
    (await json<{ username: string }[]>(['account', 'list', '--unmaintained'])).map((one) => one.username);
  t.deepEqual(await listed(), ['robot']);
  t.like(await json(['account', 'add-maintainer', 'robot', 'li@example.com']), { maintainers: [person.account_id] });
  t.deepEqual(await listed(), []);
  await json(['account', 'disable', 'li@example.com']);
  t.deepEqual(await listed(), ['robot']);
  t.like(await json(['account', 'remove-maintainer', 'robot', 'li@example.com']), { maintainers: [] });
  t.regex(
    (await runThere(['account', 'add-maintainer', 'li@example.com', 'robot'])).stderr,
    /maintainer_unknown|service_account_unknown/,
  );
  t.regex((await runThere(['account', 'remove-maintainer', 'robot', 'li@example.com'])).stderr, /maintainer_unknown/);
});

test('a key gets tokens until it is revoked, and its owner until it is disabled', async (t) => {
  const cli = await program(t);
  const { serve, json, issuer } = cli;
  const { client_id, client_secret, scopes } = await newDemoKey(cli);
  t.deepEqual(scopes, ['messages:read']);
  const server = await serve();
  const ask = async (secret: string): Promise<{ error?: string; scope?: string }> => {
    const headers = { Authorization: `Basic ${btoa(`${client_id}:${secret}`)}` };
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    return (await fetch(`${issuer}/oauth/token`, { method: 'POST', headers, body })).json();
  };
  t.is((await ask(client_secret)).scope, 'messages:read');

  const rotated = await json<IssuedKey>(['key', 'rotate', client_id, '--overlap', '0']);
  t.is(rotated.client_id, client_id);
  t.is((await ask(client_secret)).error, 'invalid_client');
  t.is((await ask(rotated.client_secret)).scope, 'messages:read');

  await json(['account', 'disable', 'robot']);
  t.is((await ask(rotated.client_secret)).error, 'invalid_client');
  await json(['account', 'enable', 'robot']);
  t.is((await ask(rotated.client_secret)).scope, 'messages:read');

  t.like(await json(['key', 'revoke', client_id]), { client_id, state: 'revoked' });
  t.is((await ask(rotated.client_secret)).error, 'invalid_client');
  await server.stop();
});

test('key inspect says which role is missing, from where it may be used, and who revoked it', async (t) => {
  const cli = await program(t);
  await cli.json(['account', 'create', '--service', 'robot', '--role', 'member']);
  const make = [
    'key',
    'create',
    '--owner',
    'robot',
    '--name',
    'n',
    '--scope',
    'messages:read',
    '--address',
    '10.0.0.0/8',
  ];
  const { client_id, client_secret } = await cli.json<IssuedKey>([...make, '--resource', 'im']);
  t.like(await cli.json(['key', 'inspect', '--address', '10.1.2.3'], client_secret), {
    valid: true,
    key: { addresses: ['10.0.0.0/8'], resource: 'https://im.tokenim.example/', days_left: 90 },
  });
  const elsewhere = await cli.run(['key', 'inspect', '--address', '11.0.0.1'], client_secret);
  t.is(elsewhere.code, 1);
  t.regex(elsewhere.stdout, /may not be used from this network address/);
  await cli.json(['account', 'revoke-role', 'robot', 'member']);
  const missing = await cli.run(['key', 'inspect'], client_secret);
  t.regex(missing.stdout, /not in effect +messages:read \(granted by member, support/);
  await cli.json(['key', 'revoke', client_id]);
  const revoked = await cli.run(['key', 'inspect'], client_secret);
  t.regex(revoked.stdout, /revoked on .* by an administrator[^]*revoked_by +operator/);
  t.false(revoked.stdout.includes(client_secret.slice(22)));
});

test('key inspect reads the key from standard input and answers by its exit code', async (t) => {
  const cli = await program(t);
  const { client_id, client_secret } = await newDemoKey(cli);
  t.like(await cli.json(['key', 'inspect'], client_secret), { valid: true, faults: [], client_id });
  t.like(await cli.json(['key', 'inspect'], ` "${client_secret}"\n`), { faults: ['white_space', 'quotes'] });

  const damaged = await cli.run(['key', 'inspect', '--json'], client_secret.replace(/.$/, '!'));
  t.is(damaged.code, 1);
  t.like(JSON.parse(damaged.stdout), { valid: false, reason: 'malformed' });
  t.false(damaged.stdout.includes(client_secret.slice(-20, -1)));
});

test('a key cannot have what its owner has not', async (t) => {
  const { json, run: runThere } = await program(t);
  await json(['account', 'create', '--service', 'robot', '--role', 'member']);
  const { code, stderr } = await runThere([
    'key',
    'create',
    '--owner',
    'robot',
    '--name',
    'x',
    '--scope',
    'calls:read',
  ]);
  t.is(code, 1);
  t.regex(stderr, /scope_not_granted/);
});

test('records are listed as table, JSON lines and CSV, and follow their filters', async (t) => {
  const cli = await program(t);
  const { client_id } = await newDemoKey(cli);
  const list = ['audit', 'list', '--client', client_id];
  t.regex((await cli.run(list)).stdout, /^TIME +EVENT[^\n]+\n\S+ +key\.created /);

  const lines = (await cli.run([...list, '--format', 'jsonl'])).stdout.trim().split('\n');
  t.like(JSON.parse(lines[0] ?? ''), { type: 'key.created', actor: 'operator', client: client_id });
  t.is(lines.length, 1);

  const csv = (await cli.run([...list, '--format', 'csv'])).stdout.split('\r\n');
  t.regex(csv[0] ?? '', /^at,type,outcome,/);
  t.true(csv[1]?.includes(`key.created,success,,operator,`));

  t.is((await cli.json<unknown[]>(['audit', 'list', '--account', 'robot'])).length, 2);
  t.deepEqual(await cli.json(['audit', 'list', '--since', '2100-01-01']), []);
  t.like(await cli.json(['audit', 'verify']), { intact: true, entries: 2, faults: [] });
});

test('config, secret, jwks, storage and doctor answer in JSON alone', async (t) => {
  const { json } = await program(t);
  t.like(await json(['config', 'check']), { valid: true, mode: 'development' });
  t.like(await json(['config', 'schema']), { title: 'Configuration of TokenIM Auth' });
  t.like(await json(['secret', 'hash'], 'x'.repeat(32)), {
    hash: 'sha256:xi5GFb054iJXLzob98ITLqHmWxfsgFBHvWsoQsWTST8',
  });
  const { keys } = await json<{ keys: Record<string, unknown>[] }>(['jwks', 'list']);
  t.deepEqual(
    keys.map(({ alg, d }) => [alg, d]),
    [
      ['ES256', undefined],
      ['RS256', undefined],
    ],
  );
  t.like(await json(['storage', 'check']), { ok: true, accounts: 0, api_keys: 0, grants: 0 });
  const findings = await json<{ check: string; result: string }[]>(['doctor']);
  t.deepEqual(
    findings.map(({ check }) => check),
    ['Node.js', 'configuration', 'store', 'signing keys', 'mail', 'issuer'],
  );
  t.is(findings.at(-1)?.result, 'warning', 'no server runs there');
});

test('signing keys rotate one at a time, and at once when one has leaked; the list says what happens when', async (t) => {
  const cli = await program(t);
  const { json } = cli;
  type Rotated = Record<'made' | 'replaced', { kid: string; alg: string }[]>;
  type Listed = { keys: { kid: string; alg: string; stage: string }[] };
  const rotated = await json<Rotated>(['jwks', 'rotate']);
  t.is(rotated.made.length, 2);
  const listed = (await json<Listed>(['jwks', 'list'])).keys;
  t.deepEqual(
    listed.map(({ alg, stage }) => `${alg} ${stage}`),
    ['ES256 signing', 'ES256 next', 'RS256 signing', 'RS256 next'],
  );
  t.regex((await cli.run(['jwks', 'list'])).stdout, /next +\S+ +signs from \S+/);
  const again = await cli.run(['jwks', 'rotate', '--alg', 'ES256']);
  t.is(again.code, 1);
  t.regex(again.stderr, /a rotation is under way: the ES256 key \S+/);
  t.is((await cli.run(['jwks', 'rotate', '--alg', 'HS256'])).code, 2);

  const leaked = await cli.run(['jwks', 'rotate', '--now', '--alg', 'ES256', '--json']);
  t.regex(leaked.stderr, /every token that they signed is refused from now on/);
  const left = (await json<Listed>(['jwks', 'list'])).keys.filter(({ alg }) => alg === 'ES256');
  t.deepEqual(
    left.map(({ kid, stage }) => [kid, stage]),
    [[(JSON.parse(leaked.stdout) as Rotated).made[0]?.kid, 'signing']],
  );
  const records = await json<{ details: { at_once?: boolean } }[]>(['audit', 'list', '--type', 'signing_key.rotated']);
  t.deepEqual(
    records.map(({ details }) => details.at_once),
    [true, undefined],
  );
});

test('doctor tells the database of places and its date, and a start refuses one that is damaged', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tokenim-geoip-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const [file, config] = [join(folder, 'places.mmdb'), join(folder, 'tokenim.yaml')];
  await writeFile(config, 'version: 1\nmode: development\ngeoip: { file: places.mmdb }\n');
  const whole = mmdb(PLACES);
  const { run: runThere, json } = await program(t, { TOKENIM_CONFIG: config });
  const findingOf = async () => {
    const { stdout } = await runThere(['doctor', '--json']);
    const findings = JSON.parse(stdout) as { check: string; result: string; detail: string }[];
    return findings.find(({ check }) => check === 'places');
  };
  await writeFile(file, whole);
  t.like(await findingOf(), { result: 'ok' });
  t.regex((await findingOf())?.detail ?? '', /^Test-City of \d{4}-\d\d-\d\d$/);
  await json(['config', 'check']);
  // What is left has the marker, and metadata that tells of more than there is.
  await writeFile(file, whole.subarray(whole.length - 300));
  t.like(await findingOf(), { result: 'failed' });
  const { code, stderr } = await runThere(['serve']);
  t.is(code, 1);
  t.true(stderr.includes(`geoip: the file ${file} cannot be used`), stderr);
});

test('doctor fails on a store that it cannot open, and tells the rest', async (t) => {
  const { run: runThere } = await program(t, { TOKENIM_STORAGE: 'sqlite:/dev/null/store.db' });
  const { code, stdout } = await runThere(['doctor', '--json']);
  t.is(code, 1);
  const findings = JSON.parse(stdout) as { check: string; result: string }[];
  t.is(findings.find(({ check }) => check === 'store')?.result, 'failed');
  t.is(findings.find(({ check }) => check === 'configuration')?.result, 'ok');
});

test('a person made without --active is mailed a link, which does not stand on the terminal', async (t) => {
  const { json, run: runThere, serve, issuer } = await program(t);
  const made = await runThere(['account', 'create', '--email', 'wei@example.com', '--json']);
  t.like(JSON.parse(made.stdout), { email: 'wei@example.com', active: false });
  t.regex(made.stderr, /mailed to wei@example\.com/);
  t.false(made.stderr.includes('/activate/'));
  t.like(await json(['account', 'show', 'wei@example.com']), { status: 'pending' });

  const running = await serve();
  const mailbox = await (await fetch(`${issuer}/mailbox`)).text();
  const href = /href="(\/mailbox\/[^"]+)"/.exec(mailbox)?.[1] ?? '';
  t.regex(await (await fetch(`${issuer}${href}`)).text(), /\/account\/activate\/[\w-]{43}/);
  await running.stop();
});
