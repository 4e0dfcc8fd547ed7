// Public keys by which others sign (RFC 7517), as they are handed to us: whether one is good for verifying, and why not.
import { createPublicKey, type JsonWebKey } from 'node:crypto';

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
    const { asymmetricKeyDetails } = createPublicKey({ key: { ...jwk } as JsonWebKey, format: 'jwk' });
    const bits = asymmetricKeyDetails?.modulusLength;
    if (bits === undefined || bits >= MIN_RSA_BITS) return undefined;
    return { message: `has ${bits} bits; RSA needs ${MIN_RSA_BITS} (RFC 7518 §3.3)` };
  } catch {
    return { message: 'is no valid key: a member is missing or damaged' };
  }
}
