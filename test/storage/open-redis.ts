// Runs tests against a private Redis, under the real clock; says so in one line when there is no redis-server.
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../src/lib/clock.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Store } from '../../src/storage/port.ts';
import { redisAvailable } from '../helpers/redis-server.ts';
import type { Opened, OpenStorage } from './conformance/harness.ts';
import { skipRedis } from '../helpers/storages.ts';

export async function openRedis(t: ExecutionContext, url: string): Promise<Opened> {
  const another = async (): Promise<Store> => {
    const store = await openStorage(url, { dataFolder: tmpdir(), clock: systemClock });
    t.teardown(() => store.close());
    return store;
  };
  return { store: await another(), clock: systemClock, advance: (ms) => sleep(ms), another };
}

/** Declares the tests on a server that is started before the first and stopped after the last of the file. */
export function onServer(
  start: () => Promise<{ url: string; stop(): Promise<void> }>,
  declare: (openStorage: OpenStorage) => void,
): void {
  if (!redisAvailable()) return skipRedis();
  let server: { url: string; stop(): Promise<void> } | undefined;
  test.before(async () => {
    server = await start();
  });
  test.after.always(() => server?.stop());
  declare((t) => openRedis(t, server?.url ?? ''));
}
