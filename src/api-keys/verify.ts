// Whether a presented API key opens its client. HMAC-SHA-256 is enough for 190 random bits and costs microseconds; argon2 is
// for passwords. The reason of a refusal is for its owner and the record: OAuth answers `invalid_client` for all of them.
import type { SecretList } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { hmac, safeEqual } from '../lib/hash.ts';
import { apiKeyOf, stateOf, type ApiKey, type ApiKeyRecord, type ApiKeys, type FindOwner } from './api-key.ts';
import { parseApiKey } from './format.ts';

export type InvalidReason =
  /** Not written as a key, or changed on the way. */
  | 'malformed'
  | 'checksum'
  /** A key of another client_id. */
  | 'other_client'
  | 'unknown'
  | 'wrong_secret'
  /** A secret that a rotation replaced, after its overlap. */
  | 'replaced'
  | 'expired'
  | 'disabled'
  | 'revoked'
  | 'owner_inactive';

export type Verification =
  | { kind: 'valid'; key: ApiKey; ownerScopes: readonly string[] }
  /** `key` when the presented secret is one of the key's, so that its state may be told to who presented it. */
  | { kind: 'invalid'; reason: InvalidReason; key?: ApiKey };

/** A key that may be used now, for who holds the presented secret apart. */
export interface UsableApiKey {
  clientId: string;
  name: string;
  ownerId: string;
  scopes: readonly string[];
  /** What the owner's roles grant now. */
  ownerScopes: readonly string[];
  /** Whether this is one of the key's secrets, in constant time. */
  matches(secret: string): boolean;
}

export interface Verifier {
  verify(clientId: string, secret: string): Promise<Verification>;
  /** Neither unknown, expired, disabled nor revoked, and its owner active. */
  findUsable(clientId: string): Promise<UsableApiKey | undefined>;
}

export interface VerifierDeps {
  keys: ApiKeys;
  findOwner: FindOwner;
  /** The first made the newest keys; all are accepted. */
  peppers: () => SecretList;
  clock: Clock;
}

type Hashes = ApiKeyRecord['hashes'];

/** Compared when there is no key, so that an unknown client_id takes the same steps. */
const DECOY: Hashes = [{ hash: '', createdAt: 0 }];

export function createVerifier({ keys, findOwner, peppers, clock }: VerifierDeps): Verifier {
  // Compares with every hash under every pepper, whatever matches first.
  function matching(hashes: Hashes, secret: string): Hashes {
    const candidates = peppers().map((pepper) => hmac(pepper, secret));
    return hashes.filter(({ hash }) => candidates.map((candidate) => safeEqual(candidate, hash)).includes(true));
  }

  const isAccepted = ({ expiresAt }: Hashes[number]): boolean => expiresAt === undefined || expiresAt > clock.now();

  return {
    async verify(clientId, secret) {
      const parsed = parseApiKey(secret);
      if (!parsed.ok) return { kind: 'invalid', reason: parsed.reason };
      if (parsed.clientId !== clientId) return { kind: 'invalid', reason: 'other_client' };

      const stored = await keys.get(clientId);
      const matches = matching(stored?.value.hashes ?? DECOY, secret);
      if (!stored) return { kind: 'invalid', reason: 'unknown' };
      if (matches.length === 0) return { kind: 'invalid', reason: 'wrong_secret' };

      const key = apiKeyOf(stored);
      const state = stateOf(stored.value, clock.now());
      if (state !== 'active') return { kind: 'invalid', reason: state, key };
      if (!matches.some(isAccepted)) return { kind: 'invalid', reason: 'replaced', key };
      const owner = await findOwner(key.ownerId);
      return owner?.active
        ? { kind: 'valid', key, ownerScopes: owner.scopes }
        : { kind: 'invalid', reason: 'owner_inactive', key };
    },

    async findUsable(clientId) {
      const stored = await keys.get(clientId);
      if (!stored || stateOf(stored.value, clock.now()) !== 'active') return undefined;
      const { name, ownerId, scopes, hashes } = stored.value;
      const owner = await findOwner(ownerId);
      if (!owner?.active) return undefined;
      const matches = (secret: string): boolean => matching(hashes, secret).some(isAccepted);
      return { clientId, name, ownerId, scopes, ownerScopes: owner.scopes, matches };
    },
  };
}
