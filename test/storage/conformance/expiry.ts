// Time to live.
import test from 'ava';
import { SHORT, someKind, type OpenStorage } from './harness.ts';

export function expiry(openStorage: OpenStorage): void {
  test('an expired document is absent everywhere', async (t) => {
    const { store, advance } = await openStorage(t);
    const kind = someKind({ listable: true });
    const index = { name: 'by', value: 'x' };
    await store.put(kind, 'a', 1, { ttl: SHORT, unique: { u: 'x' }, indexes: { by: ['x'] }, terms: ['x'] });
    await advance(SHORT + 50);
    t.is(await store.get(kind, 'a'), undefined);
    t.is(await store.find(kind, 'u', 'x'), undefined);
    t.deepEqual(await store.consume(kind, 'a'), { outcome: 'missing' });
    t.deepEqual((await store.list(kind, { limit: 9 })).items, []);
    t.deepEqual((await store.list(kind, { index, limit: 9 })).items, []);
    t.deepEqual((await store.list(kind, { prefix: 'x', limit: 9 })).items, []);
    t.is(await store.count(kind), 0);
    t.is(await store.count(kind, index), 0);
    t.is(await store.deleteBy(kind, index), 0);
    t.false(await store.delete(kind, 'a'));
  });

  test('a document tells when it expires', async (t) => {
    const { store, clock } = await openStorage(t);
    const kind = someKind();
    const before = clock.now();
    const { expiresAt = 0 } = await store.put(kind, 'a', 1, { ttl: 60_000 });
    t.true(expiresAt >= before + 60_000 && expiresAt <= clock.now() + 60_000);
    t.is((await store.get(kind, 'a'))?.expiresAt, expiresAt);
  });

  test('a write without a time to live clears the former one', async (t) => {
    const { store, advance } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 1, { ttl: SHORT, unique: { u: 'x' } });
    t.is((await store.put(kind, 'a', 2, { unique: { u: 'x' } })).expiresAt, undefined);
    await advance(SHORT + 50);
    t.is((await store.find(kind, 'u', 'x'))?.value, 2);
  });

  test('a time to live counts from the last write', async (t) => {
    const { store, advance } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 1, { ttl: SHORT, indexes: { by: ['x'] } });
    await store.put(kind, 'a', 2, { ttl: 60_000, indexes: { by: ['x'] } });
    await advance(SHORT + 50);
    t.is((await store.get(kind, 'a'))?.value, 2);
    t.is(await store.count(kind, { name: 'by', value: 'x' }), 1);
  });

  test('an expired document makes room for a new one', async (t) => {
    const { store, advance } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 1, { ttl: SHORT });
    await store.consume(kind, 'a');
    await advance(SHORT + 50);
    t.deepEqual(await store.put(kind, 'a', 2, { ifVersion: 0 }), { id: 'a', value: 2, version: 1 });
  });

  test('consuming leaves the time to live as it was', async (t) => {
    const { store, advance } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 1, { ttl: SHORT });
    await store.consume(kind, 'a');
    await advance(SHORT + 50);
    t.is(await store.get(kind, 'a'), undefined);
  });
}
