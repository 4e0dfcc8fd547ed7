import test from 'ava';
import { readdir } from 'node:fs/promises';
import { configCheck, configSchema } from '../../src/cli/config.ts';
import { secretHash } from '../../src/cli/secret.ts';
import { configJsonSchema } from '../../src/config/schema.ts';
import { development } from './config-files.ts';

function recorder() {
  const written = { stdout: '', stderr: '' };
  const to = (stream: keyof typeof written) => ({ write: (text: string) => void (written[stream] += text) });
  return { written, stdout: to('stdout'), stderr: to('stderr') };
}

async function* input(...chunks: string[]): AsyncIterable<string> {
  yield* chunks;
}

const check = { env: {}, config: 'config' };

test('config check says that a configuration is valid and what it holds', async (t) => {
  const { cwd } = await development(t, 'roles: { member: {} }');
  const io = recorder();
  t.is(await configCheck(io, { ...check, cwd, json: false }), 0);
  t.is(
    io.written.stdout,
    'The configuration is valid: development, http://localhost:3000. With the built-in ones, resources: 1, scopes: 5, roles: 1, clients: 1.\n',
  );
  t.deepEqual(await readdir(cwd), ['config']);
});

test('config check tells every problem and fails', async (t) => {
  const { cwd } = await development(t, 'portt: 1', 'rols: {}');
  const io = recorder();
  t.is(await configCheck(io, { ...check, cwd, json: false }), 1);
  t.is(io.written.stdout, '');
  t.is(
    io.written.stderr,
    'config/tokenim.yaml:3:1: unknown key `portt`; did you mean `port`?\n' +
      'config/tokenim.yaml:4:1: unknown key `rols`; did you mean `roles`?\n' +
      '2 problems in the configuration.\n',
  );
});

test('config check --json writes JSON alone, valid or not', async (t) => {
  const valid = recorder();
  const good = await development(t);
  t.is(await configCheck(valid, { ...check, cwd: good.cwd, json: true }), 0);
  t.like(JSON.parse(valid.written.stdout), { valid: true, mode: 'development', clients: 1 });

  const invalid = recorder();
  const bad = await development(t, 'portt: 1');
  t.is(await configCheck(invalid, { ...check, cwd: bad.cwd, json: true }), 1);
  t.deepEqual(JSON.parse(invalid.written.stdout), {
    valid: false,
    problems: [
      { file: 'config/tokenim.yaml', line: 3, column: 1, message: 'unknown key `portt`; did you mean `port`?' },
    ],
  });
  t.is(valid.written.stderr + invalid.written.stderr, '');
});

test('config schema prints the JSON Schema', async (t) => {
  const io = recorder();
  t.is(await configSchema(io), 0);
  t.deepEqual(JSON.parse(io.written.stdout), JSON.parse(JSON.stringify(configJsonSchema())));
});

// SHA-256 of `abcdefghijklmnopqrstuvwxyz0123456789`, computed with openssl.
const SECRET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const HASH = 'sha256:AR_CmU450lEUFUD4emkJKz8iqGdn9yg95-7ts4l77fY';

test('secret hash prints the SHA-256 of the secret without its newline', async (t) => {
  for (const chunks of [[SECRET], [`${SECRET}\n`], [`${SECRET}\r\n`], [SECRET.slice(0, 5), SECRET.slice(5)]]) {
    const io = recorder();
    t.is(await secretHash({ ...io, stdin: input(...chunks) }, { json: false }), 0);
    t.deepEqual(io.written, { stdout: `${HASH}\n`, stderr: '' });
  }
});

test('secret hash --json prints JSON alone', async (t) => {
  const io = recorder();
  await secretHash({ ...io, stdin: input(SECRET) }, { json: true });
  t.deepEqual(JSON.parse(io.written.stdout), { hash: HASH });
});

test('secret hash warns of a short secret without repeating it', async (t) => {
  const io = recorder();
  t.is(await secretHash({ ...io, stdin: input('hidden') }, { json: true }), 0);
  t.regex(io.written.stderr, /^Warning: the secret has less than 32 characters/);
  t.notRegex(io.written.stderr + io.written.stdout, /hidden/);
});

test('secret hash refuses an empty secret', async (t) => {
  const io = recorder();
  t.is(await secretHash({ ...io, stdin: input('\n') }, { json: false }), 1);
  t.is(io.written.stdout, '');
});
