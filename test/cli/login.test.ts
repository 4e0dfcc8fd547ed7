// `tokenim login` as a device (RFC 8628) against a running server, with a phone that answers; and the grant that comes of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { packageRoot } from '../../src/lib/package-root.ts';
import { createPhone } from '../helpers/phone.ts';
import { program, type Program, type Result } from './program.ts';

const PERSON = { email: 'lin@example.com', password: 'correct horse battery' };

async function withPerson(t: ExecutionContext): Promise<Program & { accountId: string }> {
  const cli = await program(t);
  const create = ['account', 'create', '--email', PERSON.email, '--active', '--password-stdin'];
  const { account_id } = await cli.json<{ account_id: string }>(create, PERSON.password);
  return { ...cli, accountId: account_id };
}

/** Starts `tokenim login --json`; answers the printed link and the end of the command. */
async function login(t: ExecutionContext, issuer: string): Promise<{ link: string; ended: Promise<Result> }> {
  const args = ['login', '--json', '--issuer', issuer, '--scope', 'openid email'];
  const child = spawn(process.execPath, [join(packageRoot, 'bin', 'tokenim.js'), ...args], { cwd: packageRoot });
  t.teardown(() => child.kill('SIGKILL'));
  const result: Result = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (result.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (result.stderr += String(chunk)));
  const ended = once(child, 'close').then(([code]) => Object.assign(result, { code: code as number | null }));
  while (!result.stderr.includes('Waiting')) await Promise.race([once(child.stderr, 'data'), ended]);
  return { link: /^ {2}(http\S+)$/m.exec(result.stderr)?.[1] ?? '', ended };
}

async function decide(issuer: string, link: string, decision: 'approve' | 'deny'): Promise<void> {
  const phone = createPhone(issuer);
  await phone.signIn(PERSON);
  await phone.submit(await phone.open(link), { decision });
}

test('an approved login prints the verified claims, and its grant can be listed and revoked', async (t) => {
  const { serve, issuer, json, run, accountId } = await withPerson(t);
  const server = await serve();
  const { link, ended } = await login(t, issuer);
  t.true(link.startsWith(`${issuer}/d/`));
  await decide(issuer, link, 'approve');
  const { code, stdout, stderr } = await ended;
  t.is(code, 0, stderr);
  t.regex(stderr, /▄|█|▀/);
  t.like(JSON.parse(stdout), { claims: { iss: issuer, sub: accountId, aud: 'tokenim-cli', email: PERSON.email } });

  const grants = await json<{ id: string }[]>(['grant', 'list', '--account', PERSON.email, '--client', 'tokenim-cli']);
  const [grant] = grants;
  t.like(grants, [{ account_id: accountId, client_id: 'tokenim-cli', scopes: ['openid', 'email'] }]);
  t.deepEqual(await json(['grant', 'list', '--client', 'another']), []);
  t.like(await json(['grant', 'revoke', grant?.id ?? '']), { id: grant?.id });
  t.deepEqual(await json(['grant', 'list']), []);
  t.regex((await run(['grant', 'revoke', grant?.id ?? ''])).stderr, /grant_unknown/);
  await server.stop();
});

test('a denied login exits with 1 and says so', async (t) => {
  const { serve, issuer } = await withPerson(t);
  const server = await serve();
  const { link, ended } = await login(t, issuer);
  await decide(issuer, link, 'deny');
  const { code, stdout, stderr } = await ended;
  t.is(code, 1);
  t.is(stdout, '');
  t.regex(stderr, /denied on the phone\. \(access_denied\)/);
  await server.stop();
});
