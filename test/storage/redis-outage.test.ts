// What only Redis has: outages, lost answers, a layout version that another program wrote, references that lead nowhere.
import { createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { Redis } from 'ioredis';
import { systemClock } from '../../src/lib/clock.ts';
import { openStorage } from '../../src/storage/open.ts';
import { UniqueConflict, type Store } from '../../src/storage/port.ts';
import { redisAvailable, startRedis } from '../helpers/redis-server.ts';
import { collect } from './conformance/channels.ts';
import { someKind, uniqueName } from './conformance/harness.ts';
import { skipRedis } from '../helpers/storages.ts';

async function open(t: ExecutionContext, url: string): Promise<Store> {
  const store = await openStorage(url, { dataFolder: tmpdir(), clock: systemClock });
  t.teardown(() => store.close());
  return store;
}

function rawClient(t: ExecutionContext, port: number): Redis {
  const client = new Redis(port, '127.0.0.1');
  t.teardown(() => client.disconnect());
  return client;
}

/** Until the store serves again. */
async function recovered<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 20) throw error;
      await sleep(200);
    }
  }
}

/** A way to the server that can lose the next answer and the connection with it. */
async function lossyWay(t: ExecutionContext, serverPort: number): Promise<{ url: string; loseNextAnswer(): void }> {
  let losing = false;
  const sockets = new Set<Socket>();
  const way = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    for (const socket of [client, server]) sockets.add(socket.on('error', () => socket.destroy()));
    client.pipe(server);
    server.on('data', (answer) => {
      if (losing) client.destroy();
      else client.write(answer);
      losing = false;
    });
    client.on('close', () => server.destroy());
  });
  await once(way.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    way.close();
  });
  const address = way.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { url: `redis://127.0.0.1:${port}`, loseNextAnswer: () => void (losing = true) };
}

if (redisAvailable()) declare();
else skipRedis();

