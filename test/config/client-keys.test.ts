// The keys of clients that authenticate by them: every mistake with its line and column, and no private member repeated.
import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { exportConfig } from '../../src/config/export.ts';
import { configFiles, development, production, PRODUCTION_ENV } from './config-files.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwkOf = (key: { export(options: { format: 'jwk' }): JsonWebKey }, more = {}): string =>
  JSON.stringify({ ...key.export({ format: 'jwk' }), ...more });
const EC = jwkOf(ec.publicKey);
const rsa = (bits: number): string => jwkOf(generateKeyPairSync('rsa', { modulusLength: bits }).publicKey);
const curve = (namedCurve: string): string => jwkOf(generateKeyPairSync('ec', { namedCurve }).publicKey);

const CLIENT = [
  'clients:',
  '  vault:',
  '    name: Vault',
  '    grants: [client_credentials]',
  '    jwks:',
  '      keys:',
];

/** Problems of keys that stand on lines of their own, from line 9 on: `line:column: message`. */
async function problemsOf(t: ExecutionContext, ...keys: string[]): Promise<string[]> {
  const files = await development(t, ...CLIENT, ...keys.map((key) => `        - ${key}`));
  return (await files.problems()).map((problem) => problem.replace('config/tokenim.yaml:', ''));
}

test('public keys of every sort are taken, and leave again by export', async (t) => {
  const okp = jwkOf(generateKeyPairSync('ed25519').publicKey, { kid: 'b', use: 'sig', alg: 'EdDSA' });
  const keys = [EC, okp, rsa(2048)];
  t.deepEqual(await problemsOf(t, ...keys), []);
  const { cwd } = await development(t, ...CLIENT, ...keys.map((key) => `        - ${key}`));
  const text = await exportConfig({ cwd, env: {}, configPath: 'config' });
  const again = await configFiles(t, { 'config/tokenim.yaml': text });
  t.deepEqual(await again.problems(), []);
  t.deepEqual((await again.load()).clients['vault']?.jwks, { keys: keys.map((key) => JSON.parse(key) as object) });
});

test('a private member is told by its name, not by its value', async (t) => {
  const [problem = '', ...others] = await problemsOf(t, jwkOf(ec.privateKey));
  t.regex(problem, /^9:\d+: `d` is a private member: give the public key alone, and replace this one$/);
  t.deepEqual(others, []);
});

const judged = (title: string, key: () => string, expected: string): void =>
  test(title, async (t) => {
    const problems = await problemsOf(t, key());
    t.deepEqual(
      problems.map((problem) => problem.replace(/^9:\d+: /, '')),
      [expected],
    );
  });

judged(
  'a symmetric key is refused',
  () => '{ kty: oct, k: c2VjcmV0 }',
  'is a symmetric key, a secret that both sides know; give a public key',
);
judged('an unknown sort is refused', () => '{ kty: AKP }', 'must be RSA, EC or OKP');
judged('another curve is refused', () => curve('P-384'), 'must be P-256');
judged('a small RSA key is refused', () => rsa(1024), 'has 1024 bits; RSA needs 2048 (RFC 7518 §3.3)');
judged('an algorithm of another sort is refused', () => jwkOf(ec.publicKey, { alg: 'RS256' }), 'must be ES256');
judged('a key for encryption is refused', () => jwkOf(ec.publicKey, { use: 'enc' }), 'must be sig');
judged(
  'a point that is not on the curve is refused',
  () => jwkOf(ec.publicKey, { y: 'AAAA' }),
  'is no valid key: a member is missing or damaged',
);

test('two keys of one kid are refused at the second', async (t) => {
  const problems = await problemsOf(t, jwkOf(ec.publicKey, { kid: 'a' }), jwkOf(ec.publicKey, { kid: 'a' }));
  t.is(problems.length, 1);
  t.regex(problems[0] ?? '', /^10:\d+: another key of this client has this kid$/);
});

test('an empty set is refused', async (t) => {
  const files = await development(t, 'clients: { v: { name: V, grants: [client_credentials], jwks: { keys: [] } } }');
  t.regex((await files.problems())[0] ?? '', /needs at least one key$/);
});

const ONE = (rest: string): string => `clients: { v: { name: V, grants: [client_credentials], ${rest} } }`;

test('secrets beside keys are refused, and what to remove is said', async (t) => {
  const secrets = `secrets: [{ hash: "sha256:${'A'.repeat(43)}" }]`;
  const files = await development(t, ONE(`${secrets}, jwks: { keys: [${EC}] }, jwks_uri: "https://a.example/jwks"`));
  t.deepEqual(
    (await files.problems()).map((problem) => problem.replace(/^config\/tokenim\.yaml:3:\d+: /, '')),
    [
      'a client with `jwks` proves itself by its key alone: remove `secrets`, or `jwks`',
      '`jwks` says the keys already; remove one of the two',
    ],
  );
});

for (const [uri, problem] of [
  ['http://a.example/jwks', /must be https:/],
  ['https://user:word@a.example/jwks', /must not have a user name/],
  ['https://a.example/jwks#x', /must not have a fragment/],
  ['jwks.json', /must be an absolute URL/],
  ['http://localhost:1/jwks', /must be https:/],
] as const) {
  test(`in production jwks_uri ${uri} is refused`, async (t) => {
    const files = await production(t, ONE(`jwks_uri: "${uri}"`));
    const problems = await files.problems({ env: PRODUCTION_ENV });
    t.is(problems.length, 1);
    t.regex(problems[0] ?? '', problem);
  });
}

test('in development a loopback address may be http:', async (t) => {
  const files = await development(t, ONE('jwks_uri: "http://127.0.0.1:1/jwks"'));
  t.deepEqual(await files.problems(), []);
});

test('a client with keys is confidential: it may introspect, and do without PKCE', async (t) => {
  const files = await development(
    t,
    'resources: { im: { indicator: "https://im.example/", introspected_by: [v] } }',
    `clients: { v: { name: V, grants: [authorization_code], redirect_uris: ["https://v.example/"], pkce: optional, jwks: { keys: [${EC}] } } }`,
  );
  t.deepEqual(await files.problems(), []);
});

const LOGOUT = 'clients: { a: { name: A, redirect_uris: ["https://a.example/cb"],';

test('an address for back-channel logout is https and belongs to sessions', async (t) => {
  const files = await development(
    t,
    `${LOGOUT} grants: [authorization_code], backchannel_logout_uri: "http://a.example/bye" }, b: { name: B, grants: [device_code], backchannel_logout_uri: "https://b.example/", device_scopes: [openid] }, c: { name: C, grants: [client_credentials], secrets: [{ hash: "sha256:${'A'.repeat(43)}" }], device_scopes: [], backchannel_logout_session_required: true } }`,
  );
  t.deepEqual(
    (await files.problems()).map((problem) => problem.replace(/^config\/tokenim\.yaml:3:\d+: /, '')),
    [
      'must be https:; http: only for a loopback address in development',
      'needs authorization_code: no other grant belongs to a session',
      '`openid` is not in scopes',
      'needs the grant device_code',
      'needs backchannel_logout_uri',
    ],
  );
});

test('a key signs only after every cache has it', async (t) => {
  const files = await development(t, 'signing_keys: { cache: 10m }');
  t.regex((await files.problems())[0] ?? '', /`publish_before` must be longer than cache/);
});
