// Making API keys and replacing their secrets. The key leaves here once, in the answer; the store has its HMAC only.
import { API_KEY_PREFIX, isReservedScope } from '../config/built-in.ts';
import type { SecretList } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { hmac } from '../lib/hash.ts';
import { normaliseNetworks } from '../lib/networks.ts';
import { stateOf, type ApiKeyRecord, type ApiKeys, type FindOwner } from './api-key.ts';
import { formatApiKey, ID_LENGTH, SECRET_LENGTH } from './format.ts';

const DAY = 24 * 3600;
export const DEFAULT_EXPIRES_IN = 90 * DAY;
export const MAX_EXPIRES_IN = 365 * DAY;
export const DEFAULT_OVERLAP = DAY;
export const MAX_OVERLAP = 30 * DAY;
const MAX_NAME = 100;
/** Secrets of one key accepted at the same time. */
const MAX_SECRETS = 3;
/** Ended ones are remembered so far, for telling their holders why. */
const MAX_REMEMBERED = 10;
const MAX_ADDRESSES = 20;

/** As the command line and the API print it, once. */
export interface IssuedApiKey {
  client_id: string;
  /** The whole key. */
  client_secret: string;
  scopes: string[];
  /** RFC 3339. */
  expires_at: string;
}

export interface NewApiKey {
  ownerId: string;
  name: string;
  /** Absent: all that the owner's roles grant now and a key may carry. */
  scopes?: readonly string[];
  /** Seconds; 90 days when absent, 365 at most. */
  expiresIn?: number;
  /** Addresses and CIDR ranges that it may be used from; absent: from everywhere. */
  addresses?: readonly string[];
  /** Id or indicator of the only resource that its tokens are to be for. */
  resource?: string;
  /** Account id of who makes it, where that is not the owner. */
  createdBy?: string;
}

export interface Rotation {
  /** Seconds for which the former secret is still accepted; a day when absent, 30 days at most, 0 ends it now. */
  overlap?: number;
  /** Seconds from now; 90 days when absent, 365 at most. */
  expiresIn?: number;
}

export interface Issuer {
  /**
   * Throws `owner_unknown` (`not_found`), `owner_inactive` (`conflict`), `scope_not_granted` (`forbidden`),
   * `key_name_invalid`, `key_scopes_missing`, `expiry_invalid`, `network_invalid`, `networks_too_many`, `resource_unknown` and
   * `scope_not_of_resource` (`invalid`).
   */
  create(key: NewApiKey): Promise<IssuedApiKey>;
  /**
   * A new secret under the same client_id; of more than three accepted at once the oldest ends, whatever its overlap was. Throws `key_unknown`
   * (`not_found`), `key_not_active` (`conflict`), `expiry_invalid` and `overlap_invalid` (`invalid`).
   */
  rotate(clientId: string, rotation?: Rotation): Promise<IssuedApiKey>;
}

export interface KeyResource {
  indicator: string;
  scopes: readonly string[];
}

export interface IssuerDeps {
  keys: ApiKeys;
  findOwner: FindOwner;
  /** By id or indicator. */
  findResource(name: string): KeyResource | undefined;
  peppers: () => SecretList;
  clock: Clock;
  /** So many random base62 characters. */
  randomBase62: (length: number) => string;
}

/** Throws `scope_not_granted` (`forbidden`) for what is beyond `granted`, and for scopes of our own interface. */
export function requireGrantable(wanted: readonly string[], granted: readonly string[]): void {
  const never = wanted.filter(isReservedScope);
  const missing = wanted.filter((scope) => !isReservedScope(scope) && !granted.includes(scope));
  if (never.length + missing.length === 0) return;
  throw new DomainError('forbidden', 'scope_not_granted', {
    detail: [
      ...(never.length > 0 ? [`API keys never get ${never.join(' ')}`] : []),
      ...(missing.length > 0 ? [`no role in force grants ${missing.join(' ')}`] : []),
    ].join('; '),
  });
}

