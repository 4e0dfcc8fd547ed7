// Counters with a fixed window, for rate limits. Hits of one turn of the event loop share a transaction: under load the
// commit, not the counting, is what they cost.
import type { Clock } from '../../lib/clock.ts';
import { translated, type Connection } from './connection.ts';

interface CounterRow {
  count: number;
  reset_at: number;
}

interface Count {
  count: number;
  resetAt: number;
}

interface Hit {
  counter: string;
  by: number;
  windowMs: number;
  resolve(count: Count): void;
  reject(error: unknown): void;
}

export interface Counters {
  hit(counter: string, by: number, windowMs: number): Promise<Count>;
  /** Counts what still waits. */
  flush(): void;
}

export function createCounters(connection: Connection, clock: Clock): Counters {
  const count = createCount(connection, clock);
  let waiting: Hit[] = [];

  function flush(): void {
    const batch = waiting;
    waiting = [];
    const work = () => batch.map(count);
    try {
      const counts = batch.length > 1 ? connection.transaction(work) : work();
      batch.forEach(({ resolve }, position) => resolve(counts[position] as Count));
    } catch (error) {
      for (const { reject } of batch) reject(translated(error));
    }
  }

  return {
    hit: (counter, by, windowMs) =>
      new Promise((resolve, reject) => {
        waiting.push({ counter, by, windowMs, resolve, reject });
        if (waiting.length === 1) setImmediate(flush);
      }),
    flush,
  };
}

function createCount(connection: Connection, clock: Clock) {
  const look = connection.prepare<CounterRow>('SELECT count, reset_at FROM counters WHERE name = ? AND reset_at > ?');
  const add = connection.prepare<CounterRow>(
    `INSERT INTO counters AS c (name, count, reset_at) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET
       count = excluded.count + iif(c.reset_at > ?, c.count, 0),
       reset_at = iif(c.reset_at > ?, c.reset_at, excluded.reset_at)
     RETURNING count, reset_at`,
  );

  return ({ counter, by, windowMs }: Hit): Count => {
    const now = clock.now();
    const row = by === 0 ? look.get(counter, now) : add.get(counter, by, now + Math.ceil(windowMs), now, now);
    return row ? { count: row.count, resetAt: row.reset_at } : { count: 0, resetAt: now + Math.ceil(windowMs) };
  };
}
