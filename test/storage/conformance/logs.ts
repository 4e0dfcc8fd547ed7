// Logs: order, cursors, fields, time ranges, event ids, trimming.
import test from 'ava';
import type { AppendOptions, Store } from '../../../src/storage/port.ts';
import { from, SHORT, times, uniqueName, walk, type OpenStorage } from './harness.ts';

const DAY = 86_400_000;
const T0 = 1_700_000_000_000;

const append = (store: Store, log: string, value: unknown, options: Partial<AppendOptions> = {}): Promise<string> =>
  store.append(log, value, { at: T0, keepMs: DAY, ...options });

/** One entry each second, its value the second; odd ones are by ann, even ones by bob. */
async function fill(store: Store, log: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const fields = { actor: n % 2 === 1 ? 'ann' : 'bob', type: `login.${n}` };
    await append(store, log, n, { at: T0 + n * 1000, fields });
  }
}

export function logs(openStorage: OpenStorage): void {
  test('a log is read newest first unless asked otherwise', async (t) => {
    const { store } = await openStorage(t);
    const log = uniqueName('log');
    await fill(store, log, 4);
    t.deepEqual(
      (await store.read(log, { limit: 9 })).items.map(({ value }) => value),
      [3, 2, 1, 0],
    );
    const { items, next } = await store.read(log, { order: 'asc', limit: 9 });
    t.deepEqual(
      items.map(({ value, at }) => [value, at]),
      [0, 1, 2, 3].map((n) => [n, T0 + n * 1000]),
    );
    t.is(next, undefined);
  });

  test('an entry appended late stands where its time puts it', async (t) => {
    const { store } = await openStorage(t);
    const log = uniqueName('log');
    for (const second of [5, 1, 3]) await append(store, log, second, { at: T0 + second * 1000 });
    t.deepEqual(
      (await store.read(log, { limit: 9 })).items.map(({ value }) => value),
      [5, 3, 1],
    );
  });

  test('entries of one moment keep the order of their appending', async (t) => {
    const { store } = await openStorage(t);
    const log = uniqueName('log');
    const ids: string[] = [];
    for (let n = 0; n < 12; n++) ids.push(await append(store, log, n));
    t.deepEqual(
      (await store.read(log, { order: 'asc', limit: 20 })).items.map(({ id }) => id),
      ids,
    );
    t.deepEqual(ids, [...ids].sort());
  });

  test('a log is walked by its cursor in both directions, each entry once', async (t) => {
    const { store } = await openStorage(t);
    const log = uniqueName('log');
    const appended = await times(23, (n) => append(store, log, n, { at: T0 + (n % 5) }));
    const up = await walk((after) => store.read(log, { order: 'asc', limit: 5, ...from(after) }));
    const down = await walk((after) => store.read(log, { limit: 5, ...from(after) }));
    t.deepEqual(up, { ids: [...appended].sort(), pages: 5 });
    t.deepEqual(down.ids, [...up.ids].reverse());
  });

  test('since is inclusive, until is not, and both hold with a cursor', async (t) => {
    const { store } = await openStorage(t);
    const log = uniqueName('log');
    await fill(store, log, 10);
    const range = { since: T0 + 2000, until: T0 + 7000 };
    const values = async (query: object) =>
      (await store.read(log, { limit: 3, ...range, ...query })).items.map((e) => e.value);
    t.deepEqual(await values({ order: 'asc' }), [2, 3, 4]);
    const { next } = await store.read(log, { ...range, order: 'asc', limit: 3 });
    t.deepEqual(await values({ order: 'asc', ...from(next) }), [5, 6]);
    t.deepEqual(await values({}), [6, 5, 4]);
    t.deepEqual(await values({ since: T0 + 60_000, until: T0 + 90_000 }), []);
  });

  test('entries are filtered by one field, with range, order and cursor', async (t) => {
    const { store } = await openStorage(t);
    const log = uniqueName('log');
    await fill(store, log, 10);
    const field = { name: 'actor', value: 'ann' };
    const { items, next } = await store.read(log, { field, limit: 2, until: T0 + 8000 });
    t.deepEqual(
      items.map(({ value }) => value),
      [7, 5],
    );
    const rest = await store.read(log, { field, limit: 9, until: T0 + 8000, ...from(next) });
    t.deepEqual(
      rest.items.map(({ value }) => value),
      [3, 1],
    );
    t.deepEqual((await store.read(log, { field: { name: 'type', value: 'ann' }, limit: 9 })).items, []);
  });

  test('entries are found by the beginning of a field, in the order of the log', async (t) => {
    const { store } = await openStorage(t);
    const log = uniqueName('log');
    await fill(store, log, 12);
    await append(store, log, 'other', { at: T0, fields: { type: 'logout' } });
    const fieldPrefix = { name: 'type', prefix: 'login.1' };
    const all = (await store.read(log, { fieldPrefix, limit: 9 })).items.map(({ value }) => value);
    t.deepEqual(all, [11, 10, 1]);
    const { ids } = await walk((after) =>
      store.read(log, { fieldPrefix: { name: 'type', prefix: 'log' }, order: 'asc', limit: 4, ...from(after) }),
    );
    t.is(new Set(ids).size, 13);
    t.deepEqual(ids, [...ids].sort());
    const { items } = await store.read(log, { fieldPrefix, limit: 9, until: T0 + 5000 });
    t.deepEqual(
      items.map(({ value }) => value),
      [1],
    );
  });

  test('an event appended twice stands once and keeps its id', async (t) => {
    const { store } = await openStorage(t);
    const log = uniqueName('log');
    const eventId = uniqueName('event');
    const first = await append(store, log, 'first', { eventId, fields: { actor: 'ann' } });
    const again = await times(5, () => append(store, log, 'again', { eventId, at: T0 + 5, fields: { actor: 'ann' } }));
    t.deepEqual(new Set(again), new Set([first]));
    t.deepEqual((await store.read(log, { limit: 9 })).items, [{ id: first, at: T0, value: 'first' }]);
    t.is(await store.countLog(log, { field: { name: 'actor', value: 'ann' } }), 1);
  });

  test('entries are counted, by field and range', async (t) => {
    const { store } = await openStorage(t);
    const log = uniqueName('log');
    await fill(store, log, 10);
    t.is(await store.countLog(log, {}), 10);
    t.is(await store.countLog(log, { since: T0 + 2000, until: T0 + 5000 }), 3);
    t.is(await store.countLog(log, { field: { name: 'actor', value: 'bob' }, since: T0 + 1000 }), 4);
    t.is(await store.countLog(uniqueName('log'), {}), 0);
  });

  test('an entry is gone when it was kept long enough, its event id too', async (t) => {
    const { store, advance } = await openStorage(t);
    const log = uniqueName('log');
    const eventId = uniqueName('event');
    await append(store, log, 'short', { keepMs: SHORT, eventId, fields: { type: 'x' } });
    await append(store, log, 'long', { fields: { type: 'y' } });
    await advance(SHORT + 50);
    t.deepEqual(
      (await store.read(log, { limit: 9 })).items.map(({ value }) => value),
      ['long'],
    );
    t.deepEqual((await store.read(log, { field: { name: 'type', value: 'x' }, limit: 9 })).items, []);
    t.deepEqual((await store.read(log, { fieldPrefix: { name: 'type', prefix: 'x' }, limit: 9 })).items, []);
    t.is(await store.countLog(log, {}), 1);
    await append(store, log, 'new', { eventId });
    t.is(await store.countLog(log, {}), 2);
  });

  test('a cursor that is no entry id is refused', async (t) => {
    const { store } = await openStorage(t);
    const error = await t.throwsAsync(store.read(uniqueName('log'), { limit: 1, after: 'x' }));
    t.like(error, { kind: 'invalid', code: 'cursor_invalid' });
  });

  test('200 parallel appends all stand', async (t) => {
    const { store } = await openStorage(t);
    const log = uniqueName('log');
    const ids = await times(200, (n) => append(store, log, n, { fields: { actor: `a${n % 3}` } }));
    t.is(new Set(ids).size, 200);
    t.is(await store.countLog(log, {}), 200);
  });
}
