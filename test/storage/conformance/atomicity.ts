// Compare-and-set, and consuming once.
import test from 'ava';
import { VersionConflict } from '../../../src/storage/port.ts';
import { someKind, times, type OpenStorage } from './harness.ts';

export function compareAndSet(openStorage: OpenStorage): void {
  test('a write over version 0 is made only when the document is absent', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 1, { ifVersion: 0 });
    await t.throwsAsync(store.put(kind, 'a', 2, { ifVersion: 0 }), { instanceOf: VersionConflict });
    t.is((await store.get(kind, 'a'))?.value, 1);
  });

  test('a write over a version is made only over that version', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await t.throwsAsync(store.put(kind, 'a', 0, { ifVersion: 1 }), { instanceOf: VersionConflict });
    await store.put(kind, 'a', 1);
    t.is((await store.put(kind, 'a', 2, { ifVersion: 1 })).version, 2);
    await t.throwsAsync(store.put(kind, 'a', 3, { ifVersion: 1 }), { instanceOf: VersionConflict });
    t.deepEqual(await store.get(kind, 'a'), { id: 'a', value: 2, version: 2 });
  });

  test('a write refused for its version changes no index', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 1, { indexes: { by: ['x'] } });
    await t.throwsAsync(store.put(kind, 'a', 2, { ifVersion: 9, indexes: { by: ['y'] }, ttl: 60_000 }));
    t.is(await store.count(kind, { name: 'by', value: 'x' }), 1);
    t.is(await store.count(kind, { name: 'by', value: 'y' }), 0);
  });

  test('of 50 parallel writes over one version exactly one is made', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind({ durable: true });
    await store.put(kind, 'a', 'start', { indexes: { by: ['x'] } });
    const writes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) => store.put(kind, 'a', n, { ifVersion: 1, indexes: { by: ['x'] } })),
    );
    const made = writes.flatMap((write) => (write.status === 'fulfilled' ? [write.value] : []));
    t.is(made.length, 1);
    t.deepEqual((await store.get(kind, 'a'))?.value, made[0]?.value);
    t.is(await store.deleteBy(kind, { name: 'by', value: 'x' }), 1);
  });
}

export function consuming(openStorage: OpenStorage): void {
  test('a document is consumed once and stays readable', async (t) => {
    const { store, clock } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 'code');
    const before = clock.now();
    const first = await store.consume(kind, 'a');
    const again = await store.consume(kind, 'a');
    t.like(first, { outcome: 'first', doc: { value: 'code', version: 1 } });
    t.like(again, { outcome: 'again', doc: { value: 'code', version: 1 } });
    const { consumedAt = 0 } = (await store.get(kind, 'a')) ?? {};
    t.true(consumedAt >= before && consumedAt <= clock.now());
  });

  test('what is absent cannot be consumed', async (t) => {
    const { store } = await openStorage(t);
    t.deepEqual(await store.consume(someKind(), 'a'), { outcome: 'missing' });
  });

  test('of 50 parallel consumers exactly one is the first', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 'code', { ttl: 60_000 });
    const outcomes = (await times(50, () => store.consume(kind, 'a'))).map(({ outcome }) => outcome);
    t.is(outcomes.filter((outcome) => outcome === 'first').length, 1);
    t.is(outcomes.filter((outcome) => outcome === 'again').length, 49);
  });

  test('a write to a consumed document does not make it fresh again', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 1);
    await store.consume(kind, 'a');
    const written = await store.put(kind, 'a', 2);
    t.not(written.consumedAt, undefined);
    t.like(await store.consume(kind, 'a'), { outcome: 'again', doc: { value: 2, version: 2 } });
  });

  test('a write over the version read before a consumption is still made', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    const { version } = await store.put(kind, 'a', 1);
    await store.consume(kind, 'a');
    await t.notThrowsAsync(store.put(kind, 'a', 2, { ifVersion: version }));
  });
}
