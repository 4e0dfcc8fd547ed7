import test from 'ava';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configFiles, development, production, PRODUCTION_ENV } from './config-files.ts';

const hashOf = (secret: string): string => `sha256:${createHash('sha256').update(secret).digest('base64url')}`;

/** Two values of YAML. */
const withSecrets = (keyEncryptionKey: string, cookieKeys: string): string =>
  [
    'version: 1',
    'mode: production',
    'issuer: https://id.example',
    'secrets:',
    '  pepper: { env: PEPPER }',
    `  key_encryption_key: ${keyEncryptionKey}`,
    `  cookie_keys: ${cookieKeys}`,
  ].join('\n');

test('secrets of production come from the environment and from files, the first in use', async (t) => {
  const files = await configFiles(t, {
    'config/tokenim.yaml': withSecrets('{ file: ../run/kek }', '[{ env: COOKIES }, { file: ../run/former }]'),
    'run/kek': `${PRODUCTION_ENV.KEK}\n`,
    'run/former': 'former-cookies-former-cookies-1234',
  });
  const { secrets } = await files.load({ env: PRODUCTION_ENV });
  t.deepEqual(secrets, {
    pepper: [PRODUCTION_ENV.PEPPER],
    key_encryption_key: [PRODUCTION_ENV.KEK],
    cookie_keys: [PRODUCTION_ENV.COOKIES, 'former-cookies-former-cookies-1234'],
  });
});

test('every secret that cannot be read is a problem at its place', async (t) => {
  const files = await production(
    t,
    'clients:',
    '  shop:',
    '    name: Shop',
    '    grants: [client_credentials]',
    '    secrets: [{ env: SHOP }, { file: ../run/shop }, { env: EMPTY }]',
  );
  const { KEK: _, ...env } = PRODUCTION_ENV;
  t.deepEqual(await files.problems({ env: { ...env, EMPTY: '' } }), [
    'config/tokenim.yaml:4:37: the environment variable KEK is not set',
    'config/tokenim.yaml:9:15: the environment variable SHOP is not set',
    'config/tokenim.yaml:9:30: the file ../run/shop cannot be read (ENOENT): there is no such file',
    'config/tokenim.yaml:9:53: the secret that this names is empty',
  ]);
});

test('a short secret of the server is refused and not repeated', async (t) => {
  const problems = await (await production(t)).problems({ env: { ...PRODUCTION_ENV, PEPPER: 'hidden-hidden' } });
  t.deepEqual(problems, ['config/tokenim.yaml:4:12: the secret that this names has less than 32 characters']);
});

test('one secret for two uses is refused, a rotated one included, and not repeated', async (t) => {
  const files = await configFiles(t, {
    'config/tokenim.yaml': withSecrets('{ env: KEK }', '[{ env: COOKIES }, { env: FORMER }]'),
  });
  const { PEPPER, KEK } = PRODUCTION_ENV;
  t.deepEqual(await files.problems({ env: { ...PRODUCTION_ENV, KEK: PEPPER, FORMER: PEPPER } }), [
    'config/tokenim.yaml:6:3: the secret that this names is also in `pepper`; each needs one of its own',
    'config/tokenim.yaml:7:35: the secret that this names is also in `pepper`; each needs one of its own',
  ]);
  t.deepEqual(await files.problems({ env: { ...PRODUCTION_ENV, FORMER: KEK } }), [
    'config/tokenim.yaml:7:35: the secret that this names is also in `key_encryption_key`; each needs one of its own',
  ]);
  t.deepEqual(await files.problems({ env: { ...PRODUCTION_ENV, FORMER: PRODUCTION_ENV.COOKIES } }), []);
});

for (const pepper of [
  'hidden-hidden',
  '{ hash: hidden-hidden }',
  '{ hidden-hidden }',
  '[hidden-hidden]',
  '!hidden hidden',
  '[]',
]) {
  test(`a pepper written as ${pepper} is refused and not repeated`, async (t) => {
    const files = await development(t, `secrets: { pepper: ${pepper} }`);
    const problems = (await files.problems()).join('\n');
    t.regex(problems, /^config\/tokenim\.yaml:3:\d+: /);
    t.notRegex(problems, /hidden/);
  });
}

test("a client's secrets are kept as hashes, wherever they come from", async (t) => {
  const files = await development(
    t,
    'clients:',
    '  shop:',
    '    name: Shop',
    '    grants: [client_credentials]',
    `    secrets: [{ env: SHOP }, { file: shop.secret }, { hash: "${hashOf('third')}" }]`,
  );
  await writeFile(join(files.cwd, 'config/shop.secret'), 'second\n');
  const { clients } = await files.load({ env: { SHOP: 'first' } });
  t.deepEqual(clients['shop']?.secret_hashes, [hashOf('first'), hashOf('second'), hashOf('third')]);
  t.false('secrets' in (clients['shop'] ?? {}));
});
