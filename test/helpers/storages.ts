// Declares the same flows for each store: SQLite always, Redis where there is a redis-server. Each gets a server of its own.
import test from 'ava';
import { type AuthServer, type AuthServerOptions, startAuthServer } from './auth-server.ts';
import { redisAvailable, type RedisServer, startRedis } from './redis-server.ts';

export interface Stage {
  /** Title of a test on this store. */
  on(sentence: string): string;
  /** The running server; for the bodies of tests. */
  server(): AuthServer;
  storage: 'sqlite' | 'redis';
}

export function onEachStorage(declare: (stage: Stage) => void, options: Omit<AuthServerOptions, 'storage'> = {}): void {
  declare(stage('sqlite', options));
  if (redisAvailable()) declare(stage('redis', options));
  else skipRedis();
}

/** Titles are unique in a file, which may declare more than once. */
let skipIsTold = false;

/** Says once that what needs Redis is not run. */
export function skipRedis(): void {
  if (!skipIsTold) test.skip('on Redis: redis-server is not on PATH', (t) => t.fail());
  skipIsTold = true;
}

function stage(storage: Stage['storage'], options: AuthServerOptions): Stage {
  let server: AuthServer | undefined;
  let redis: RedisServer | undefined;
  test.serial.before(async () => {
    redis = storage === 'redis' ? await startRedis() : undefined;
    server = await startAuthServer(undefined, { ...options, ...(redis && { storage: redis.url }) });
  });
  test.after.always(async () => {
    await server?.stop();
    await redis?.stop();
  });
  return {
    storage,
    on: (sentence) => `${storage}: ${sentence}`,
    server() {
      if (!server) throw new Error('the server runs only while tests do');
      return server;
    },
  };
}
