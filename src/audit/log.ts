// The log of authorization records, append only: who got or used which permission, when, from where. Events are in
// `event.ts`; whether the log was tampered with is told by `verify.ts`.
import { z } from 'zod';
import type { SecretList } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import type { LogEntry, LogQuery, Page, Store } from '../storage/port.ts';
import { AUDIT_LOG, nextLink, type LastLink, type Link } from './chain.ts';
import { AUDIT_EVENTS, type Audit, type AuditEvent, type AuditEventType } from './event.ts';
import { redact } from './redact.ts';
import { verifyAuditLog, type ChainReport } from './verify.ts';

// The type is open here: a log outlives releases, and an older process reads what a newer one wrote.
const storedEvent = z.object({
  type: z.string(),
  outcome: z.enum(['success', 'failure']),
  at: z.number(),
  actor: z.string().exactOptional(),
  via: z.string().exactOptional(),
  account: z.string().exactOptional(),
  client: z.string().exactOptional(),
  scopes: z.array(z.string()).exactOptional(),
  grant: z.string().exactOptional(),
  address: z.string().exactOptional(),
  userAgent: z.string().exactOptional(),
  requestId: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).exactOptional(),
});
const storedEntry = z.object({ event: storedEvent });

type StoredEvent = z.infer<typeof storedEvent>;

/** One authorization record, as read. `at` in milliseconds since the epoch. */
export interface AuditRecord extends StoredEvent {
  id: string;
}

export interface AuditQuery {
  account?: string;
  client?: string;
  /** A whole type or its beginning, such as `sign_in.`. */
  type?: string;
  /** Whole types, any of them. */
  types?: readonly string[];
  /** Inclusive, milliseconds since the epoch. */
  since?: number;
  /** Exclusive. */
  until?: number;
  /** Newest first when absent. */
  order?: 'asc' | 'desc';
  after?: string;
  limit: number;
}

export interface AuditLog extends Audit {
  /**
   * Rejects only for events that `AUDIT_EVENTS` calls `required`, with `record_failed` (`unavailable`): do the act, record
   * it, answer. Whatever could not be written is kept in memory and tried again with later events.
   */
  record(event: AuditEvent): Promise<void>;
  /** A page may be short and still have a next. */
  list(query: AuditQuery): Promise<Page<AuditRecord>>;
  /** What was refused within one request, oldest first. */
  refusedIn(requestId: string): Promise<AuditRecord[]>;
  /** Whether the log is as it was written. Reads all of it. */
  verify(): Promise<ChainReport>;
  /** Waits for what is being written, and tries once more to write what is still unwritten. */
  close(): Promise<void>;
}

export interface AuditLogDeps {
  store: Store;
  clock: Clock;
  /** Seconds to keep a record. */
  keepSeconds: () => number;
  /** Seal the chain; a secret must stay in the list for as long as records sealed under it are kept. */
  secrets: () => SecretList;
  /** Names this process in the chain; random and never used before. */
  writer: string;
  /** An event that could not be written now. */
  onError: (error: unknown) => void;
}

const isRequired = (type: string): boolean => AUDIT_EVENTS[type as AuditEventType] === 'required';

interface Entry {
  event: StoredEvent;
  link: Link;
}

/** Entries kept in memory while the store is away; beyond it the oldest are given up, and `verify` will miss them. */
const MAX_UNWRITTEN = 1000;
/** Former entries tried again with each event, so that a store that comes back is not overrun. */
const RETRIES = 10;
/** A request leaves one refusal, seldom two. */
const MAX_OF_REQUEST = 20;
/** Reads of the store for one page of a query that filters by more than one field. */
const MAX_READS = 10;

