import test from 'ava';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../src/config/problem.ts';
import { configFiles, development, production, PRODUCTION_ENV } from './config-files.ts';

test('development makes its secrets once, for the owner alone', async (t) => {
  const files = await development(t);
  const first = await files.load();
  const again = await files.load();
  t.deepEqual(again.secrets, first.secrets);
  const [pepper] = first.secrets.pepper;
  const [key] = first.secrets.key_encryption_key;
  const [cookie] = first.secrets.cookie_keys;
  for (const secret of [pepper, key, cookie]) t.true(secret.length >= 43);
  t.is(new Set([pepper, key, cookie]).size, 3);
  t.is((await stat(join(files.cwd, 'data/secrets.json'))).mode & 0o777, 0o600);
});

test('processes that start at once agree on the secrets and leave no drafts', async (t) => {
  const files = await development(t);
  const configs = await Promise.all(Array.from({ length: 20 }, () => files.load()));
  t.is(new Set(configs.map(({ secrets }) => JSON.stringify(secrets))).size, 1);
  t.deepEqual(await readdir(join(files.cwd, 'data')), ['secrets.json']);
});

test('two installations have different secrets', async (t) => {
  const [a, b] = await Promise.all([(await development(t)).load(), (await development(t)).load()]);
  t.notDeepEqual(a.secrets, b.secrets);
});

test('a secret that development names goes before the one it made', async (t) => {
  const files = await development(t, 'secrets: { pepper: { env: PEPPER } }');
  const { secrets } = await files.load({ env: PRODUCTION_ENV });
  t.deepEqual(secrets.pepper, [PRODUCTION_ENV.PEPPER]);
  t.is(secrets.cookie_keys[0].length, 43);
});

test('damaged secrets stop the start without being repeated', async (t) => {
  const files = await development(t);
  await mkdir(join(files.cwd, 'data'));
  await writeFile(join(files.cwd, 'data/secrets.json'), '{ "pepper": "hidden" }');
  const error = await t.throwsAsync(files.load(), { instanceOf: ConfigError });
  t.regex(error?.message ?? '', /^data\/secrets\.json:1:1: these secrets are damaged/);
  t.notRegex(error?.message ?? '', /hidden/);
});

test('production makes nothing', async (t) => {
  const files = await production(t);
  await files.load({ env: PRODUCTION_ENV });
  t.deepEqual(await readdir(files.cwd), ['config']);
});

test('judging a configuration makes nothing', async (t) => {
  const files = await configFiles(t, { 'config/tokenim.yaml': 'version: 1\nmode: development\n' });
  t.deepEqual(await files.problems(), []);
  t.deepEqual(await readdir(files.cwd), ['config']);
  await t.throwsAsync(readFile(join(files.cwd, 'data/secrets.json')), { code: 'ENOENT' });
});
