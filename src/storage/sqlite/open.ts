// The embedded store: one file, or memory. Puts the parts of this folder together and gives them the port's face.
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import { storageUnavailable, type Kind, type Store } from '../port.ts';
import { createChannel } from './channel.ts';
import { attempt, createConnection, translated, type Connection } from './connection.ts';
import { createCounters } from './counters.ts';
import { createDocuments, type Documents } from './documents.ts';
import { loadDriver } from './driver.ts';
import { createLists } from './lists.ts';
import { createLogReader } from './log-reader.ts';
import { createLogWriter } from './log.ts';
import { migrate } from './migrations.ts';
import { createSweeper } from './sweep.ts';

export interface SqliteOptions {
  clock: Clock;
  onError(error: unknown): void;
}

/** `path` is absolute, or `:memory:`. A new file is readable by its owner alone. */
export async function openSqlite(path: string, options: SqliteOptions): Promise<Store> {
  const openDatabase = await loadDriver();
  const shared = path !== ':memory:';
  const connect = (synchronous: 'FULL' | 'NORMAL'): Connection => createConnection(openDatabase(path), synchronous);
  return attempt(() => {
    if (shared) createFile(path);
    const durable = connect('FULL');
    try {
      migrate(durable);
      return assemble(durable, shared ? connect('NORMAL') : durable, shared, options);
    } catch (error) {
      durable.close();
      throw translated(error);
    }
  });
}

function createFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
  } catch (cause) {
    throw storageUnavailable(cause, `the database file cannot be opened: ${messageOf(cause)}`);
  }
}

/** What must survive a power cut is written through `durable`; the rest, and every read, goes through `relaxed`. */
function assemble(durable: Connection, relaxed: Connection, shared: boolean, { clock, onError }: SqliteOptions): Store {
  const documents = createDocuments(relaxed, clock);
  const durableDocuments = relaxed === durable ? documents : createDocuments(durable, clock);
  const writing = (kind: Kind): Documents => (kind.durable ? durableDocuments : documents);
  const lists = createLists(relaxed, clock);
  const counters = createCounters(relaxed, clock);
  const logWriter = createLogWriter(durable, clock);
  const relaxedLogWriter = relaxed === durable ? logWriter : createLogWriter(relaxed, clock);
  const logReader = createLogReader(relaxed, clock);
  const channel = createChannel(relaxed, { clock, shared, onError });
  const sweeper = createSweeper(relaxed, { clock, also: channel.sweep, onError });
  const probe = relaxed.prepare('PRAGMA user_version');

  let closed = false;

  sweeper.start();

  const close = (): void => {
    if (closed) return;
    closed = true;
    for (const writer of new Set([relaxedLogWriter, logWriter, counters])) writer.flush();
    sweeper.stop();
    channel.close();
    for (const connection of new Set([relaxed, durable])) connection.close();
  };

  return {
    get: (kind, id) => attempt(() => documents.get(kind, id)),
    find: (kind, index, value) => attempt(() => documents.find(kind, index, value)),
    list: (kind, query) => attempt(() => lists.list(kind, query)),
    count: (kind, index) => attempt(() => lists.count(kind, index)),
    put: (kind, id, value, putOptions) => attempt(() => writing(kind).put(kind, id, value, putOptions)),
    consume: (kind, id) => attempt(() => writing(kind).consume(kind, id)),
    delete: (kind, id) => attempt(() => writing(kind).delete(kind, id)),
    deleteBy: (kind, index) => attempt(() => writing(kind).deleteBy(kind, index)),
    hit: counters.hit,
    append: (log, value, appendOptions) =>
      (appendOptions.durable === false ? relaxedLogWriter : logWriter).append(log, value, appendOptions),
    read: (log, query) => attempt(() => logReader.read(log, query)),
    countLog: (log, query) => attempt(() => logReader.count(log, query)),
    publish: (name, message) => attempt(() => channel.publish(name, message)),
    async subscribe(name, listener) {
      const end = await attempt(() => channel.subscribe(name, listener));
      return () => attempt(end);
    },
    ping: () => attempt(() => void probe.get()),
    close: () => attempt(close),
  };
}
