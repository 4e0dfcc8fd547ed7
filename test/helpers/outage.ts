// A server whose store can be taken away and given back: Redis killed and started again, SQLite locked by somebody else.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { parseStorageUrl } from '../../src/lib/storage-url.ts';
import { loadDriver } from '../../src/storage/sqlite/driver.ts';
import { type AuthServer, startAuthServer } from './auth-server.ts';
import { ask } from './http.ts';
import { startRedis } from './redis-server.ts';
import type { Stage } from './storages.ts';

export interface FailingServer {
  server: AuthServer;
  /** Runs `work` while the store is away; resolves when it serves again. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

export const startFailingServer = (t: ExecutionContext, storage: Stage['storage']): Promise<FailingServer> =>
  storage === 'redis' ? onRedis(t) : onSqlite(t);

async function onRedis(t: ExecutionContext): Promise<FailingServer> {
  // Append-only, so that what was acknowledged is there after the restart.
  const redis = await startRedis(t, { args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
  const server = await startAuthServer(t, { storage: redis.url });
  return {
    server,
    async during(work) {
      await redis.kill();
      const result = await work();
      await redis.restart();
      await untilReady(server);
      return result;
    },
  };
}

/** Whoever writes waits for the lock in vain; what was only read goes on. */
async function onSqlite(t: ExecutionContext): Promise<FailingServer> {
  const server = await startAuthServer(t);
  const { dataFolder, storage } = server.server.config.current();
  const url = parseStorageUrl(storage);
  if (url.engine !== 'sqlite') throw new Error('the server is not on SQLite');
  const database = (await loadDriver())(join(dataFolder, url.path));
  t.teardown(() => database.close());
  return {
    server,
    async during(work) {
      database.exec('BEGIN IMMEDIATE');
      try {
        return await work();
      } finally {
        database.exec('ROLLBACK');
      }
    },
  };
}

async function untilReady(server: AuthServer): Promise<void> {
  for (let attempt = 1; attempt <= 100; attempt++) {
    if ((await ask(server, '/readyz')).status === 200) return;
    await sleep(100);
  }
  throw new Error('the server did not become ready again');
}
