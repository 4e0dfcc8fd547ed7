// The order of log entries, the same in both adapters: an entry's id is its `at` and then a sequence number, both padded,
// so that ids sort as text in the order in which the port promises them.
import { cursorInvalid } from './cursor.ts';
import type { LogQuery } from './port.ts';

const AT_DIGITS = 15;
const SEQUENCE_DIGITS = 12;
const ENTRY_ID = /^[0-9]{27}$/;

/** `at` as it begins an id. */
export const paddedAt = (at: number): string => String(Math.max(0, Math.floor(at))).padStart(AT_DIGITS, '0');

export const entryId = (at: number, sequence: number): string =>
  paddedAt(at) + String(sequence).padStart(SEQUENCE_DIGITS, '0');

/** Throws `cursor_invalid` for a text that is no entry id. */
export function parseEntryId(id: string): { at: number; sequence: number } {
  if (!ENTRY_ID.test(id)) throw cursorInvalid();
  return { at: Number(id.slice(0, AT_DIGITS)), sequence: Number(id.slice(AT_DIGITS)) };
}

const FIRST = entryId(0, 0);
const END = '9'.repeat(AT_DIGITS + SEQUENCE_DIGITS);

/** Ids between which the query's entries lie, both exclusive. Sequence numbers begin with 1. */
export function bounds({ since, until, order, after }: Omit<LogQuery, 'limit'>): { from: string; to: string } {
  const from = since === undefined ? FIRST : entryId(Math.ceil(since), 0);
  const to = until === undefined ? END : entryId(Math.ceil(until), 0);
  if (after === undefined) return { from, to };
  parseEntryId(after);
  return order === 'asc' ? { from: after > from ? after : from, to } : { from, to: after < to ? after : to };
}

/** The first `limit` ids of several sorted lists that share no id. */
export function mergeIds(lists: readonly (readonly string[])[], order: LogQuery['order'], limit: number): string[] {
  const ids = lists.flat().sort();
  return (order === 'asc' ? ids : ids.reverse()).slice(0, limit);
}
