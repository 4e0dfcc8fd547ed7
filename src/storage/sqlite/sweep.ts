// Housekeeping: deletes what has expired, in batches between which requests are served. Reads never rely on it.
import type { Clock } from '../../lib/clock.ts';
import type { Connection } from './connection.ts';

const EVERY_MS = 30_000;
const BATCH = 200;

const EXPIRED = [
  `DELETE FROM documents WHERE doc IN (SELECT doc FROM documents WHERE expires_at <= ? LIMIT ${BATCH})`,
  `DELETE FROM counters WHERE name IN (SELECT name FROM counters WHERE reset_at <= ? LIMIT ${BATCH})`,
  `DELETE FROM entries WHERE sequence IN (SELECT sequence FROM entries WHERE expires_at <= ? LIMIT ${BATCH})`,
];

export interface Sweeper {
  /** Sweeps every 30 seconds from now on. */
  start(): void;
  /** Deletes a batch of each sort, and goes on in the next turn of the event loop while batches are full. */
  sweep(): void;
  stop(): void;
}

/** `also` runs once at the end of each round. */
export function createSweeper(
  connection: Connection,
  { clock, also, onError }: { clock: Clock; also(): void; onError(error: unknown): void },
): Sweeper {
  const statements = EXPIRED.map((sql) => connection.prepare(sql));
  let timer: NodeJS.Timeout | undefined;
  let pause: NodeJS.Immediate | undefined;

  function sweep(): void {
    try {
      const full = statements.filter((statement) => statement.run(clock.now()).changes === BATCH);
      if (full.length > 0) pause = setImmediate(sweep);
      else also();
    } catch (error) {
      onError(error);
    }
  }

  return {
    start() {
      timer = setInterval(sweep, EVERY_MS).unref();
    },
    sweep,
    stop() {
      clearInterval(timer);
      clearImmediate(pause);
    },
  };
}
