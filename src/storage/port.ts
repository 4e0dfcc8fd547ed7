// The storage port: what every adapter provides (`Store`), and the typed face of it that features use
// (`defineCollection`). Adapters live in `sqlite/` and `redis/`; `test/storage/conformance` says what both must do.
import type { z } from 'zod';
import { DomainError } from '../lib/errors.ts';

/** A sort of document, declared once. */
export interface Kind {
  name: string;
  /** Must survive a power cut (accounts, keys, grants). Otherwise the last moments may be lost, never corrupted. */
  durable: boolean;
  /** Has `list` and `count` over all documents; tokens do without that cost. */
  listable: boolean;
}

export interface Doc {
  id: string;
  value: unknown;
  /** 1 for a new document, one more at each write. */
  version: number;
  /** Milliseconds since the epoch. */
  expiresAt?: number;
  /** When `consume` first took it, in milliseconds since the epoch. */
  consumedAt?: number;
}

export interface PutOptions {
  /** Milliseconds to live; absent = for ever, also when an older version had an end. */
  ttl?: number;
  /** Write only over this version; 0 = only when absent. Otherwise `VersionConflict`. */
  ifVersion?: number;
  /** At most one living document of the kind has each value. Otherwise `UniqueConflict`. Replaces the former ones. */
  unique?: Record<string, string>;
  /** Exact-match secondary indexes. Replaces the former ones. */
  indexes?: Record<string, readonly string[]>;
  /** Terms for prefix search, already normalised by the caller (lower case, NFKC). Replaces the former ones. */
  terms?: readonly string[];
}

export interface Page<T> {
  items: T[];
  /** Opaque cursor of the following page; absent on the last. A page may be short and still have a next. */
  next?: string;
}

export interface ListQuery {
  /** Only documents whose index `name` holds `value`. */
  index?: { name: string; value: string };
  /** Only documents of a listable kind with a term that begins with this. Not together with `index`. */
  prefix?: string;
  after?: string;
  limit: number;
}

export interface LogEntry {
  /** Chosen by the store; sorts by `at`, then by the order of appending. Also the cursor of the entry. */
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  value: unknown;
}

export interface AppendOptions {
  /** Milliseconds to keep the entry. */
  keepMs: number;
  /** As of a `Kind`: default true. Otherwise a power cut, but no crash of the process, may take the last moments. */
  durable?: boolean;
  at: number;
  /** Indexed fields, one value each; `read` and `countLog` filter by one of them. */
  fields?: Record<string, string>;
  /** The writer's own id of the event: appended twice under the same `eventId`, it stands once. */
  eventId?: string;
}

export interface LogQuery {
  /** Only entries whose field `name` has this `value`. */
  field?: { name: string; value: string };
  /** Only entries whose field value begins with `prefix`. Not together with `field`. */
  fieldPrefix?: { name: string; prefix: string };
  /** Inclusive, milliseconds since the epoch. */
  since?: number;
  /** Exclusive, milliseconds since the epoch. */
  until?: number;
  /** Default `desc`: newest first. */
  order?: 'asc' | 'desc';
  after?: string;
  limit: number;
}

export type Consumption = { outcome: 'first' | 'again'; doc: Doc } | { outcome: 'missing' };

/**
 * Every method rejects with `DomainError('unavailable')` when the store cannot be reached in time; nothing then tells
 * whether a write happened, and repeating it is safe.
 */
export interface Store {
  /** Expired documents are absent, whether or not they were swept yet. */
  get(kind: Kind, id: string): Promise<Doc | undefined>;
  /** By unique value. */
  find(kind: Kind, index: string, value: string): Promise<Doc | undefined>;
  /** Ordered by id; with `prefix`, by the first matching term. Throws for a kind that is not listable, unless an index is named. */
  list(kind: Kind, query: ListQuery): Promise<Page<Doc>>;
  /** A figure for people: documents that ended early may still be counted for a while. Throws as `list` does. */
  count(kind: Kind, index?: { name: string; value: string }): Promise<number>;
  /** Throws `VersionConflict` or `UniqueConflict`. A put on a consumed document keeps `consumedAt`. */
  put(kind: Kind, id: string, value: unknown, options?: PutOptions): Promise<Doc>;
  /** Exactly one caller ever gets `first`; the document stays until it expires. Does not change `version`. */
  consume(kind: Kind, id: string): Promise<Consumption>;
  /** True when a living document was there. Frees its unique values. */
  delete(kind: Kind, id: string): Promise<boolean>;
  /** Deletes every document whose index holds the value; answers how many. */
  deleteBy(kind: Kind, index: { name: string; value: string }): Promise<number>;

  /** Adds `by` to a counter that begins with the first hit and ends `windowMs` later (fixed window). `by` 0 only looks. */
  hit(counter: string, by: number, windowMs: number): Promise<{ count: number; resetAt: number }>;

  append(log: string, value: unknown, options: AppendOptions): Promise<string>;
  read(log: string, query: LogQuery): Promise<Page<LogEntry>>;
  countLog(log: string, query: Pick<LogQuery, 'field' | 'since' | 'until'>): Promise<number>;

