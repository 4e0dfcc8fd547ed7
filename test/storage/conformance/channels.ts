// Publish and subscribe.
import { once, EventEmitter } from 'node:events';
import test from 'ava';
import type { Store } from '../../../src/storage/port.ts';
import { uniqueName, type OpenStorage } from './harness.ts';

/** Collects messages and lets a test wait until so many are there. */
export async function collect(store: Store, channel: string) {
  const arrivals = new EventEmitter();
  const messages: string[] = [];
  const end = await store.subscribe(channel, (message) => {
    messages.push(message);
    arrivals.emit('message');
  });
  const until = async (count: number): Promise<string[]> => {
    while (messages.length < count) await once(arrivals, 'message');
    return messages;
  };
  return { messages, end, until };
}

export function channels(openStorage: OpenStorage): void {
  test('a message reaches every listener of its channel in the order of publishing', async (t) => {
    const { store } = await openStorage(t);
    const channel = uniqueName('channel');
    const listeners = [await collect(store, channel), await collect(store, channel)];
    for (const message of ['one', 'two', '三']) await store.publish(channel, message);
    for (const { until } of listeners) t.deepEqual(await until(3), ['one', 'two', '三']);
  });

  test('a message reaches no other channel', async (t) => {
    const { store } = await openStorage(t);
    const [channel, other] = [uniqueName('channel'), uniqueName('channel')];
    const here = await collect(store, channel);
    const there = await collect(store, other);
    await store.publish(channel, 'here');
    await store.publish(other, 'there');
    t.deepEqual(await here.until(1), ['here']);
    t.deepEqual(await there.until(1), ['there']);
  });

  test('an ended subscription hears nothing while others still do', async (t) => {
    const { store } = await openStorage(t);
    const channel = uniqueName('channel');
    const ended = await collect(store, channel);
    const staying = await collect(store, channel);
    await ended.end();
    await store.publish(channel, 'late');
    t.deepEqual(await staying.until(1), ['late']);
    t.deepEqual(ended.messages, []);
  });

  test('a channel can be subscribed to again after its last listener left', async (t) => {
    const { store } = await openStorage(t);
    const channel = uniqueName('channel');
    await (await collect(store, channel)).end();
    const { until } = await collect(store, channel);
    await store.publish(channel, 'again');
    t.deepEqual(await until(1), ['again']);
  });

  test('publishing to nobody is no error', async (t) => {
    const { store } = await openStorage(t);
    await t.notThrowsAsync(store.publish(uniqueName('channel'), 'x'));
  });

  test('a listener that throws does not keep the others from hearing', async (t) => {
    const { store } = await openStorage(t);
    const channel = uniqueName('channel');
    await store.subscribe(channel, () => {
      throw new Error('listener failed');
    });
    const { until } = await collect(store, channel);
    await store.publish(channel, 'x');
    t.deepEqual(await until(1), ['x']);
  });
}
