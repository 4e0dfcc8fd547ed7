// What leads to a document besides its id, each in a slot of its own: unique values, indexes, terms, the list of a kind.
// They are entered before the document is written and verified when read, so one that dangles after a crash is harmless;
// whoever meets it after the grace takes it out. A unique value is a set that takes one member.
import type { Kind, PutOptions } from '../port.ts';
import { runScript, type Client } from './client.ts';
import { indexKey, kindKey, termsKey, uniqueKey } from './keys.ts';
import { ENTER, LEAVE, UNDO } from './scripts.ts';

/** Longer than any write may be under way; a younger entry may belong to a document about to be written. */
const GRACE_MS = 60_000;

/** What a document says of itself, as kept with it. */
export type Refs = Pick<PutOptions, 'unique' | 'indexes' | 'terms'>;

export interface Reference {
  key: string;
  member: string;
  /** Name of the unique index. */
  unique?: string;
}

export interface Entered {
  reference: Reference;
  /** What stood there before; empty = nothing. */
  former: string;
}

export const termMember = (term: string, id: string): string => `${term}\0${id}`;

/** The members of a reference set in order. */
export const orderKey = (key: string): string => `${key}:order`;

/** The three keys of a reference set. */
export const setKeys = (key: string): string[] => [key, orderKey(key), `${key}:ends`];

/** Every reference that a document needs. */
export function referencesOf(kind: Kind, id: string, { unique = {}, indexes = {}, terms = [] }: Refs): Reference[] {
  return [
    ...Object.entries(unique).map(([name, value]) => ({ key: uniqueKey(kind, name, value), member: id, unique: name })),
    ...Object.entries(indexes).flatMap(([name, values]) =>
      [...new Set(values)].map((value) => ({ key: indexKey(kind, name, value), member: id })),
    ),
    ...(kind.listable ? [{ key: kindKey(kind), member: id }] : []),
    ...(kind.listable
      ? [...new Set(terms)].map((term) => ({ key: termsKey(kind), member: termMember(term, id) }))
      : []),
  ];
}

export interface References {
  /** Answers what was entered, or the member that already has the unique value. */
  enter(reference: Reference, nonce: string, ttl: number | undefined): Promise<Entered | { takenBy: string }>;
  undo(entered: Entered, nonce: string): Promise<void>;
  /** Takes out the entry that the write with this nonce made. */
  leave(reference: Reference, nonce: string): Promise<void>;
  /** Takes out an entry that led nowhere, once the grace is over. Answers whether it did. */
  clean(reference: Reference): Promise<boolean>;
}

export function createReferences(client: Client): References {
  return {
    async enter(reference, nonce, ttl) {
      const args = [reference.member, nonce, ttl ?? '', reference.unique === undefined ? 0 : 1, GRACE_MS];
      const reply = await runScript(client, ENTER, setKeys(reference.key), args);
      const [entered, text] = reply as [0 | 1, string];
      return entered ? { reference, former: text } : { takenBy: text };
    },
    async undo({ reference, former }, nonce) {
      await runScript(client, UNDO, setKeys(reference.key), [reference.member, nonce, former]);
    },
    async leave(reference, nonce) {
      await runScript(client, LEAVE, setKeys(reference.key), [reference.member, nonce, GRACE_MS]);
    },
    async clean(reference) {
      return (await runScript(client, LEAVE, setKeys(reference.key), [reference.member, '', GRACE_MS])) === 1;
    },
  };
}
