// Secondary indexes, lists, counts and prefix search.
import test from 'ava';
import type { Kind, Store } from '../../../src/storage/port.ts';
import { from, someKind, times, walk, type OpenStorage } from './harness.ts';

const owner = (value: string) => ({ name: 'owner', value });

async function fill(store: Store, kind: Kind, count: number): Promise<string[]> {
  await times(count, (n) => store.put(kind, `id${String(n).padStart(3, '0')}`, n, { indexes: { owner: ['ann'] } }));
  return Array.from({ length: count }, (_, n) => `id${String(n).padStart(3, '0')}`);
}

export function indexes(openStorage: OpenStorage): void {
  test('documents are listed by index value, ordered by id', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'b', 2, { indexes: { owner: ['ann', 'bob'] } });
    await store.put(kind, 'a', 1, { indexes: { owner: ['ann'] } });
    await store.put(kind, 'c', 3, { indexes: { owner: ['cyd'], other: ['ann'] } });
    const page = await store.list(kind, { index: owner('ann'), limit: 10 });
    t.deepEqual(
      page.items.map(({ id }) => id),
      ['a', 'b'],
    );
    t.is(page.next, undefined);
    t.deepEqual((await store.list(kind, { index: owner('nobody'), limit: 10 })).items, []);
  });

  test('a write replaces the former index values', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 1, { indexes: { owner: ['ann'] } });
    await store.put(kind, 'a', 2, { indexes: { owner: ['bob'] } });
    t.deepEqual((await store.list(kind, { index: owner('ann'), limit: 10 })).items, []);
    t.is((await store.list(kind, { index: owner('bob'), limit: 10 })).items.length, 1);
    t.is(await store.count(kind, owner('ann')), 0);
    t.is(await store.count(kind, owner('bob')), 1);
  });

  test('a list is walked by its cursor, each document once', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind({ listable: true });
    const ids = await fill(store, kind, 25);
    t.deepEqual(await walk((after) => store.list(kind, { limit: 10, ...from(after) })), { ids, pages: 3 });
    const byOwner = await walk((after) => store.list(kind, { index: owner('ann'), limit: 5, ...from(after) }));
    t.deepEqual(byOwner, { ids, pages: 5 });
  });

  test('a list goes on where it stopped although documents went', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind({ listable: true });
    await fill(store, kind, 6);
    const { next } = await store.list(kind, { limit: 2 });
    for (const id of ['id001', 'id002']) await store.delete(kind, id);
    const { ids } = await walk((after) => store.list(kind, { limit: 2, ...from(after ?? next) }));
    t.deepEqual(ids, ['id003', 'id004', 'id005']);
  });

  test('a cursor that is none of ours is refused', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind({ listable: true });
    for (const after of ['', 'x', 'bnVsbA', 'WzFd']) {
      const error = await t.throwsAsync(store.list(kind, { limit: 1, after }));
      t.like(error, { kind: 'invalid', code: 'cursor_invalid' });
    }
  });

  test('documents are counted, in the kind and by index', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind({ listable: true });
    await fill(store, kind, 7);
    await store.put(kind, 'z', 1);
    await store.delete(kind, 'id003');
    t.is(await store.count(kind), 7);
    t.is(await store.count(kind, owner('ann')), 6);
    t.is(await store.count(someKind({ listable: true })), 0);
  });

  test('a kind that is not listable has no list or count but by index', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await t.throwsAsync(store.list(kind, { limit: 1 }), { message: /not listable/ });
    await t.throwsAsync(store.list(kind, { prefix: 'a', limit: 1 }), { message: /not listable/ });
    await t.throwsAsync(store.count(kind), { message: /not listable/ });
    t.is(await store.count(kind, owner('ann')), 0);
  });

  test('deleting by index deletes those documents and no others', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await fill(store, kind, 120);
    await store.put(kind, 'moved', 1, { indexes: { owner: ['ann'] } });
    await store.put(kind, 'moved', 2, { indexes: { owner: ['bob'] } });
    t.is(await store.deleteBy(kind, owner('ann')), 120);
    t.is(await store.get(kind, 'id000'), undefined);
    t.is((await store.get(kind, 'moved'))?.value, 2);
    t.is(await store.deleteBy(kind, owner('ann')), 0);
  });

  test('terms are found by prefix, each document once, ordered by term', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind({ listable: true });
    await store.put(kind, '3', 1, { terms: ['anna', 'anders', 'a@x'] });
    await store.put(kind, '2', 2, { terms: ['annabel'] });
    await store.put(kind, '1', 3, { terms: ['bob', '陈安'] });
    const search = async (prefix: string) => (await store.list(kind, { prefix, limit: 10 })).items.map(({ id }) => id);
    t.deepEqual(await search('an'), ['3', '2']);
    t.deepEqual(await search('annab'), ['2']);
    t.deepEqual(await search('陈'), ['1']);
    t.deepEqual(await search('nn'), []);
    t.is((await search('')).length, 3);
  });

  test('a prefix search is walked by its cursor', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind({ listable: true });
    await times(9, (n) => store.put(kind, `id${n}`, n, { terms: [`p${n}`, `p${9 - n}x`, 'other'] }));
    const { ids } = await walk((after) => store.list(kind, { prefix: 'p', limit: 2, ...from(after) }));
    t.deepEqual(
      [...ids].sort(),
      Array.from({ length: 9 }, (_, n) => `id${n}`),
    );
  });

  test('a write replaces the former terms', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind({ listable: true });
    await store.put(kind, 'a', 1, { terms: ['old'] });
    await store.put(kind, 'a', 2, { terms: ['new'] });
    t.deepEqual((await store.list(kind, { prefix: 'old', limit: 5 })).items, []);
    t.is((await store.list(kind, { prefix: 'n', limit: 5 })).items.length, 1);
  });
}
