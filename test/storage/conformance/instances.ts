// Two instances on one store, as two processes have them.
import test from 'ava';
import { UniqueConflict } from '../../../src/storage/port.ts';
import { collect } from './channels.ts';
import { someKind, times, uniqueName, type OpenStorage } from './harness.ts';

export function instances(openStorage: OpenStorage): void {
  test('one instance reads what the other wrote', async (t) => {
    const { store, another } = await openStorage(t);
    const other = await another();
    const kind = someKind({ durable: true, listable: true });
    await store.put(kind, 'a', 1, { unique: { u: 'x' } });
    t.is((await other.find(kind, 'u', 'x'))?.value, 1);
    await other.delete(kind, 'a');
    t.is(await store.get(kind, 'a'), undefined);
  });

  test('of the consumers in two instances exactly one is the first', async (t) => {
    const { store, another } = await openStorage(t);
    const both = [store, await another()];
    const kind = someKind();
    await store.put(kind, 'a', 1);
    const consumptions = await times(50, async (n) => both[n % 2]?.consume(kind, 'a'));
    t.is(consumptions.filter((consumption) => consumption?.outcome === 'first').length, 1);
  });

  test('of the claims to a unique value in two instances exactly one wins', async (t) => {
    const { store, another } = await openStorage(t);
    const both = [store, await another()];
    const kind = someKind({ durable: true });
    const claims = await Promise.allSettled(
      Array.from({ length: 30 }, async (_, n) => both[n % 2]?.put(kind, `id${n}`, n, { unique: { u: 'x' } })),
    );
    t.is(claims.filter(({ status }) => status === 'fulfilled').length, 1);
    t.true(claims.every((claim) => claim.status === 'fulfilled' || claim.reason instanceof UniqueConflict));
  });

  test('a message published in one instance reaches the listeners of both', async (t) => {
    const { store, another } = await openStorage(t);
    const other = await another();
    const channel = uniqueName('channel');
    const here = await collect(store, channel);
    const there = await collect(other, channel);
    await store.publish(channel, 'from here');
    t.deepEqual(await here.until(1), ['from here']);
    t.deepEqual(await there.until(1), ['from here']);
    await other.publish(channel, 'from there');
    t.deepEqual(await here.until(2), ['from here', 'from there']);
    t.deepEqual(await there.until(2), ['from here', 'from there']);
  });

  test('hits in two instances count together', async (t) => {
    const { store, another } = await openStorage(t);
    const both = [store, await another()];
    const name = uniqueName('counter');
    await times(40, async (n) => both[n % 2]?.hit(name, 1, 60_000));
    t.is((await store.hit(name, 0, 60_000)).count, 40);
  });

  test('an event appended by two instances stands once', async (t) => {
    const { store, another } = await openStorage(t);
    const both = [store, await another()];
    const log = uniqueName('log');
    await times(10, async (n) => both[n % 2]?.append(log, n, { at: 1, keepMs: 60_000, eventId: 'e' }));
    t.is(await store.countLog(log, {}), 1);
  });
}
