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

test('a section without entries is as good as none', async (t) => {
  const files = await development(t, 'clients:', 'roles:', '  # a: {}');
  t.deepEqual(await files.problems(), []);
});

test('a file that is not YAML is told with its place, without quoting it', async (t) => {
  const files = await development(t, 'secrets: { pepper: "hidden', '  value: *hidden');
  const problems = (await files.problems()).join('\n');
  t.regex(problems, /config\/tokenim\.yaml:\d+:\d+: not valid YAML: /);
  t.notRegex(problems, /hidden/);
});

test('a file that holds no map is refused', async (t) => {
  const files = await configFiles(t, { 'config/tokenim.yaml': '- version: 1\n' });
  t.is((await files.problems())[0], 'config/tokenim.yaml:1:1: a configuration is a map of sections');
});

test('an alias is refused: it could grow without bound', async (t) => {
  const files = await development(t, 'roles:', '  a: &a { default: true }', '  b: *a');
  t.true((await files.problems()).includes('config/tokenim.yaml:5:6: aliases are not taken here: write the value out'));
});

test('a key that is no word is refused', async (t) => {
  const files = await development(t, 'roles:', '  ? [a, b]', '  : {}');
  t.deepEqual(await files.problems(), ['config/tokenim.yaml:4:5: a key must be a plain word']);
});

test('a key named __proto__ is an unknown key like others', async (t) => {
  const files = await development(t, '__proto__: { port: 1 }');
  t.deepEqual(await files.problems(), ['config/tokenim.yaml:3:1: unknown key `__proto__`']);
});
