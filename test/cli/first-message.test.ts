// From nothing to a message sent, as a new developer does it: one server that `tokenim serve` has started with the shipped
// configuration and a resource's own client, the example API in a process of its own, and no step that is not public.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { packageRoot } from '../../src/lib/package-root.ts';
import { PASSWORD } from '../helpers/auth-server.ts';
import { keyOn } from '../helpers/developer.ts';
import { textOf } from '../helpers/html.ts';
import { startImApi } from '../helpers/im-api.ts';
import { createPhone, type Phone } from '../helpers/phone.ts';
import { redisAvailable, startRedis } from '../helpers/redis-server.ts';
import { skipRedis } from '../helpers/storages.ts';
import { program } from './program.ts';

const EMAIL = 'lin@example.com';
const IM_API = `
clients:
  im-api:
    name: IM API
    grants: [client_credentials]
    secrets: [{ hash: 'sha256:0YIitkOUycifi0h73nfhyg396i_WeF0ld6p1YGuJSWU' }]
    scopes: []
`;

/** The shipped configuration, whose API `im` may ask about its tokens. */
async function configuration(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenim-config-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'tokenim.yaml');
  await copyFile(join(packageRoot, 'config', 'tokenim.yaml'), file);
  const indicator = 'indicator: https://im.tokenim.example/';
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(indicator, `${indicator}\n    introspected_by: [im-api]`));
  await mkdir(join(folder, 'conf.d'));
  await writeFile(join(folder, 'conf.d', 'im-api.yaml'), IM_API);
  return folder;
}

/** Follows the link that the mailbox page shows. */
async function activate(phone: Phone): Promise<void> {
  const inbox = async (): Promise<string | undefined> =>
    /href="(\/mailbox\/[^"]+)"/.exec((await phone.open('/mailbox')).text)?.[1];
  let letter = await inbox();
  while (letter === undefined) letter = await inbox();
  const link = /\/account\/activate\/[\w-]{43}/.exec((await phone.open(letter)).text)?.[0] ?? '';
  await phone.submit(await phone.open(link), {});
}

async function walk(t: ExecutionContext, storage: Record<string, string>): Promise<void> {
  const { serve, json, issuer } = await program(t, { ...storage, TOKENIM_CONFIG: await configuration(t) });
  const server = await serve();
  const phone = createPhone(issuer);

  await phone.submit(await phone.open('/account/register'), { email: EMAIL, password: PASSWORD });
  await activate(phone);
  t.is((await phone.signIn({ email: EMAIL, password: PASSWORD })).status, 200);

  const notYet = await phone.open('/developer/keys');
  t.is(notYet.status, 403);
  t.true(notYet.text.includes('<code class="chip">developer</code>'), 'the page names the role to ask for');
  await json(['account', 'grant-role', EMAIL, 'developer']);

  const form = await phone.open('/developer/keys/new');
  const { clientId, page } = keyOn(await phone.submit(form, { name: 'First', 'scope:messages:send': 'on' }));
  const [curl = ''] = /curl -s .*?\/oauth\/token/.exec(textOf(page.text)) ?? [];
  const { stdout } = await promisify(execFile)('sh', ['-c', curl]);
  const { access_token } = JSON.parse(stdout) as { access_token: string };

  const api = await startImApi(issuer);
  t.teardown(() => api.stop());
  const Authorization = `Bearer ${access_token}`;
  const sent = await api.send({ Authorization });
  t.is(sent.status, 201);
  t.like(await sent.json(), { by: clientId, text: 'Hello' });

  const refused = await api.calls({ Authorization });
  t.is(refused.status, 403);
  const { error, error_description } = (await refused.json()) as Record<string, string>;
  t.is(error, 'insufficient_scope');
  t.regex(error_description ?? '', /a role that does: support/);

  const question = ['--account', EMAIL, '--client', clientId, '--scope', 'calls:read'];
  const { verdict, reasons } = await json<{ verdict: string; reasons: { text: string }[] }>(['explain', ...question]);
  t.is(verdict, 'denied');
  const text = reasons.map((reason) => reason.text).join('\n');
  t.regex(text, /role support \(.*tokenim\.yaml:\d+\) would grant it/);
  t.regex(text, /the key "First" was given only messages:send/);
  t.is((await server.stop()).code, 0);
}

test('sqlite: from nothing to a message sent, and to a refusal that names the role, as explain does', (t) =>
  walk(t, {}));

if (redisAvailable()) {
  test('redis: from nothing to a message sent, and to a refusal that names the role, as explain does', async (t) => {
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    await walk(t, { TOKENIM_STORAGE: redis.url });
  });
} else skipRedis();
