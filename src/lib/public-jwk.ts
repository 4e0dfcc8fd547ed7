// Public keys by which others sign (RFC 7517), as they are handed to us: whether one is good for verifying, and why not.
import { type AsymmetricKeyDetails as KeyDetails, createPublicKey, type JsonWebKey } from 'node:crypto';

/** EdDSA and Ed25519 are two names of one algorithm (RFC 9864). */
export const VERIFIED_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] as const;

export type Jwk = Readonly<Record<string, unknown>>;

export interface JwkProblem {
  /** Absent for the key as a whole. */
  member?: string;
  message: string;
}

interface Sort {
  algorithms: readonly string[];
  curve?: string;
}

const SORTS: Readonly<Record<string, Sort>> = {
  RSA: { algorithms: ['RS256', 'PS256'] },
  EC: { algorithms: ['ES256'], curve: 'P-256' },
  OKP: { algorithms: ['EdDSA', 'Ed25519'], curve: 'Ed25519' },
};
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
/** RFC 7518 §3.3. */
const MIN_RSA_BITS = 2048;
/** NIST SP 800-56B §6.2: with 1 everything is its own signature, and small ones make forging by careless padding easy. */
const MIN_RSA_EXPONENT = 65_537n;
/** The points of small order without the bit of their sign: anybody can sign for them. In hexadecimal, with 0 and 1 also as p and p + 1. */
const SMALL_ORDER_POINTS = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]);

/** What is wrong with the key; never repeats what stands in it but the names of members. */
export function publicJwkProblem(jwk: Jwk): JwkProblem | undefined {
  if (jwk['kty'] === 'oct') {
    return { member: 'kty', message: 'is a symmetric key, a secret that both sides know; give a public key' };
  }
  const member = PRIVATE_MEMBERS.find((name) => jwk[name] !== undefined);
  if (member !== undefined) {
    return { member, message: `\`${member}\` is a private member: give the public key alone, and replace this one` };
  }
  const sort = typeof jwk['kty'] === 'string' && Object.hasOwn(SORTS, jwk['kty']) ? SORTS[jwk['kty']] : undefined;
  if (!sort) return { member: 'kty', message: 'must be RSA, EC or OKP' };
  return memberProblem(jwk, sort) ?? strengthProblem(jwk);
}

function memberProblem(jwk: Jwk, { algorithms, curve }: Sort): JwkProblem | undefined {
  if (curve !== undefined && jwk['crv'] !== curve) return { member: 'crv', message: `must be ${curve}` };
  if (jwk['alg'] !== undefined && !algorithms.some((name) => name === jwk['alg'])) {
    return { member: 'alg', message: `must be ${algorithms.join(' or ')}` };
  }
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') return { member: 'use', message: 'must be sig' };
  if (jwk['kid'] !== undefined && (typeof jwk['kid'] !== 'string' || jwk['kid'] === '')) {
    return { member: 'kid', message: 'must be a text' };
  }
  return undefined;
}

function strengthProblem(jwk: Jwk): JwkProblem | undefined {
  try {
    const { asymmetricKeyDetails = {} } = createPublicKey({ key: { ...jwk } as JsonWebKey, format: 'jwk' });
    return jwk['kty'] === 'RSA' ? rsaProblem(asymmetricKeyDetails, bytesOf(jwk['n'])) : pointProblem(jwk);
  } catch {
    return { message: 'is no valid key: a member is missing or damaged' };
  }
}

const bytesOf = (member: unknown): Buffer => Buffer.from(String(member), 'base64url');

function rsaProblem(
  { modulusLength: bits = 0, publicExponent: e = 0n }: KeyDetails,
  n: Buffer,
): JwkProblem | undefined {
  if (bits < MIN_RSA_BITS) return { message: `has ${bits} bits; RSA needs ${MIN_RSA_BITS} (RFC 7518 §3.3)` };
  if (e < MIN_RSA_EXPONENT || e % 2n === 0n) return { member: 'e', message: 'must be odd, and 65537 (AQAB) or more' };
  if ((n.at(-1) ?? 0) % 2 === 0) return { member: 'n', message: 'is even, which no product of two primes is' };
  return undefined;
}

function pointProblem({ kty, x }: Jwk): JwkProblem | undefined {
  if (kty !== 'OKP') return undefined;
  const y = bytesOf(x);
  y[31] = (y[31] ?? 0) & 0x7f;
  return SMALL_ORDER_POINTS.has(y.toString('hex'))
    ? { member: 'x', message: 'is a point for which anybody can sign' }
    : undefined;
}
