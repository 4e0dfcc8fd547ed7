// The SQLite driver: `node:sqlite`, or on Node.js 20 the optional package with the same API. Nobody else imports either.
import { DomainError } from '../../lib/errors.ts';

export type SqlValue = string | number | null;

export interface Statement<Row> {
  run(...values: SqlValue[]): { changes: number | bigint };
  get(...values: SqlValue[]): Row | undefined;
  all(...values: SqlValue[]): Row[];
}

export interface Database {
  exec(sql: string): void;
  prepare<Row>(sql: string): Statement<Row>;
  close(): void;
}

interface Driver {
  DatabaseSync: new (path: string) => Database;
}

const FALLBACK: string = '@photostructure/sqlite';

/** Throws `sqlite_missing` on Node.js 20 when the optional package was not installed. */
export async function loadDriver(): Promise<(path: string) => Database> {
  const builtIn = Number.parseInt(process.versions.node, 10) >= 22;
  const { DatabaseSync } = await (builtIn ? silently(() => import('node:sqlite')) : importFallback());
  return (path) => new (DatabaseSync as Driver['DatabaseSync'])(path);
}

async function importFallback(): Promise<Driver> {
  try {
    const driver: Driver = await import(FALLBACK);
    return driver;
  } catch (cause) {
    const detail = `Node.js 20 needs the optional package ${FALLBACK} for SQLite; Node.js 24 needs none`;
    throw new DomainError('invalid', 'sqlite_missing', { cause, detail });
  }
}

/** Node.js 22 calls `node:sqlite` experimental at each import; other warnings pass. */
async function silently<T>(load: () => Promise<T>): Promise<T> {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).startsWith('SQLite is an experimental'))
      Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return await load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
