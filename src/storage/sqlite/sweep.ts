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
  stop(): void;
}

/** Sweeps every 30 seconds; `also` runs once in each round. */
export function startSweeper(
  connection: Connection,
  { clock, also, onError }: { clock: Clock; also(): void; onError(error: unknown): void },
): Sweeper {
  const statements = EXPIRED.map((sql) => connection.prepare(sql));
  let pause: NodeJS.Immediate | undefined;

  function sweepBatch(): void {
    try {
      const full = statements.filter((statement) => statement.run(clock.now()).changes === BATCH);
      if (full.length > 0) pause = setImmediate(sweepBatch);
      else also();
    } catch (error) {
      onError(error);
    }
  }

  const timer = setInterval(sweepBatch, EVERY_MS).unref();
  return {
    stop() {
      clearInterval(timer);
      clearImmediate(pause);
    },
  };
}
