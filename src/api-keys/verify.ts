// Whether a presented API key opens its client. HMAC-SHA-256 is enough for 190 random bits and costs microseconds; argon2 is
// for passwords. The reason of a refusal is for its owner and the record: OAuth answers `invalid_client` for all of them.
import type { SecretList } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { hmac, safeEqual } from '../lib/hash.ts';
import { parseNetworks } from '../lib/networks.ts';
import { apiKeyOf, forKeys, stateOf, type ApiKey, type ApiKeyRecord, type ApiKeys, type FindOwner } from './api-key.ts';
import { describeRefusal, type RefusalReason } from './explain.ts';
import { parseApiKey } from './format.ts';

export type InvalidReason =
  /** Not written as a key, or changed on the way. */
  | 'malformed'
  | 'checksum'
  /** A key of another client_id. */
  | 'other_client'
  | 'unknown'
  | 'wrong_secret'
  | RefusalReason;

export type Verification =
  | { kind: 'valid'; key: ApiKey; ownerScopes: readonly string[] }
  /** `key` when the presented secret is one of the key's, so that its state may be told to who presented it. */
  | { kind: 'invalid'; reason: InvalidReason; key?: ApiKey };

/** A key that may be used now. */
export interface UsableApiKey {
  clientId: string;
  name: string;
  ownerId: string;
  scopes: readonly string[];
  /** What the owner's roles grant now. */
  ownerScopes: readonly string[];
  /** Indicator of the only resource that its tokens are for. */
  resource?: string;
}

/** What a secret that is the key's leads to. The description may be told to who presented it. */
export type Opening =
  { kind: 'opened'; secretCreatedAt: number } | { kind: 'refused'; reason: RefusalReason; description: string };

/** A known key, usable or not. */
export interface PresentedApiKey extends UsableApiKey {
  isUsable: boolean;
  /** `undefined` for a secret that is none of the key's; compares in constant time. */
  open(secret: string, address: string | undefined): Opening | undefined;
}

export interface Verifier {
  /** `address`: where it is used from, which is not looked at when absent. */
  verify(clientId: string, secret: string, address?: string): Promise<Verification>;
  /**
   * For authentication, which tells why a key is refused only to who holds it. Takes less time for an unknown client_id, which
   * 71 random bits keep from being guessed.
   */
  findPresented(clientId: string): Promise<PresentedApiKey | undefined>;
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

/** Compared when there is no key, so that a report of a leak takes the same steps for unknown ones. */
const DECOY: Hashes = [{ hash: '', createdAt: 0 }];

export function createVerifier({ keys, findOwner, peppers, clock }: VerifierDeps): Verifier {
  // Compares with every hash under every pepper, whatever matches first.
  function matching(hashes: Hashes, secret: string): Hashes {
    const candidates = peppers().map((pepper) => hmac(pepper, secret));
    return hashes.filter(({ hash }) => candidates.map((candidate) => safeEqual(candidate, hash)).includes(true));
  }

  const isAccepted = ({ expiresAt }: Hashes[number]): boolean => expiresAt === undefined || expiresAt > clock.now();

  /** What stands in the way of a matching secret; the owner is asked for last. */
  function obstacle(record: ApiKeyRecord, matches: Hashes, isOwnerActive: boolean): RefusalReason | undefined {
    const state = stateOf(record, clock.now());
    if (state !== 'active') return state;
    if (!matches.some(isAccepted)) return 'replaced';
    return isOwnerActive ? undefined : 'owner_inactive';
  }

  return {
    async verify(clientId, secret, address) {
      const parsed = parseApiKey(secret);
      if (!parsed.ok) return { kind: 'invalid', reason: parsed.reason };
      if (parsed.clientId !== clientId) return { kind: 'invalid', reason: 'other_client' };

      const stored = await keys.get(clientId);
      const matches = matching(stored?.value.hashes ?? DECOY, secret);
      if (!stored) return { kind: 'invalid', reason: 'unknown' };
      if (matches.length === 0) return { kind: 'invalid', reason: 'wrong_secret' };

      const key = apiKeyOf(stored);
      const owner = await findOwner(key.ownerId);
      const reason = obstacle(stored.value, matches, owner?.active === true);
      if (reason) return { kind: 'invalid', reason, key };
      if (address !== undefined && !isAllowedFrom(key, address)) {
        return { kind: 'invalid', reason: 'address_not_allowed', key };
      }
      return { kind: 'valid', key, ownerScopes: owner?.scopes ?? [] };
    },

    async findPresented(clientId) {
      const stored = await keys.get(clientId);
      if (!stored) return undefined;
      const record = stored.value;
      const owner = await findOwner(record.ownerId);
      const isOwnerActive = owner?.active === true;
      return {
        ...usable(clientId, record, owner?.scopes ?? []),
        isUsable: isOwnerActive && stateOf(record, clock.now()) === 'active',
        open(secret, address) {
          const matches = matching(record.hashes, secret);
          const [newest] = matches;
          if (!newest) return undefined;
          const reason =
            obstacle(record, matches, isOwnerActive) ??
            (isAllowedFrom(record, address) ? undefined : 'address_not_allowed');
          if (reason) return { kind: 'refused', reason, description: describeRefusal(reason, record) };
          return { kind: 'opened', secretCreatedAt: newest.createdAt };
        },
      };
    },

    async findUsable(clientId) {
      const stored = await keys.get(clientId);
      if (!stored || stateOf(stored.value, clock.now()) !== 'active') return undefined;
      const owner = await findOwner(stored.value.ownerId);
      return owner?.active ? usable(clientId, stored.value, owner.scopes) : undefined;
    },
  };
}

const usable = (
  clientId: string,
  { name, ownerId, scopes, resource }: ApiKeyRecord,
  ownerScopes: readonly string[],
): UsableApiKey => ({
  clientId,
  name,
  ownerId,
  scopes: forKeys(scopes),
  ownerScopes,
  ...(resource !== undefined && { resource }),
});

/** An address that could not be found out is in no range. */
export const isAllowedFrom = ({ addresses }: Pick<ApiKeyRecord, 'addresses'>, address = ''): boolean =>
  addresses === undefined || parseNetworks(addresses).has(address);
