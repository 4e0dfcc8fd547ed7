// One connection to the database file, and what its failures mean to callers of the port.
import { isDomainError } from '../../lib/errors.ts';
import { storageUnavailable } from '../port.ts';
import type { Database, Statement } from './driver.ts';

/** The event loop stands still while SQLite waits for another process. */
const BUSY_TIMEOUT_MS = 2000;
/** Random ids touch many pages; with SQLite's own 2 MiB a write costs about a quarter more. */
const CACHE_KIB = 16_384;
const CHECKPOINT_PAGES = 4000;

/** Result codes of <https://sqlite.org/rescode.html> that only a mistake of ours brings: ERROR, CONSTRAINT, MISMATCH, MISUSE, RANGE. */
const OUR_MISTAKES = new Set([1, 19, 20, 21, 25]);

export interface Connection {
  exec(sql: string): void;
  prepare<Row = unknown>(sql: string): Statement<Row>;
  /** Runs `work` under the write lock; all of its writes stand, or none when it throws. Not to be nested. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** `FULL` survives a power cut; `NORMAL` may then lose the last commits, without corruption. */
export function createConnection(database: Database, synchronous: 'FULL' | 'NORMAL'): Connection {
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = ON`);
  database.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');

  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => database.prepare(sql),
    transaction(work) {
      begin.run();
      try {
        const result = work();
        commit.run();
        return result;
      } catch (error) {
        rollBack(database);
        throw error;
      }
    },
    close: () => database.close(),
  };
}

/** An I/O error may already have ended the transaction. */
function rollBack(database: Database): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // Nothing is left to undo.
  }
}

/** Turns trouble with the file (busy, full, I/O error, closed) into `storage_unavailable`; anything else passes. */
export function translated(error: unknown): unknown {
  if (isDomainError(error) || !(error instanceof Error)) return error;
  const { code, errcode } = error as Error & { code?: string; errcode?: number };
  if (code === 'ERR_INVALID_STATE') return storageUnavailable(error);
  const trouble = code === 'ERR_SQLITE_ERROR' && errcode !== undefined && !OUR_MISTAKES.has(errcode & 0xff);
  return trouble ? storageUnavailable(error) : error;
}

/** The asynchronous face of synchronous work on a connection. */
export async function attempt<T>(work: () => T): Promise<T> {
  try {
    return work();
  } catch (error) {
    throw translated(error);
  }
}
