// `tokenim serve` in production: what stops a start, and that nothing of development is left.
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { smtpServer } from '../helpers/mail-server.ts';
import { program } from './program.ts';

const SECRETS = { PEPPER: 'p'.repeat(32), KEK: 'k'.repeat(32), COOKIE: 'c'.repeat(32) };
const COMPLETE = `version: 1
mode: production
issuer: https://id.example
host: 127.0.0.1
secrets: { pepper: { env: PEPPER }, key_encryption_key: { env: KEK }, cookie_keys: [{ env: COOKIE }] }
resources:
  im: { indicator: https://im.example/ }
scopes:
  messages:read: { resource: im, description: { en: Read messages } }
roles:
  member: { default: true, scopes: [messages:read] }
  admin: { description: { en: Administers } }
`;

async function configured(t: ExecutionContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenim-config-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'tokenim.yaml');
  await writeFile(file, text);
  return file;
}

test('missing secrets and an http issuer stop the start, each with its place', async (t) => {
  const file = await configured(t, 'version: 1\nmode: production\nissuer: http://id.example\n');
  const { run } = await program(t, { TOKENIM_CONFIG: file });
  const { code, stdout, stderr } = await run(['serve']);
  t.is(code, 1);
  t.is(stdout, '');
  t.regex(stderr, /tokenim\.yaml:3:9: `issuer` must be https:/);
  for (const name of ['pepper', 'key_encryption_key', 'cookie_keys']) {
    t.regex(stderr, new RegExp(`tokenim\\.yaml:1:1: .secrets\\.${name}. is missing`));
  }
});

test('a secret that is not in the environment stops the start', async (t) => {
  const { run } = await program(t, { TOKENIM_CONFIG: await configured(t, COMPLETE) });
  const { code, stderr } = await run(['serve']);
  t.is(code, 1);
  t.regex(stderr, /:5:\d+: the environment variable PEPPER is not set/);
});

test('the administrator link is in a file of its owner alone, and the command prints the same one', async (t) => {
  const { serve, run, json, folder } = await program(t, { ...SECRETS, TOKENIM_CONFIG: await configured(t, COMPLETE) });
  const server = await serve();
  t.notRegex(server.stdout, /set-up/);
  t.notRegex(server.stdout, /mailbox|curl/);
  const file = join(folder, 'administrator-link');
  t.is((await stat(file)).mode & 0o777, 0o600);
  const link = (await readFile(file, 'utf8')).trim();
  t.true(link.startsWith('https://id.example/set-up/'));
  t.is((await run(['admin', 'link'])).stdout, `${link}\n`);
  t.deepEqual(await json(['admin', 'link']), { link });
  t.is((await server.stop()).code, 0);
});

test('a start without a mail relay says what that means, and doctor says it too', async (t) => {
  const { serve, json } = await program(t, { ...SECRETS, TOKENIM_CONFIG: await configured(t, COMPLETE) });
  const server = await serve();
  const { code, stderr } = await server.stop();
  t.is(code, 0);
  t.regex(stderr, /No mail can be sent: the section `mail` is missing/);
  const findings = await json<{ check: string; result: string }[]>(['doctor']);
  t.is(findings.find(({ check }) => check === 'mail')?.result, 'warning');
});

test('doctor reaches the mail relay, and says why when it does not; a mail can be sent to try it', async (t) => {
  const relay = await smtpServer(t);
  const text = `${COMPLETE}mail: { url: 'smtp://127.0.0.1:${relay.port}', from: 'TokenIM <no-reply@id.example>' }\n`;
  const { run } = await program(t, { ...SECRETS, TOKENIM_CONFIG: await configured(t, text) });
  const mailOf = ({ stdout }: { stdout: string }) => /^mail .*$/m.exec(stdout)?.[0] ?? '';
  t.regex(mailOf(await run(['doctor'])), /ok +smtp:\/\/127\.0\.0\.1:\d+ takes mail/);
  t.is(relay.received.length, 0);
  t.is((await run(['mail', 'test', '--to', 'lin@example.com'])).code, 0);
  t.regex((await relay.next('lin@example.com')).text, /https:\/\/id\.example/);
  await relay.stop();
  t.regex(mailOf(await run(['doctor'])), /failed +smtp:.*is the relay running/);
  const { code, stderr } = await run(['mail', 'test', '--to', 'lin@example.com']);
  t.is(code, 1);
  t.regex(stderr, /CONN ECONNREFUSED/);
});

test('there is no mailbox', async (t) => {
  const { serve, issuer } = await program(t, { ...SECRETS, TOKENIM_CONFIG: await configured(t, COMPLETE) });
  const server = await serve();
  const statusOf = async (path: string): Promise<number | undefined> => {
    const { port } = new URL(issuer);
    const [answer] = await once(get({ host: '127.0.0.1', port, path, headers: { Host: 'id.example' } }), 'response');
    return (answer as IncomingMessage).resume().statusCode;
  };
  t.is(await statusOf('/'), 200);
  t.is(await statusOf('/mailbox'), 404);
  await server.stop();
});

test('a demo key that development left in the store is disabled', async (t) => {
  const { serve, json, folder } = await program(t);
  await (await serve()).stop();
  const environment = { ...SECRETS, TOKENIM_DATA: folder, TOKENIM_CONFIG: await configured(t, COMPLETE) };
  // Development made the pepper and the keys itself; production has to name the same ones.
  const made = JSON.parse(await readFile(join(folder, 'secrets.json'), 'utf8')) as Record<string, string>;
  const production = await program(t, {
    ...environment,
    PEPPER: made['pepper'] ?? '',
    KEK: made['key_encryption_key'] ?? '',
  });
  await (await production.serve()).stop();
  const [key] = await json<{ state: string }[]>(['key', 'list', '--owner', 'demo']);
  t.is(key?.state, 'disabled');
});

test('--lan is refused', async (t) => {
  const { run } = await program(t, { ...SECRETS, TOKENIM_CONFIG: await configured(t, COMPLETE) });
  const { code, stderr } = await run(['serve', '--lan']);
  t.is(code, 1);
  t.regex(stderr, /--lan is for development/);
});
