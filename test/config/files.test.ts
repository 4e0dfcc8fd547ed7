import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { configFiles, development } from './config-files.ts';

const MAIN = 'version: 1\nmode: development\n';

test('files of conf.d add entries to the sections of tokenim.yaml, in the order of their names', async (t) => {
  const files = await configFiles(t, {
    'config/tokenim.yaml': `${MAIN}roles:\n  a: {}\nlifetimes: { access_token: 5m }\n`,
    'config/conf.d/20.yaml': 'version: 1\nroles:\n  c: {}\n',
    'config/conf.d/10.yaml': 'roles:\n  b: {}\nlifetimes: { id_token: 5m }\n',
    'config/conf.d/notes.txt': 'not: [valid',
  });
  const config = await files.load();
  t.deepEqual(Object.keys(config.roles), ['a', 'b', 'c']);
  t.is(config.lifetimes.access_token, 300);
  t.is(config.lifetimes.id_token, 300);
});

test('the same key in two files is a problem that names both places', async (t) => {
  const files = await configFiles(t, {
    'config/tokenim.yaml': `${MAIN}roles:\n  a: {}\n`,
    'config/conf.d/10.yaml': 'mode: production\nroles:\n  a: { default: true }\n',
  });
  t.deepEqual(await files.problems(), [
    'config/conf.d/10.yaml:1:1: `mode` stands twice: also at config/tokenim.yaml:2',
    'config/conf.d/10.yaml:3:3: `a` stands twice: also at config/tokenim.yaml:4',
  ]);
});

test('the same key twice in one file is a problem, at any depth', async (t) => {
  const files = await development(t, 'roles:', '  a: {}', '  a: { default: true, default: false }', 'roles: {}');
  t.deepEqual(await files.problems(), [
    'config/tokenim.yaml:5:3: `a` stands twice: also at config/tokenim.yaml:4',
    'config/tokenim.yaml:6:1: `roles` stands twice: also at config/tokenim.yaml:3',
  ]);
  const deep = await development(t, 'roles:', '  a: { default: true, default: false }');
  t.deepEqual(await deep.problems(), [
    'config/tokenim.yaml:4:23: `default` stands twice: also at config/tokenim.yaml:4',
  ]);
});

test('without a folder conf.d there is tokenim.yaml alone', async (t) => {
  t.deepEqual(await (await development(t)).problems(), []);
});

test('a conf.d that leads to nothing, or is a file, is a problem: what it held may protect', async (t) => {
  const files = await configFiles(t, {
    'config/tokenim.yaml': MAIN,
    'mount/10.yaml': 'registration: closed\nqr: { check: always }\n',
  });
  const [mount, folder] = [join(files.cwd, 'mount'), join(files.cwd, 'config/conf.d')];
  await symlink(mount, folder);
  t.is((await files.load()).registration, 'closed');
  await rename(mount, `${mount}-away`);
  t.deepEqual(await files.problems(), [
    'config/conf.d:1:1: the configuration cannot be read (ENOENT): there is no such file',
  ]);
  await rm(folder);
  await writeFile(folder, 'registration: open\n');
  t.deepEqual(await files.problems(), [
    'config/conf.d:1:1: the configuration cannot be read (ENOTDIR): a part of its path is no folder',
  ]);
});

test('a key without a value is a problem at its place, and never its default', async (t) => {
  const files = await development(
    t,
    'limits:',
    'lifetimes:',
    'password: { iterations: }',
    'qr: { check: }',
    'roles:',
    '  a: { scopes: [], require_mfa: }',
    '  b: { includes: [ ~ ] }',
    'clients:',
    '  crm:',
    '    name: CRM',
    '    grants: [device_code]',
    '    secrets:',
    '    dpop_bound_access_tokens:',
  );
  t.deepEqual(await files.problems(), [
    'config/tokenim.yaml:3:1: `limits` has no value',
    'config/tokenim.yaml:4:1: `lifetimes` has no value',
    'config/tokenim.yaml:5:13: `password.iterations` has no value',
    'config/tokenim.yaml:6:7: `qr.check` has no value',
    'config/tokenim.yaml:8:20: `roles.a.require_mfa` has no value',
    'config/tokenim.yaml:9:20: `roles.b.includes.0` has no value',
    'config/tokenim.yaml:14:5: `clients.crm.secrets` has no value',
    'config/tokenim.yaml:15:5: `clients.crm.dpop_bound_access_tokens` has no value',
  ]);
});

test('a section of entries is written out even where it is empty: a cut off file would take them all', async (t) => {
  const files = await development(t, 'clients: {}', 'roles:', '  # a: {}');
  t.deepEqual(await files.problems(), ['config/tokenim.yaml:4:1: `roles` has no value']);
});

test('a file that is not YAML is told with its place, without quoting it', async (t) => {
  const files = await development(t, 'secrets: { pepper: "hidden', '  value: *hidden');
  const problems = (await files.problems()).join('\n');
  t.regex(problems, /config\/tokenim\.yaml:\d+:\d+: not valid YAML: /);
  t.notRegex(problems, /hidden/);
});

test('a file that holds no map is refused', async (t) => {
  const files = await configFiles(t, { 'config/tokenim.yaml': '- version: 1\n' });
  t.is(
    (await files.problems())[0],
    'config/tokenim.yaml:1:1: a configuration is a map of sections, such as `version: 1` and below it `mode: development`',
  );
});

test('an alias is refused: it could grow without bound', async (t) => {
  const files = await development(t, 'roles:', '  a: &a { default: true }', '  b: *a');
  t.true((await files.problems()).includes('config/tokenim.yaml:5:6: aliases are not taken here: write the value out'));
});

test('a key that is no word is refused', async (t) => {
  const files = await development(t, 'roles:', '  ? [a, b]', '  : {}');
  t.deepEqual(await files.problems(), ['config/tokenim.yaml:4:5: a key must be a plain word']);
});

test('a key named __proto__ is unknown, and no id either', async (t) => {
  const files = await development(
    t,
    '__proto__: { port: 1 }',
    'roles:',
    '  __proto__: { scopes: [] }',
    '  constructor: {}',
  );
  t.deepEqual(await files.problems(), [
    'config/tokenim.yaml:3:1: unknown key `__proto__`',
    'config/tokenim.yaml:5:3: unknown key `__proto__`',
  ]);
});