function declare(): void {
  test('a server that is down at the start is unavailable within seconds', async (t) => {
    const error = await t.throwsAsync(open(t, 'redis://user:hunter2@127.0.0.1:1'));
    t.like(error, { kind: 'unavailable', code: 'storage_unavailable', retryAfter: 2 });
    t.regex(error.message, /ECONNREFUSED/);
    t.notRegex(error.message, /hunter2/);
  });

  test('a store is unavailable while the server is down, and recovers by itself, subscriptions included', async (t) => {
    const server = await startRedis(t);
    const store = await open(t, server.url);
    const kind = someKind();
    const channel = uniqueName('channel');
    const { until } = await collect(store, channel);

    await server.kill();
    await t.throwsAsync(store.ping(), { message: /./, name: 'DomainError' });
    const error = await t.throwsAsync(store.put(kind, 'a', 1));
    t.like(error, { kind: 'unavailable', code: 'storage_unavailable', retryAfter: 2 });

    await server.restart();
    t.is((await recovered(() => store.put(kind, 'b', 2))).version, 1);
    await t.notThrowsAsync(store.ping());
    const repeat = setInterval(() => void store.publish(channel, 'back'), 100);
    t.is((await until(1))[0], 'back');
    clearInterval(repeat);
  });

  test('a server that stopped answering is unavailable in bounded time', async (t) => {
    const server = await startRedis(t);
    const store = await open(t, server.url);
    const kind = someKind();
    server.freeze();
    t.teardown(() => server.thaw());
    const results = await Promise.allSettled([store.ping(), store.get(kind, 'a'), store.hit('x', 1, 1000)]);
    t.true(results.every(({ status }) => status === 'rejected'));
    server.thaw();
    await t.notThrowsAsync(recovered(() => store.put(kind, 'a', 1)));
  });

  test('a write whose answer was lost is answered once more, not done twice', async (t) => {
    const server = await startRedis(t);
    const { url, loseNextAnswer } = await lossyWay(t, server.port);
    const store = await open(t, url);
    const kind = someKind();
    const log = uniqueName('log');
    await store.put(kind, 'warm', 1);

    loseNextAnswer();
    t.is((await store.put(kind, 'a', 1, { ifVersion: 0 })).version, 1);
    loseNextAnswer();
    t.is((await store.consume(kind, 'a')).outcome, 'first');
    loseNextAnswer();
    t.is((await store.hit('counter', 1, 60_000)).count, 1);
    loseNextAnswer();
    await store.append(log, 'event', { at: 1, keepMs: 60_000 });
    t.is(await store.countLog(log, {}), 1);
    loseNextAnswer();
    t.true(await store.delete(kind, 'a'));
  });

  test('a store of a newer layout is refused by both version numbers', async (t) => {
    const server = await startRedis(t);
    await rawClient(t, server.port).set('ti:schema', 99);
    const error = await t.throwsAsync(open(t, server.url));
    t.like(error, { kind: 'conflict', code: 'storage_newer' });
    t.regex(error.message, /version 99.*up to 1/);
  });

  test('ten programs may open an empty store at once', async (t) => {
    const server = await startRedis(t);
    await t.notThrowsAsync(Promise.all(Array.from({ length: 10 }, () => open(t, server.url))));
    t.is(await rawClient(t, server.port).get('ti:schema'), '1');
  });

  test('references that lead nowhere show nothing, and are cleaned when they are old', async (t) => {
    const server = await startRedis(t);
    const store = await open(t, server.url);
    const raw = rawClient(t, server.port);
    const kind = someKind({ listable: true });
    const unique = { email: 'a@x' };
    await store.put(kind, 'lost', 1, { unique, indexes: { by: ['x'] } });
    await raw.del(`ti:d:{${kind.name}:lost}`);

    t.is(await store.find(kind, 'email', 'a@x'), undefined);
    t.deepEqual(await store.list(kind, { limit: 5 }), { items: [] });
    await t.throwsAsync(
      store.put(kind, 'b', 2, { unique }),
      { instanceOf: UniqueConflict },
      'perhaps about to be written',
    );

    for (const key of await raw.keys(`ti:[uik]:{${kind.name}*}`)) await raw.hset(key, 'lost', 'nonce|1000|0');
    await t.notThrowsAsync(store.put(kind, 'b', 2, { unique }));
    t.is((await store.list(kind, { limit: 5 })).items.length, 1);
    t.is(await store.count(kind), 1);
    await store.list(kind, { index: { name: 'by', value: 'x' }, limit: 5 });
    t.deepEqual(await raw.keys(`ti:i:{${kind.name}*`), []);
  });

  test('nothing is left of documents and entries that ended', async (t) => {
    const server = await startRedis(t);
    const store = await open(t, server.url);
    const raw = rawClient(t, server.port);
    const kind = someKind({ listable: true });
    const before = await raw.dbsize();
    await store.put(kind, 'a', 1, { unique: { u: 'x' }, indexes: { by: ['x'] }, terms: ['t'] });
    await store.delete(kind, 'a');
    await store.append('log', 1, { at: 1, keepMs: 1, fields: { actor: 'ann' } });
    await sleep(20);
    t.is(await store.countLog('log', {}), 0);
    const left = (await raw.keys('*')).filter((key) => !key.endsWith(':gone') && !key.endsWith(':sequence'));
    t.is(left.length, before);
  });

  test('a wrong password is an unavailable store, not a crash, and stays out of every error', async (t) => {
    const server = await startRedis(t, { args: ['--requirepass', 'right'] });
    const reported: unknown[] = [];
    const options = { dataFolder: tmpdir(), clock: systemClock, onError: (error: unknown) => reported.push(error) };
    const error = await t.throwsAsync(openStorage(`redis://:hunter2@127.0.0.1:${server.port}`, options));
    t.like(error, { kind: 'unavailable', code: 'storage_unavailable' });
    t.regex(error.message, /WRONGPASS/);
    t.notRegex(inspect([error, reported], { depth: 9, showHidden: true }), /hunter2/);
    await t.notThrowsAsync(open(t, `redis://:right@127.0.0.1:${server.port}/2`));
  });
}
