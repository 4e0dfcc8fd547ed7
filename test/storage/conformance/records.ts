// Documents: put, get, delete.
import test from 'ava';
import { someKind, type OpenStorage } from './harness.ts';

export function records(openStorage: OpenStorage): void {
  test('a document is read as it was written', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    const value = { text: '传送消息 \u{1F511}\0', list: [1, null, { deep: true }], empty: '' };
    t.deepEqual(await store.put(kind, 'a', value), { id: 'a', value, version: 1 });
    t.deepEqual(await store.get(kind, 'a'), { id: 'a', value, version: 1 });
  });

  test('a durable document is read as it was written', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind({ durable: true });
    await store.put(kind, 'a', { n: 1 });
    t.deepEqual((await store.get(kind, 'a'))?.value, { n: 1 });
  });

  test('an unknown document is absent', async (t) => {
    const { store } = await openStorage(t);
    t.is(await store.get(someKind(), 'nobody'), undefined);
  });

  test('each write raises the version and replaces the whole value', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', { first: 1 });
    t.is((await store.put(kind, 'a', { second: 2 })).version, 2);
    t.deepEqual((await store.get(kind, 'a'))?.value, { second: 2 });
  });

  test('the same id in another kind is another document', async (t) => {
    const { store } = await openStorage(t);
    const [one, other] = [someKind(), someKind()];
    await store.put(one, 'a', 1);
    t.is(await store.get(other, 'a'), undefined);
  });

  test('ids may hold braces, colons, blanks and quotes', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind({ listable: true });
    const ids = ['{}', 'a}b{c', 'x:y', " '; --", '*', '中'];
    for (const id of ids) await store.put(kind, id, id, { indexes: { by: ['v}{'] } });
    for (const id of ids) t.is((await store.get(kind, id))?.value, id);
    t.is(await store.deleteBy(kind, { name: 'by', value: 'v}{' }), ids.length);
  });

  test('a deleted document is absent, and a second deletion says that none was there', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 1);
    t.true(await store.delete(kind, 'a'));
    t.is(await store.get(kind, 'a'), undefined);
    t.false(await store.delete(kind, 'a'));
  });

  test('a document written after a deletion begins anew', async (t) => {
    const { store } = await openStorage(t);
    const kind = someKind();
    await store.put(kind, 'a', 1);
    await store.consume(kind, 'a');
    await store.delete(kind, 'a');
    t.deepEqual(await store.put(kind, 'a', 2), { id: 'a', value: 2, version: 1 });
  });

  test('the store answers a ping', async (t) => {
    const { store } = await openStorage(t);
    await t.notThrowsAsync(store.ping());
  });

  test('a closed store refuses as unavailable and may be closed again', async (t) => {
    const { store } = await openStorage(t);
    await store.close();
    await t.throwsAsync(store.get(someKind(), 'a'), { message: /./, name: 'DomainError' });
    await t.throwsAsync(store.ping(), { name: 'DomainError' });
    await t.notThrowsAsync(store.close());
  });
}
