// Keys by which anybody could sign are refused: each is first shown to take a forged signature.
import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import test from 'ava';
import { publicJwkProblem } from '../../src/lib/public-jwk.ts';

const IDENTITY = Buffer.from(`01${'00'.repeat(31)}`, 'hex');
const ZEROS = '00'.repeat(31);
const MAX = 'ff'.repeat(30);

/** Made without a private key: of so many messages it holds for one in at most eight (the order of the point). */
const FORGED = Buffer.concat([IDENTITY, Buffer.alloc(32)]);
const takesForged = (key: KeyObject): boolean =>
  Array.from({ length: 200 }, (_, index) => Buffer.from(`message ${index}`)).some((message) =>
    verify(null, message, key, FORGED),
  );

const POINTS: Readonly<Record<string, string>> = {
  'of order 1': `01${ZEROS}`,
  'of order 2': `ec${MAX}7f`,
  'of order 4': `00${ZEROS}`,
  'of order 4, negated': `${ZEROS}0080`.slice(-64),
  'of order 8': '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'of order 8, negated': '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'of order 8, the other': 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'of order 8, the other negated': 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  'of order 4, as p': `ed${MAX}7f`,
  'of order 1, as p + 1': `ee${MAX}7f`,
};
for (const [what, hex] of Object.entries(POINTS)) {
  test(`an Ed25519 point ${what} is refused`, (t) => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(hex, 'hex').toString('base64url') };
    t.true(takesForged(createPublicKey({ key: jwk, format: 'jwk' })));
    t.like(publicJwkProblem(jwk), { member: 'x' });
  });
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });

for (const e of ['AQ', 'Aw', 'AQAA', 'AAAB']) {
  test(`an RSA key with the exponent ${e} is refused`, (t) => {
    t.like(publicJwkProblem({ ...rsa, e }), { member: 'e' });
  });
}

test('an RSA key with an even modulus is refused', (t) => {
  const n = Buffer.from(String(rsa.n), 'base64url');
  n[n.length - 1] = (n.at(-1) ?? 0) & 0xfe;
  t.like(publicJwkProblem({ ...rsa, n: n.toString('base64url') }), { member: 'n' });
});

test('keys as everybody makes them are good', (t) => {
  t.is(publicJwkProblem({ ...rsa }), undefined);
  for (let made = 0; made < 20; made++) {
    t.is(publicJwkProblem({ ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }) }), undefined);
  }
});
