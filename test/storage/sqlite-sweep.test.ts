// Housekeeping of the SQLite adapter: what expired leaves the file, with everything that led to it.
import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { createConnection } from '../../src/storage/sqlite/connection.ts';
import { createDocuments } from '../../src/storage/sqlite/documents.ts';
import { loadDriver } from '../../src/storage/sqlite/driver.ts';
import { migrate } from '../../src/storage/sqlite/migrations.ts';
import { createSweeper } from '../../src/storage/sqlite/sweep.ts';

test('a sweep deletes every expired document and its references, and nothing that lives', async (t) => {
  let now = 0;
  const clock = { now: () => now };
  const connection = createConnection((await loadDriver())(':memory:'), 'NORMAL');
  t.teardown(() => connection.close());
  migrate(connection);
  const documents = createDocuments(connection, clock);
  const kind = { name: 'k', durable: false, listable: true };
  for (let n = 0; n < 450; n++) {
    const id = `id${n}`;
    documents.put(kind, id, n, { ttl: 1000, unique: { id }, indexes: { all: ['x'] }, terms: [id] });
  }
  documents.put(kind, 'living', 1, { ttl: 5000, indexes: { all: ['x'] } });
  documents.put(kind, 'permanent', 1);

  now = 2000;
  let rounds = 0;
  const sweeper = createSweeper(connection, { clock, also: () => rounds++, onError: (error) => t.fail(String(error)) });
  sweeper.sweep();
  for (let n = 0; n < 10; n++) await turn();

  const count = (table: string) => connection.prepare<{ n: number }>(`SELECT count(*) n FROM ${table}`).get()?.n;
  t.is(count('documents'), 2);
  t.is(count('unique_values'), 0);
  t.is(count('index_values'), 1);
  t.is(count('terms'), 0);
  t.is(rounds, 1);
});
