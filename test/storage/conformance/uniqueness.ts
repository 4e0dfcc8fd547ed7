// Unique values.
import test from 'ava';
import { UniqueConflict, VersionConflict } from '../../../src/storage/port.ts';
import { SHORT, someKind, times, type OpenStorage } from './harness.ts';

export function uniqueness(openStorage: OpenStorage): void {
  test('a document is found by its unique value', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 'A', { unique: { email: 'a@x', name: 'ann' } });
    t.is((await store.find(kind, 'email', 'a@x'))?.value, 'A');
    t.is((await store.find(kind, 'name', 'ann'))?.value, 'A');
    t.is(await store.find(kind, 'email', 'ann'), undefined);
  });

  test('a taken value is refused by the name of its index, and nothing is written', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 'A', { unique: { email: 'a@x' } });
    const error = await t.throwsAsync(store.put(kind, 'b', 'B', { unique: { email: 'a@x', name: 'bob' } }), {
      instanceOf: UniqueConflict,
    });
    t.is(error.index, 'email');
    t.is(await store.get(kind, 'b'), undefined);
    t.is((await store.find(kind, 'email', 'a@x'))?.id, 'a');
    await t.notThrowsAsync(store.put(kind, 'c', 'C', { unique: { name: 'bob' } }));
  });

  test('a document may keep its own value', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 1, { unique: { email: 'a@x' } });
    await t.notThrowsAsync(store.put(kind, 'a', 2, { unique: { email: 'a@x' } }));
    await t.throwsAsync(store.put(kind, 'b', 3, { unique: { email: 'a@x' } }), { instanceOf: UniqueConflict });
  });

  test('a value given up is free, and no longer finds the document', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 1, { unique: { email: 'old@x' } });
    await store.put(kind, 'a', 2, { unique: { email: 'new@x' } });
    t.is(await store.find(kind, 'email', 'old@x'), undefined);
    await t.notThrowsAsync(store.put(kind, 'b', 3, { unique: { email: 'old@x' } }));
  });

  test('a deletion frees the value', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 1, { unique: { email: 'a@x' } });
    await store.delete(kind, 'a');
    t.is(await store.find(kind, 'email', 'a@x'), undefined);
    await t.notThrowsAsync(store.put(kind, 'b', 2, { unique: { email: 'a@x' } }));
  });

  test('a deletion frees the value also after a write to the document was refused', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    const unique = { email: 'a@x' };
    await store.put(kind, 'a', 1, { unique, ifVersion: 0 });
    await t.throwsAsync(store.put(kind, 'a', 2, { unique, ifVersion: 0 }), { instanceOf: VersionConflict });
    await store.delete(kind, 'a');
    await t.notThrowsAsync(store.put(kind, 'b', 3, { unique }));
  });

  test('a write refused for its version holds no new value', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 1, { unique: { email: 'a@x' } });
    await t.throwsAsync(store.put(kind, 'a', 2, { unique: { email: 'b@x' }, ifVersion: 7 }));
    await t.notThrowsAsync(store.put(kind, 'b', 3, { unique: { email: 'b@x' } }));
    t.is((await store.find(kind, 'email', 'a@x'))?.id, 'a');
  });

  test('expiry frees the value', async (t) => {
    const { store, advance } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 1, { ttl: SHORT, unique: { code: 'BCDF' } });
    await t.throwsAsync(store.put(kind, 'b', 2, { unique: { code: 'BCDF' } }), { instanceOf: UniqueConflict });
    await advance(SHORT + 50);
    await t.notThrowsAsync(store.put(kind, 'b', 2, { unique: { code: 'BCDF' } }));
    t.is((await store.find(kind, 'code', 'BCDF'))?.id, 'b');
  });

  test('a value is unique within its index and kind only', async (t) => {
    const { store } = await openStorage(t);
    const [kind, other] = [someKind(), someKind()];
    await store.put(kind, 'a', 1, { unique: { email: 'x' } });
    await t.notThrowsAsync(store.put(kind, 'b', 2, { unique: { name: 'x' } }));
    await t.notThrowsAsync(store.put(other, 'c', 3, { unique: { email: 'x' } }));
  });

  test('of 50 parallel claims to a value exactly one wins', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    const claims = await times(50, (n) =>
      store.put(kind, `id${n}`, n, { unique: { email: 'a@x' } }).then(
        ({ id }) => id,
        (error: unknown) => (error instanceof UniqueConflict ? undefined : Promise.reject(error)),
      ),
    );
    const winners = claims.filter((id) => id !== undefined);
    t.is(winners.length, 1);
    t.is((await store.find(kind, 'email', 'a@x'))?.id, winners[0]);
  });
}
