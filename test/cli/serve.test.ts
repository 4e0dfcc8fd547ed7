// `tokenim serve` as a new user meets it: what a start prints, and that each line works.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { packageRoot } from '../../src/lib/package-root.ts';
import { program } from './program.ts';

/** The pasted lines: those that stand indented below their purpose. */
const pasted = (stdout: string): string[] => [...stdout.matchAll(/^ {2}(.+)$/gm)].map(([, line = '']) => line);

const shell = async (line: string, env: NodeJS.ProcessEnv = process.env): Promise<string> =>
  (await promisify(execFile)('sh', ['-c', line], { cwd: packageRoot, env })).stdout;

test('a start on an empty store prints five lines in their order, and each works', async (t) => {
  const { serve, issuer } = await program(t);
  const server = await serve();
  const [issuerLine, link = '', curl = '', qr = '', mailbox = '', ...more] = pasted(server.stdout);
  t.is(issuerLine, issuer);
  t.true(link.startsWith(`${issuer}/set-up/`));
  t.true(curl.startsWith('curl '));
  t.is(qr, `${issuer}/qr`);
  t.is(mailbox, `${issuer}/mailbox`);
  t.deepEqual(more, []);

  for (const address of [issuer, link, qr, mailbox]) t.is((await fetch(address)).status, 200, address);
  const { access_token } = JSON.parse(await shell(curl)) as { access_token: string };
  const { payload } = await jwtVerify(access_token, createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`)), {
    issuer,
    audience: 'https://im.tokenim.example/',
    typ: 'at+jwt',
  });
  t.is(payload['scope'], 'messages:read messages:send contacts:read');
  t.is((await server.stop()).code, 0);
});

test('a later start prints a command that makes a key, and no secret of the demo key', async (t) => {
  const { serve, folder, json } = await program(t);
  await (await serve()).stop();
  const server = await serve('--json');
  const { access_token, administrator_link, make_key } = JSON.parse(server.stdout) as Record<string, string>;
  t.is(access_token, undefined);
  t.true(administrator_link?.includes('/set-up/'));
  t.true(make_key?.startsWith(`TOKENIM_DATA=${folder} npx tokenim key create `));
  t.notRegex(server.stdout, /tim_live_/);
  await server.stop();

  // `npx` is npm's; what follows it is ours.
  await shell((make_key ?? '').replace('npx tokenim', `${process.execPath} bin/tokenim.js`));
  t.is((await json<unknown[]>(['key', 'list', '--owner', 'demo'])).length, 2);
});

test('a store without a service account gets a command that makes one with its key', async (t) => {
  const { serve, json } = await program(t);
  await json(['account', 'create', '--email', 'lin@example.com', '--role', 'admin', '--active']);
  const server = await serve('--json');
  const { administrator_link, access_token, make_key = '' } = JSON.parse(server.stdout) as Record<string, string>;
  t.is(administrator_link, undefined, 'there is an administrator');
  t.is(access_token, undefined, 'the store was not empty');
  await server.stop();
  await shell(make_key.replaceAll('npx tokenim', `${process.execPath} bin/tokenim.js`), {
    ...process.env,
    ...Object.fromEntries([/^(TOKENIM_DATA)=(\S+)/.exec(make_key)?.slice(1) ?? []]),
  });
  t.is((await json<unknown[]>(['key', 'list', '--owner', 'my-service'])).length, 1);
});

test('a port in use ends the start with a clear word, and spends nothing of the first start', async (t) => {
  const { serve, run } = await program(t);
  const server = await serve();
  const second = await program(t, { PORT: new URL(pasted(server.stdout)[0] ?? '').port });
  const { code, stdout, stderr } = await second.run(['serve']);
  t.is(code, 1);
  t.is(stdout, '');
  t.regex(stderr, /is in use; set PORT/);
  t.deepEqual(await second.json(['account', 'list']), []);
  await server.stop();
  t.is((await run(['audit', 'verify'])).code, 0);
});

test('a start and a stop are recorded', async (t) => {
  const { serve, json } = await program(t);
  await (await serve()).stop('SIGINT');
  const records = await json<{ type: string }[]>(['audit', 'list', '--type', 'server.']);
  t.deepEqual(
    records.map(({ type }) => type),
    ['server.stopped', 'server.started'],
  );
});

test('several workers serve one port and stop together', async (t) => {
  const { serve, issuer, json } = await program(t);
  const server = await serve('--json', '--workers', '2');
  const { access_token } = JSON.parse(server.stdout) as Record<string, string>;
  t.regex(await shell(access_token ?? ''), /"access_token":/);
  t.is((await fetch(`${issuer}/readyz`)).status, 200);
  t.is((await server.stop()).code, 0);
  const stopped = await json<unknown[]>(['audit', 'list', '--type', 'server.stopped']);
  t.is(stopped.length, 2);
});
