// Appending to logs; reading is in `log-reader.ts`. Appends of one turn of the event loop share a transaction, so that the
// disk is waited for once, not once each.
import type { Clock } from '../../lib/clock.ts';
import { entryId } from '../log-order.ts';
import type { AppendOptions } from '../port.ts';
import { translated, type Connection } from './connection.ts';

interface Append {
  log: string;
  text: string;
  options: AppendOptions;
  resolve(id: string): void;
  reject(error: unknown): void;
}

export interface LogWriter {
  append(log: string, value: unknown, options: AppendOptions): Promise<string>;
  /** Writes what still waits. */
  flush(): void;
}

export function createLogWriter(connection: Connection, clock: Clock): LogWriter {
  const insertEntry = createEntryInsert(connection, clock);
  let waiting: Append[] = [];

  function flush(): void {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      const ids = connection.transaction(() => batch.map(({ log, text, options }) => insertEntry(log, text, options)));
      batch.forEach(({ resolve }, position) => resolve(ids[position] ?? ''));
    } catch (error) {
      for (const { reject } of batch) reject(translated(error));
    }
  }

  return {
    append(log, value, options) {
      const text = JSON.stringify(value);
      return new Promise((resolve, reject) => {
        waiting.push({ log, text, options, resolve, reject });
        if (waiting.length === 1) setImmediate(flush);
      });
    },
    flush,
  };
}

/** Runs inside a transaction. Answers the entry's id; that of the first one for an `eventId` seen before. */
function createEntryInsert(connection: Connection, clock: Clock) {
  const known = connection.prepare<{ at: number; sequence: number; expires_at: number }>(
    'SELECT at, sequence, expires_at FROM entries WHERE log = ? AND event_id = ?',
  );
  const remove = connection.prepare('DELETE FROM entries WHERE sequence = ?');
  const insert = connection.prepare<{ sequence: number }>(
    'INSERT INTO entries (log, at, value, event_id, expires_at) VALUES (?, ?, ?, ?, ?) RETURNING sequence',
  );
  const addField = connection.prepare(
    'INSERT INTO entry_fields (log, name, value, at, sequence) VALUES (?, ?, ?, ?, ?)',
  );

  return (log: string, text: string, { at, keepMs, fields = {}, eventId }: AppendOptions): string => {
    const former = eventId === undefined ? undefined : known.get(log, eventId);
    if (former && former.expires_at > clock.now()) return entryId(former.at, former.sequence);
    if (former) remove.run(former.sequence);

    const moment = Math.max(0, Math.floor(at));
    const row = insert.get(log, moment, text, eventId ?? null, clock.now() + Math.ceil(keepMs));
    const sequence = row?.sequence ?? 0;
    for (const [name, value] of Object.entries(fields)) addField.run(log, name, value, moment, sequence);
    return entryId(moment, sequence);
  };
}
