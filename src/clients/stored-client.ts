// The record of a client that no file manages: made by an administrator, or by registration (RFC 7591). Its settings stand as a
// file would have them and are judged at each reading (`config/outside-client.ts`); of its secrets only hashes stand here.
import { z } from 'zod';
import { defineCollection } from '../storage/port.ts';

const moment = z.number();

const storedClient = z.object({
  origin: z.enum(['console', 'registration']),
  settings: z.record(z.string(), z.unknown()),
  /** The newest first; none for a public client. */
  secrets: z.array(z.object({ id: z.string(), hash: z.string(), createdAt: moment, createdBy: z.string() })),
  /** Milliseconds since the epoch; by an account id, `operator`, or the id of an initial access token. */
  createdAt: moment,
  createdBy: z.string(),
  changedAt: moment,
  changedBy: z.string(),
  /** Absent while it is in use. `superseded`: a file has its id now. */
  disabled: z
    .object({ at: moment, by: z.string(), why: z.enum(['superseded', 'deleted']).exactOptional() })
    .exactOptional(),
  expiresAt: moment.exactOptional(),
  /** How often it showed people something else or led elsewhere: what they gave to a former edition of it counts for nothing. */
  edition: z.number().exactOptional(),
  /** What only a registered client has. */
  registration: z
    .object({
      /** SHA-256 of the registration access token (RFC 7592 §3). */
      tokenHash: z.string(),
      authMethod: z.enum(['none', 'client_secret_basic', 'client_secret_post']),
    })
    .exactOptional(),
});

export type StoredClient = z.output<typeof storedClient> & { id: string };
export type StoredClientRecord = z.output<typeof storedClient>;

export const storedClientCollection = defineCollection({
  name: 'stored_client',
  schema: storedClient,
  durable: true,
  listable: true,
});

export const CLIENT_ID_PREFIX = 'app_';
const CLIENT_ID = /^app_[0-9A-Za-z]{16}$/;

/** Whether an id could be one of ours: for others the store is not asked. */
export const isStoredClientId = (id: string): boolean => CLIENT_ID.test(id);

export const isInUse = (
  { disabled, expiresAt }: Pick<StoredClientRecord, 'disabled' | 'expiresAt'>,
  now: number,
): boolean => disabled === undefined && (expiresAt === undefined || expiresAt > now);
