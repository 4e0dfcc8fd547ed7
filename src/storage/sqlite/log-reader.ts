// Reading logs: pages and counts, over a whole log or over one of its fields. Appending is in `log.ts`.
import type { Clock } from '../../lib/clock.ts';
import { bounds, entryId, mergeIds, parseEntryId } from '../log-order.ts';
import type { LogEntry, LogQuery, Page } from '../port.ts';
import { endOfPrefix } from '../prefix.ts';
import type { Connection } from './connection.ts';
import type { SqlValue } from './driver.ts';

interface EntryKey {
  at: number;
  sequence: number;
}

export interface LogReader {
  read(log: string, query: LogQuery): Page<LogEntry>;
  count(log: string, query: Pick<LogQuery, 'field' | 'since' | 'until'>): number;
}

const WITHIN = '(e.at, e.sequence) > (?, ?) AND (e.at, e.sequence) < (?, ?) AND expires_at > ?';
const OF_LOG = `FROM entries e WHERE e.log = ? AND ${WITHIN}`;
const OF_FIELD = `FROM entry_fields e JOIN entries USING (sequence) WHERE e.log = ? AND e.name = ? AND e.value = ? AND ${WITHIN}`;

/** The distinct values with a prefix, found by leaping from one to the next rather than by reading every entry. */
const VALUES = `
  WITH RECURSIVE found (value) AS (
    SELECT min(value) FROM entry_fields WHERE log = ? AND name = ? AND value >= ?
    UNION ALL
    SELECT (SELECT min(value) FROM entry_fields WHERE log = ? AND name = ? AND value > found.value)
    FROM found WHERE found.value < ?
  )
  SELECT value FROM found WHERE value < ?`;

export function createLogReader(connection: Connection, clock: Clock): LogReader {
  const keys = (source: string, direction: 'ASC' | 'DESC') =>
    connection.prepare<EntryKey>(
      `SELECT e.at, e.sequence ${source} ORDER BY e.at ${direction}, e.sequence ${direction} LIMIT ?`,
    );
  const keysOfLog = { asc: keys(OF_LOG, 'ASC'), desc: keys(OF_LOG, 'DESC') };
  const keysOfField = { asc: keys(OF_FIELD, 'ASC'), desc: keys(OF_FIELD, 'DESC') };
  const countLog = connection.prepare<{ n: number }>(`SELECT count(*) n ${OF_LOG}`);
  const countField = connection.prepare<{ n: number }>(`SELECT count(*) n ${OF_FIELD}`);
  const values = connection.prepare<{ value: string }>(VALUES);
  const body = connection.prepare<{ value: string }>('SELECT value FROM entries WHERE sequence = ?');

  const span = (query: Omit<LogQuery, 'limit'>): SqlValue[] => {
    const { from, to } = bounds(query);
    const [first, end] = [parseEntryId(from), parseEntryId(to)];
    return [first.at, first.sequence, end.at, end.sequence, clock.now()];
  };
  const toIds = (rows: EntryKey[]): string[] => rows.map(({ at, sequence }) => entryId(at, sequence));

  /** At most `limit` ids, in the query's order. */
  function ids(log: string, query: LogQuery, limit: number): string[] {
    const { field, fieldPrefix, order = 'desc' } = query;
    const within = span({ ...query, order });
    if (field) return toIds(keysOfField[order].all(log, field.name, field.value, ...within, limit));
    if (!fieldPrefix) return toIds(keysOfLog[order].all(log, ...within, limit));

    const { name, prefix } = fieldPrefix;
    const end = endOfPrefix(prefix);
    const lists = values
      .all(log, name, prefix, log, name, end, end)
      .map(({ value }) => toIds(keysOfField[order].all(log, name, value, ...within, limit)));
    return mergeIds(lists, order, limit);
  }

  function entry(id: string): LogEntry[] {
    const { at, sequence } = parseEntryId(id);
    const row = body.get(sequence);
    return row ? [{ id, at, value: JSON.parse(row.value) as unknown }] : [];
  }

  return {
    read(log, query) {
      const found = ids(log, query, query.limit + 1);
      const shown = found.slice(0, query.limit);
      const last = shown.at(-1);
      return { items: shown.flatMap(entry), ...(last !== undefined && found.length > shown.length && { next: last }) };
    },
    count(log, query) {
      const { field } = query;
      const row = field
        ? countField.get(log, field.name, field.value, ...span(query))
        : countLog.get(log, ...span(query));
      return row?.n ?? 0;
    },
  };
}
