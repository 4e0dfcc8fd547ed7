// What may be shown of a key: as JSON for `/api/v1/keys` and the command line, and as the facts of a page.
import { moment } from '../lib/moment.ts';
import { stateOf, type ApiKey } from './api-key.ts';
import { revokerOf } from './explain.ts';
import type { ScopeStanding } from './inspect.ts';
import type { KeyOwner } from './keyring.ts';

const DAY_MS = 86_400_000;

const momentIf = (name: 'expires_at' | 'last_used_at', at: number | undefined) =>
  at === undefined ? {} : { [name]: moment(at) };

/** Days until the key expires, the last one counted whole; 0 after it. */
export const daysLeft = ({ expiresAt }: Pick<ApiKey, 'expiresAt'>, now: number): number =>
  Math.max(0, Math.ceil((expiresAt - now) / DAY_MS));

/** Those still accepted. */
const secretsNow = ({ secrets }: ApiKey, now: number): ApiKey['secrets'] =>
  secrets.filter(({ expiresAt = Infinity }) => expiresAt > now);

/** As the interface answers it; names as in RFC 7591 where it has one. */
export function keyJson(key: ApiKey, owner: Pick<KeyOwner, 'id' | 'kind' | 'username'> | undefined, now: number) {
  const { lastUsed, revokedAt } = key;
  return {
    client_id: key.clientId,
    name: key.name,
    owner: key.ownerId,
    ...(owner?.kind === 'service' && { service_account: owner.username }),
    state: stateOf(key, now),
    scopes: key.scopes,
    ...(key.resource !== undefined && { resource: key.resource }),
    ...(key.addresses && { addresses: key.addresses }),
    created_at: moment(key.createdAt),
    expires_at: moment(key.expiresAt),
    days_left: daysLeft(key, now),
    ...(lastUsed && {
      last_used_at: moment(lastUsed.at),
      last_used: { at: moment(lastUsed.at), address: lastUsed.address, user_agent: lastUsed.userAgent },
    }),
    secrets: secretsNow(key, now).map(({ createdAt, expiresAt, lastUsedAt }) => ({
      created_at: moment(createdAt),
      ...momentIf('expires_at', expiresAt),
      ...momentIf('last_used_at', lastUsedAt),
    })),
    ...(revokedAt !== undefined && { revoked_at: moment(revokedAt), revoked_by: revokerOf(key) }),
  };
}

export type ScopeWords = ScopeStanding & { description: string };

/** For pages. */
export function keyFace(key: ApiKey, owner: Pick<KeyOwner, 'kind' | 'username'>, scopes: ScopeWords[], now: number) {
  const latest = Math.max(0, ...key.secrets.map(({ lastUsedAt = 0 }) => lastUsedAt));
  const dateOf = (at: number | undefined) => (at === undefined ? undefined : new Date(at));
  return {
    clientId: key.clientId,
    name: key.name,
    service: owner.kind === 'service' ? owner.username : undefined,
    state: stateOf(key, now),
    scopes: scopes.map(({ scope, ...said }) => ({ name: scope, ...said })),
    resource: key.resource,
    addresses: key.addresses ?? [],
    createdAt: new Date(key.createdAt),
    expiresAt: new Date(key.expiresAt),
    daysLeft: daysLeft(key, now),
    lastUsed: key.lastUsed && { ...key.lastUsed, at: new Date(key.lastUsed.at) },
    revoked: key.revokedAt === undefined ? undefined : { at: new Date(key.revokedAt), code: revokerOf(key) },
    secrets: secretsNow(key, now).map(({ createdAt, expiresAt, lastUsedAt }) => ({
      createdAt: new Date(createdAt),
      expiresAt: dateOf(expiresAt),
      lastUsedAt: dateOf(lastUsedAt),
      isLatest: lastUsedAt === latest && latest > 0,
    })),
  };
}

export type KeyFace = ReturnType<typeof keyFace>;
