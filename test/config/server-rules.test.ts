import test from 'ava';
import { configFiles, development, production, PRODUCTION_ENV } from './config-files.ts';

const at = (line: number, column: number, message: string): string =>
  `config/tokenim.yaml:${line}:${column}: ${message}`;

test('production names its issuer and all its secrets', async (t) => {
  const files = await configFiles(t, { 'config/tokenim.yaml': 'version: 1\nmode: production\n' });
  t.deepEqual(await files.problems(), [
    at(1, 1, '`issuer` is missing; production needs one'),
    at(1, 1, '`secrets.pepper` is missing; production needs { env: NAME } or { file: path }'),
    at(1, 1, '`secrets.key_encryption_key` is missing; production needs { env: NAME } or { file: path }'),
    at(1, 1, '`secrets.cookie_keys` is missing; production needs { env: NAME } or { file: path }'),
  ]);
});

test('an issuer of production is https', async (t) => {
  const files = await production(t);
  const problems = await files.problems({ env: PRODUCTION_ENV, issuer: 'http://id.example' });
  t.deepEqual(problems, ['--issuer:1:1: `issuer` must be https: in production']);
});

for (const issuer of [
  'https://id.example/',
  'https://id.example/auth',
  'https://ID.example',
  'id.example',
  'ftp://id.example',
]) {
  test(`${issuer} is no issuer: it is not an origin`, async (t) => {
    const files = await development(t, `issuer: ${issuer}`);
    t.deepEqual(await files.problems(), [
      at(3, 9, '`issuer` must be an origin such as https://id.example: no path, no slash at its end'),
    ]);
  });
}

test('a grant that ends before its refresh token is refused', async (t) => {
  const files = await development(
    t,
    'lifetimes: { refresh_token: 30d, grant: 29d }',
    'clients:',
    '  cli: { name: C, grants: [device_code], lifetimes: { grant: 1h } }',
  );
  t.deepEqual(await files.problems(), [
    at(3, 41, '`grant` is shorter than refresh_token, which it would cut off'),
    at(5, 62, '`grant` is shorter than refresh_token, which it would cut off'),
  ]);
});

test('no access token lives longer than its revocation is remembered', async (t) => {
  const files = await development(
    t,
    'lifetimes: { access_token: 1441m }',
    'clients:',
    '  cli: { name: C, grants: [device_code], lifetimes: { access_token: 30d } }',
    '  fit: { name: F, grants: [device_code], lifetimes: { access_token: 24h } }',
  );
  const message = 'must be 24h at most: a revocation is remembered for as long';
  t.deepEqual(await files.problems(), [
    at(3, 28, `\`lifetimes.access_token\` ${message}`),
    at(5, 69, `\`clients.cli.lifetimes.access_token\` ${message}`),
  ]);
});

test('a session cannot idle longer than it lasts, nor a QR link outlive its device code', async (t) => {
  const files = await development(t, 'lifetimes: { session_idle: 15d, qr_link: 11m }');
  t.deepEqual(await files.problems(), [
    at(3, 28, '`session_idle` is longer than session_absolute'),
    at(3, 42, '`qr_link` is longer than device_code: the link would outlive what it opens'),
  ]);
});

test('registration is open in development and closed in production, unless it is written', async (t) => {
  const registration = async (files: Awaited<ReturnType<typeof development>>, options = {}) =>
    (await files.load(options)).registration;
  t.is(await registration(await development(t)), 'open');
  t.is(await registration(await development(t, 'registration: closed')), 'closed');
});

test('production does not register people whom it cannot mail', async (t) => {
  const files = await production(t, 'registration: open');
  t.deepEqual(await files.problems({ env: PRODUCTION_ENV }), [
    at(5, 15, '`registration` is open, but without `mail` nobody gets an activation link'),
  ]);
  t.is((await (await production(t)).load({ env: PRODUCTION_ENV })).registration, 'closed');
});

for (const storage of ['redis://h:6379/0?password=hidden', 'redis://u:hidden@a,b', 'sqlite:', 'https://u:hidden@h']) {
  test(`${storage} is no storage URL, and is not repeated`, async (t) => {
    const [problem = '', ...others] = await (await development(t, `storage: "${storage}"`)).problems();
    t.regex(problem, /^config\/tokenim\.yaml:3:10: `storage` must be (one of: sqlite:FILE, |a URL of sqlite:)/);
    t.notRegex(problem, /hidden/);
    t.deepEqual(others, []);
  });
}
