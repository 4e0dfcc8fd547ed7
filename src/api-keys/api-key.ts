// The API key record: an OAuth client (client credentials, RFC 6749 §4.4) that belongs to an account. `issue.ts` makes and
// rotates keys, `verify.ts` checks them, `lifecycle.ts` lists and ends them.
import { z } from 'zod';
import { defineCollection, type Collection, type Stored } from '../storage/port.ts';

const hashSchema = z.object({
  /** HMAC-SHA-256 of the whole key under a pepper, base64url. */
  hash: z.string(),
  createdAt: z.number(),
  /** Set when a rotation replaced it: accepted until then. */
  expiresAt: z.number().exactOptional(),
});

const apiKeyRecord = z.object({
  /** Account id of the person or service account. */
  ownerId: z.string(),
  name: z.string(),
  /** What was given to the key; the owner's roles limit it further at each use. */
  scopes: z.array(z.string()),
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
  lastUsed: z
    .object({ at: z.number(), address: z.string().exactOptional(), userAgent: z.string().exactOptional() })
    .exactOptional(),
});

export type ApiKeyRecord = z.infer<typeof apiKeyRecord>;
export type ApiKeys = Collection<ApiKeyRecord>;
export type LastUse = NonNullable<ApiKeyRecord['lastUsed']>;

/** A key without its hashes: what pages, the command line and records may know. */
export interface ApiKey extends Omit<ApiKeyRecord, 'hashes'> {
  clientId: string;
  /** When each accepted secret was made, and until when a replaced one lasts. */
  secrets: { createdAt: number; expiresAt?: number }[];
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

const secretTimes = ({ createdAt, expiresAt }: ApiKeyRecord['hashes'][number]) => ({
  createdAt,
  ...(expiresAt !== undefined && { expiresAt }),
});

/** The key of a stored record. */
export function apiKeyOf({ id, value }: Stored<ApiKeyRecord>): ApiKey {
  const { hashes, ...shown } = value;
  return { clientId: id, ...shown, secrets: hashes.map(secretTimes) };
}

/**
 * What keys need of accounts. `undefined` for an unknown account; `scopes` are the API scopes that a key of this owner may
 * carry now.
 */
export type FindOwner = (ownerId: string) => Promise<{ active: boolean; scopes: readonly string[] } | undefined>;
