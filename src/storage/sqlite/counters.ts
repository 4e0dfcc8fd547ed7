// Counters with a fixed window, for rate limits.
import type { Clock } from '../../lib/clock.ts';
import type { Connection } from './connection.ts';

interface CounterRow {
  count: number;
  reset_at: number;
}

export type Hit = (counter: string, by: number, windowMs: number) => { count: number; resetAt: number };

export function createCounters(connection: Connection, clock: Clock): Hit {
  const look = connection.prepare<CounterRow>('SELECT count, reset_at FROM counters WHERE name = ? AND reset_at > ?');
  const add = connection.prepare<CounterRow>(
    `INSERT INTO counters AS c (name, count, reset_at) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET
       count = excluded.count + iif(c.reset_at > ?, c.count, 0),
       reset_at = iif(c.reset_at > ?, c.reset_at, excluded.reset_at)
     RETURNING count, reset_at`,
  );

  return (counter, by, windowMs) => {
    const now = clock.now();
    const row = by === 0 ? look.get(counter, now) : add.get(counter, by, now + Math.ceil(windowMs), now, now);
    return row ? { count: row.count, resetAt: row.reset_at } : { count: 0, resetAt: now + Math.ceil(windowMs) };
  };
}