export function createIssuer(deps: IssuerDeps): Issuer {
  const { keys, findOwner, findResource, peppers, clock, randomBase62 } = deps;

  function newSecret(clientId: string) {
    const key = formatApiKey(clientId, randomBase62(SECRET_LENGTH));
    return { key, stored: { hash: hmac(peppers()[0], key), createdAt: clock.now() } };
  }

  function resourceFor(name: string | undefined): KeyResource | undefined {
    if (name === undefined) return undefined;
    const found = findResource(name);
    if (!found) throw new DomainError('invalid', 'resource_unknown', { detail: 'there is no such resource' });
    return found;
  }

  async function scopesFor({ ownerId, scopes }: NewApiKey, resource: KeyResource | undefined): Promise<string[]> {
    const owner = await findOwner(ownerId);
    if (!owner) throw new DomainError('not_found', 'owner_unknown');
    if (!owner.active) throw new DomainError('conflict', 'owner_inactive');
    const isOfResource = (scope: string): boolean => resource?.scopes.includes(scope) ?? true;
    const wanted = [...new Set(scopes ?? owner.scopes.filter(isOfResource))];
    requireGrantable(wanted, owner.scopes);
    const foreign = wanted.filter((scope) => !isOfResource(scope));
    if (foreign.length > 0) {
      throw new DomainError('invalid', 'scope_not_of_resource', {
        detail: `not of ${resource?.indicator}: ${foreign.join(' ')}`,
      });
    }
    if (wanted.length === 0) throw new DomainError('invalid', 'key_scopes_missing');
    return wanted;
  }

  return {
    async create(input) {
      const name = parseKeyName(input.name);
      const expiresAt = clock.now() + expiryMs(input.expiresIn);
      const addresses = parseAddresses(input.addresses);
      const resource = resourceFor(input.resource);
      const scopes = await scopesFor(input, resource);
      const clientId = API_KEY_PREFIX + randomBase62(ID_LENGTH);
      const { key, stored } = newSecret(clientId);
      const { value } = await keys.insert(clientId, {
        ownerId: input.ownerId,
        name,
        scopes,
        ...(addresses && { addresses }),
        ...(resource && { resource: resource.indicator }),
        hashes: [stored],
        status: 'active',
        createdAt: clock.now(),
        ...(input.createdBy !== undefined && { createdBy: input.createdBy }),
        expiresAt,
      });
      return issued(clientId, key, value);
    },

    async rotate(clientId, { overlap = DEFAULT_OVERLAP, expiresIn } = {}) {
      if (!isWithin(overlap, 0, MAX_OVERLAP)) throw new DomainError('invalid', 'overlap_invalid');
      const expiresAt = clock.now() + expiryMs(expiresIn);
      const { key, stored } = newSecret(clientId);
      const rotated = await keys.update(clientId, ({ reminder: _reminder, ...old }) => {
        if (stateOf(old, clock.now()) !== 'active') throw new DomainError('conflict', 'key_not_active');
        const former = endBy(old, clock.now() + overlap * 1000, clock.now());
        return { ...old, hashes: [stored, ...former], expiresAt };
      });
      if (!rotated) throw new DomainError('not_found', 'key_unknown');
      return issued(clientId, key, rotated.value);
    },
  };
}

const issued = (clientId: string, key: string, { scopes, expiresAt }: ApiKeyRecord): IssuedApiKey => ({
  client_id: clientId,
  client_secret: key,
  scopes,
  expires_at: new Date(expiresAt).toISOString(),
});

/** The former secrets, none of them accepted longer than `end`; those too many at once, no longer than now. */
const endBy = ({ hashes, expiresAt }: ApiKeyRecord, end: number, now: number): ApiKeyRecord['hashes'] =>
  hashes.slice(0, MAX_REMEMBERED - 1).map((former, place) => ({
    ...former,
    expiresAt: Math.min(former.expiresAt ?? expiresAt, place < MAX_SECRETS - 1 ? end : now),
  }));

const isWithin = (value: number, min: number, max: number): boolean => value >= min && value <= max;

function expiryMs(expiresIn = DEFAULT_EXPIRES_IN): number {
  if (isWithin(expiresIn, 1, MAX_EXPIRES_IN)) return expiresIn * 1000;
  throw new DomainError('invalid', 'expiry_invalid', { detail: 'a key lasts from one second to 365 days' });
}

function parseKeyName(text: string): string {
  const name = text.normalize('NFC').trim();
  if (name === '' || name.length > MAX_NAME || /\p{C}/u.test(name)) {
    throw new DomainError('invalid', 'key_name_invalid');
  }
  return name;
}

function parseAddresses(addresses: readonly string[] | undefined): string[] | undefined {
  if (addresses === undefined) return undefined;
  // A variable that was not set, or a form with a comma alone: whoever gives a list wants a limit.
  if (addresses.length === 0) {
    throw new DomainError('invalid', 'network_invalid', { detail: 'the list of addresses is empty' });
  }
  if (addresses.length > MAX_ADDRESSES) {
    throw new DomainError('invalid', 'networks_too_many', { detail: `${MAX_ADDRESSES} addresses or ranges at most` });
  }
  return normaliseNetworks(addresses);
}