  /** At most once, also to other processes on the same store; a hint, never an authority. */
  publish(channel: string, message: string): Promise<void>;
  /** Resolves to the function that ends the subscription. */
  subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>>;

  /** Rejects when the store cannot serve now; answers within two seconds. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Refused by a store that cannot be reached, is full or was closed; trying again may help. */
export const storageUnavailable = (cause: unknown, detail = 'the store cannot be reached'): DomainError =>
  new DomainError('unavailable', 'storage_unavailable', { cause, retryAfter: 2, detail });

/** Guards the calls that walk a whole kind, which only a listable one allows. */
export function requireListable(kind: Kind): void {
  if (!kind.listable) throw new TypeError(`${kind.name} is not listable: name an index`);
}

/** Somebody else wrote first: read again and retry. */
export class VersionConflict extends DomainError {
  constructor(kind: string) {
    super('conflict', 'version_conflict', { detail: `${kind} was changed by somebody else` });
  }
}

/** Another living document of the kind has this unique value. */
export class UniqueConflict extends DomainError {
  readonly index: string;

  constructor(kind: string, index: string) {
    super('conflict', 'unique_conflict', { detail: `${kind}: ${index} is taken` });
    this.index = index;
  }
}

export interface CollectionDefinition<T> {
  name: string;
  schema: z.ZodType<T>;
  durable: boolean;
  listable?: boolean;
  unique?: (value: T) => Record<string, string>;
  indexes?: (value: T) => Record<string, readonly string[]>;
  /** Values for prefix search; normalised here. */
  terms?: (value: T) => readonly string[];
}

export interface Stored<T> {
  id: string;
  value: T;
  version: number;
  expiresAt?: number;
  consumedAt?: number;
}

export interface Collection<T> {
  get(id: string): Promise<Stored<T> | undefined>;
  findBy(uniqueIndex: string, value: string): Promise<Stored<T> | undefined>;
  /** Throws `VersionConflict` when the id exists, `UniqueConflict` when a unique value is taken. */
  insert(id: string, value: T, options?: { ttl?: number }): Promise<Stored<T>>;
  /**
   * Compare-and-set: `change` is pure and may run again. Answering `undefined` leaves the document as it is.
   * Resolves to the stored document, or `undefined` when there is none. Keeps the remaining time to live.
   */
  update(id: string, change: (old: T) => T | undefined): Promise<Stored<T> | undefined>;
  consume(id: string): Promise<{ outcome: 'first' | 'again'; doc: Stored<T> } | { outcome: 'missing' }>;
  delete(id: string): Promise<boolean>;
  deleteBy(index: string, value: string): Promise<number>;
  list(query: ListQuery): Promise<Page<Stored<T>>>;
  count(index?: { name: string; value: string }): Promise<number>;
}

const UPDATE_TRIES = 50;

/** The form in which prefix-search terms and queries are compared. */
export const searchTerm = (text: string): string => text.normalize('NFKC').toLowerCase().trim();

/** Binds a record's definition to a store. The adapters never learn of records. */
export function defineCollection<T>(
  definition: CollectionDefinition<T>,
): (store: Store, now: () => number) => Collection<T> {
  const kind: Kind = { name: definition.name, durable: definition.durable, listable: definition.listable ?? false };

  const options = (value: T): PutOptions => ({
    ...(definition.unique && { unique: definition.unique(value) }),
    ...(definition.indexes && { indexes: definition.indexes(value) }),
    ...(definition.terms && { terms: definition.terms(value).map(searchTerm) }),
  });
  const typed = (doc: Doc): Stored<T> => ({ ...doc, value: definition.schema.parse(doc.value) });
  const maybe = (doc: Doc | undefined): Stored<T> | undefined => (doc ? typed(doc) : undefined);

  return (store, now) => ({
    get: async (id) => maybe(await store.get(kind, id)),
    findBy: async (index, value) => maybe(await store.find(kind, index, value)),
    insert: async (id, value, { ttl } = {}) =>
      typed(await store.put(kind, id, value, { ...options(value), ifVersion: 0, ...(ttl !== undefined && { ttl }) })),
    async update(id, change) {
      for (let attempt = 1; ; attempt++) {
        const current = maybe(await store.get(kind, id));
        if (!current) return undefined;
        const next = change(current.value);
        if (next === undefined) return current;
        const ttl = current.expiresAt === undefined ? {} : { ttl: Math.max(1, current.expiresAt - now()) };
        try {
          return typed(await store.put(kind, id, next, { ...options(next), ifVersion: current.version, ...ttl }));
        } catch (error) {
          if (!(error instanceof VersionConflict) || attempt === UPDATE_TRIES) throw error;
        }
      }
    },
    async consume(id) {
      const result = await store.consume(kind, id);
      return result.outcome === 'missing' ? result : { outcome: result.outcome, doc: typed(result.doc) };
    },
    delete: (id) => store.delete(kind, id),
    deleteBy: (name, value) => store.deleteBy(kind, { name, value }),
    async list(query) {
      const normalised = query.prefix === undefined ? query : { ...query, prefix: searchTerm(query.prefix) };
      const page = await store.list(kind, normalised);
      return { ...page, items: page.items.map(typed) };
    },
    count: (index) => store.count(kind, index),
  });
}
