// The API key record: an OAuth client (client credentials, RFC 6749 §4.4) that belongs to an account. `issue.ts` makes and
// rotates keys, `verify.ts` checks them, `lifecycle.ts` lists and ends them.
import { z } from 'zod';
import { isReservedScope } from '../config/built-in.ts';
import { defineCollection, type Collection, type Stored } from '../storage/port.ts';

const hashSchema = z.object({
  /** HMAC-SHA-256 of the whole key under a pepper, base64url. */
  hash: z.string(),
  createdAt: z.number(),
  /** Set when a rotation replaced it: accepted until then. */
  expiresAt: z.number().exactOptional(),
  lastUsedAt: z.number().exactOptional(),
});

const apiKeyRecord = z.object({
  /** Account id of the person or service account. */
  ownerId: z.string(),
  name: z.string(),
  /** What was given to the key; the owner's roles limit it further at each use. */
  scopes: z.array(z.string()),
  /** Addresses and CIDR ranges that it may be used from; absent: from everywhere. */
  addresses: z.array(z.string()).exactOptional(),
  /** Indicator of the only resource that its tokens are for; absent: of any that its scopes belong to. */
  resource: z.string().exactOptional(),
  /** The newest first; the others end with their overlap. */
  hashes: z.array(hashSchema),
  status: z.enum(['active', 'disabled', 'revoked']),
  /** Milliseconds since the epoch, like all times in records. */
  createdAt: z.number(),
  /** Account id of who made it, where that was not the owner. */
  createdBy: z.string().exactOptional(),
  expiresAt: z.number(),
  revokedAt: z.number().exactOptional(),
  revokedBy: z.string().exactOptional(),
  /** Why, where it was not simply wished. */
  revokedFor: z.enum(['leaked']).exactOptional(),
  /** Of its coming end; see `reminders.ts`. A new secret begins anew. */
  reminder: z
    .object({
      told: z.number().exactOptional(),
      claimedUntil: z.number().exactOptional(),
      /** Accounts that heard already, of those that are to hear of these days. */
      heard: z.object({ days: z.number(), accounts: z.array(z.string()) }).exactOptional(),
    })
    .exactOptional(),
  lastUsed: z
    .object({ at: z.number(), address: z.string().exactOptional(), userAgent: z.string().exactOptional() })
    .exactOptional(),
});

export type ApiKeyRecord = z.infer<typeof apiKeyRecord>;
export type ApiKeys = Collection<ApiKeyRecord>;
export type LastUse = NonNullable<ApiKeyRecord['lastUsed']>;

/** A key without its hashes: what pages, the command line and records may know. */
export interface ApiKey extends Omit<ApiKeyRecord, 'hashes' | 'reminder'> {
  clientId: string;
  /** When each secret was made and last used, and until when a replaced one lasts; the newest first. */
  secrets: { createdAt: number; expiresAt?: number; lastUsedAt?: number }[];
}

/** The document id is the client_id. */
export const apiKeyCollection = defineCollection<ApiKeyRecord>({
  name: 'api_key',
  schema: apiKeyRecord,
  durable: true,
  listable: true,
  indexes: ({ ownerId, status }) => ({ owner: [ownerId], status: [status] }),
});

export type ApiKeyState = 'active' | 'expired' | 'disabled' | 'revoked';

/** What the key is at a moment, in milliseconds since the epoch. */
export function stateOf({ status, expiresAt }: Pick<ApiKeyRecord, 'status' | 'expiresAt'>, now: number): ApiKeyState {
  return status === 'active' && expiresAt <= now ? 'expired' : status;
}

const secretTimes = ({ hash: _hash, ...times }: ApiKeyRecord['hashes'][number]) => times;

/** The key of a stored record. */
export function apiKeyOf({ id, value }: Stored<ApiKeyRecord>): ApiKey {
  const { hashes, reminder: _reminder, ...shown } = value;
  return { clientId: id, ...shown, secrets: hashes.map(secretTimes) };
}

/**
 * Without those of our own interface, which is for people: a leaked key must neither make more of its kind nor administer.
 * Keys made by earlier releases may hold them, and get nothing of them.
 */
export const forKeys = (scopes: readonly string[]): string[] => scopes.filter((scope) => !isReservedScope(scope));

/**
 * What keys need of accounts. `undefined` for an unknown account; `scopes` are the API scopes that a key of this owner may
 * carry now.
 */
export type FindOwner = (ownerId: string) => Promise<{ active: boolean; scopes: readonly string[] } | undefined>;