export function createAuditLog(deps: AuditLogDeps): AuditLog {
  const { store, clock, keepSeconds, secrets, writer, onError } = deps;
  let last: LastLink | undefined;
  let unwritten: Entry[] = [];
  const writing = new Set<Promise<boolean>>();

  // Makes the link without waiting, so that concurrent events have their places in the chain.
  function seal(event: AuditEvent): Entry {
    const clean = storedEvent.parse(redact({ ...event, at: event.at ?? clock.now() }));
    const link = nextLink(secrets(), writer, clean, last);
    last = { seq: link.seq, hash: link.hash, at: clean.at };
    return { event: clean, link };
  }

  function write(entry: Entry): Promise<boolean> {
    const written = append(entry).finally(() => writing.delete(written));
    writing.add(written);
    return written;
  }

  async function append(entry: Entry): Promise<boolean> {
    const { event, link } = entry;
    const options = {
      keepMs: keepSeconds() * 1000,
      at: event.at,
      fields: fieldsOf(event),
      eventId: `${writer}:${link.seq}`,
      durable: isRequired(event.type),
    };
    try {
      await store.append(AUDIT_LOG, entry, options);
      return true;
    } catch (error) {
      unwritten = [...unwritten, entry].slice(-MAX_UNWRITTEN);
      onError(error);
      return false;
    }
  }

  async function sealAndWrite(event: AuditEvent): Promise<boolean> {
    try {
      const entry = seal(event);
      const [written] = await Promise.all([entry, ...unwritten.splice(0, RETRIES)].map(write));
      return written === true;
    } catch (error) {
      onError(error);
      return false;
    }
  }

  return {
    async record(event) {
      const written = await sealAndWrite(event);
      if (!written && isRequired(event.type)) throw new DomainError('unavailable', 'record_failed');
    },

    async list({ after, limit, order = 'desc', ...filter }) {
      const items: AuditRecord[] = [];
      let next = after;
      for (let reads = 0; reads < MAX_READS && items.length < limit; reads++) {
        const rest = { ...(next !== undefined && { after: next }), order, limit: limit - items.length };
        const page = await store.read(AUDIT_LOG, { ...narrowest(filter), ...rest });
        items.push(...page.items.map(recordOf).filter((record) => isWanted(record, filter)));
        next = page.next;
        if (next === undefined) break;
      }
      return { items, ...(next !== undefined && { next }) };
    },

    async refusedIn(requestId) {
      const field = { name: 'request', value: requestId };
      return (await store.read(AUDIT_LOG, { field, order: 'asc', limit: MAX_OF_REQUEST })).items.map(recordOf);
    },

    verify: () => verifyAuditLog({ store, secrets: secrets(), keptSince: clock.now() - keepSeconds() * 1000 }),

    async close() {
      await Promise.all(writing);
      await Promise.all(unwritten.splice(0).map(write));
    },
  };
}

type Filter = Omit<AuditQuery, 'after' | 'limit' | 'order'>;

const fieldsOf = ({ account, client, type, outcome, requestId }: StoredEvent): Record<string, string> => ({
  type,
  // Only refusals are asked for by the id that their reader holds.
  ...(outcome === 'failure' && requestId !== undefined && { request: requestId }),
  ...(account !== undefined && { account }),
  ...(client !== undefined && { client }),
});

/** The store filters by one field, the one that leaves the fewest entries; `isWanted` does the rest. */
function narrowest({ account, client, type, since, until }: Filter): Omit<LogQuery, 'limit'> {
  const from = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
  if (account !== undefined) return { ...from, field: { name: 'account', value: account } };
  if (client !== undefined) return { ...from, field: { name: 'client', value: client } };
  if (type !== undefined) return { ...from, fieldPrefix: { name: 'type', prefix: type } };
  return from;
}

const isWanted = (record: AuditRecord, { account, client, type, types }: Filter): boolean =>
  (account === undefined || record.account === account) &&
  (client === undefined || record.client === client) &&
  (type === undefined || record.type.startsWith(type)) &&
  (types === undefined || types.includes(record.type));

const recordOf = ({ id, value }: LogEntry): AuditRecord => ({ id, ...storedEntry.parse(value).event });
