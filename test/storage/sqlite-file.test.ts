// What only a SQLite file has: its permissions, its layout version, crashes and locks.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../src/lib/clock.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Store } from '../../src/storage/port.ts';
import { loadDriver } from '../../src/storage/sqlite/driver.ts';
import { temporaryFolder } from './open-sqlite.ts';
import { CRASH_KIND, CRASH_LOG } from './write-until-killed.ts';

async function open(t: ExecutionContext, dataFolder: string): Promise<Store> {
  const store = await openStorage('sqlite:test.db', { dataFolder, clock: systemClock });
  t.teardown(() => store.close());
  return store;
}

const kind = { name: 'k', durable: true, listable: true };

test('the file is readable by its owner alone, and its folder is made', async (t) => {
  const folder = join(await temporaryFolder(t), 'a', 'b');
  const store = await open(t, folder);
  await store.put(kind, 'a', 1);
  t.is((await stat(join(folder, 'test.db'))).mode & 0o777, 0o600);
  t.is((await stat(join(folder, 'test.db-wal'))).mode & 0o777, 0o600);
});

test('documents outlive a close', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await open(t, folder);
  await first.put(kind, 'a', 1, { unique: { u: 'x' } });
  await first.close();
  const second = await open(t, folder);
  t.is((await second.find(kind, 'u', 'x'))?.value, 1);
});

test('a file of a newer layout is refused by both version numbers, and left as it is', async (t) => {
  const folder = await temporaryFolder(t);
  await (await open(t, folder)).close();
  const database = (await loadDriver())(join(folder, 'test.db'));
  database.exec('PRAGMA user_version = 99');
  database.close();
  const before = await readFile(join(folder, 'test.db'));
  const error = await t.throwsAsync(open(t, folder));
  t.like(error, { kind: 'conflict', code: 'storage_newer' });
  t.regex(error.message, /version 99.*up to 1/);
  t.deepEqual(await readFile(join(folder, 'test.db')), before);
});

test('ten processes may open a new file at once', async (t) => {
  const folder = await temporaryFolder(t);
  const module = new URL('../../src/storage/open.js', import.meta.url).href;
  const script = `const { openStorage } = await import(${JSON.stringify(module)});
    const store = await openStorage('sqlite:test.db', { dataFolder: ${JSON.stringify(folder)}, clock: Date });
    await store.hit('opened', 1, 60000); await store.close();`;
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  const outputs = await Promise.all(Array.from({ length: 10 }, run));
  t.true(outputs.every(({ stderr }) => stderr === ''));
  t.is((await (await open(t, folder)).hit('opened', 0, 60_000)).count, 10);
});

test('a file that is no database is refused as unavailable', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'test.db'), 'not a database '.repeat(500));
  await t.throwsAsync(open(t, folder), { name: 'DomainError', message: /./ });
});

test('a file that cannot be opened is named', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'file'), '');
  const error = await t.throwsAsync(open(t, join(folder, 'file')));
  t.like(error, { kind: 'unavailable', code: 'storage_unavailable' });
  t.regex(error.message, /test\.db|file/);
});

test('a store locked by another process is unavailable, and serves again when the lock is gone', async (t) => {
  const folder = await temporaryFolder(t);
  const store = await open(t, folder);
  const database = (await loadDriver())(join(folder, 'test.db'));
  database.exec('BEGIN IMMEDIATE');
  const error = await t.throwsAsync(store.put(kind, 'a', 1));
  t.like(error, { kind: 'unavailable', code: 'storage_unavailable', retryAfter: 2 });
  t.is(await store.get(kind, 'a'), undefined, 'reading goes on');
  database.exec('ROLLBACK');
  database.close();
  t.is((await store.put(kind, 'a', 1)).version, 1);
});

test('every acknowledged write outlives a SIGKILL of the writer', async (t) => {
  const folder = await temporaryFolder(t);
  const writer = fileURLToPath(new URL('write-until-killed.js', import.meta.url));
  const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === 400) child.kill('SIGKILL');
  }
  await exit;

  const store = await open(t, folder);
  for (const id of acknowledged) t.is((await store.get(CRASH_KIND, id))?.value, id);
  t.is((await store.countLog(CRASH_LOG, {})) >= acknowledged.length, true);
  t.is(await store.count(CRASH_KIND), await store.count(CRASH_KIND, { name: 'all', value: 'x' }));
});

test('two clocks that disagree do not matter to a shared file: expiry is checked by the reader', async (t) => {
  const folder = await temporaryFolder(t);
  const store = await open(t, folder);
  await store.put(kind, 'a', 1, { ttl: 60_000 });
  const later = await openStorage('sqlite:test.db', { dataFolder: folder, clock: { now: () => Date.now() + 90_000 } });
  t.teardown(() => later.close());
  t.is(await later.get(kind, 'a'), undefined);
  t.is((await store.get(kind, 'a'))?.value, 1);
});
