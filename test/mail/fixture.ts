// Queues and senders on real stores with a clock that tests move, and a real SMTP server as the relay.
import type { ExecutionContext } from 'ava';
import { createMailQueue, type MailQueue } from '../../src/mail/queue.ts';
import { createSender, type Outcome, type Sender } from '../../src/mail/sender.ts';
import { createRelay } from '../../src/mail/smtp.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Store } from '../../src/storage/port.ts';
import { memoryStore, testClock, type TestClock } from '../accounts/fixture.ts';
import { redisAvailable, startRedis } from '../helpers/redis-server.ts';

export const KEY = 'k'.repeat(32);
export const LINK = 'https://id.example/account/reset/SECRET-OF-THE-LINK';
export const message = { to: 'lin@example.com', subject: 'Reset your password', text: `Open this link:\n${LINK}\n` };

export interface Post {
  clock: TestClock;
  store: Store;
  queue: MailQueue;
  outcomes: Outcome[];
  /** Another process on the same store. */
  sender(options?: { concurrency?: number; keys?: readonly [string, ...string[]] }): Sender;
}

export const STORAGES = redisAvailable() ? (['sqlite', 'redis'] as const) : (['sqlite'] as const);

/** `relay` is asked at each delivery. */
export async function post(
  t: ExecutionContext,
  relay: () => { url: string; from: string; reply_to?: string } | undefined,
  storage: 'sqlite' | 'redis' = 'sqlite',
): Promise<Post> {
  const clock = testClock();
  const store = storage === 'sqlite' ? await memoryStore(t, clock) : await redisStore(t, clock);
  const outcomes: Outcome[] = [];
  const queueWith = (keys: readonly [string, ...string[]]) =>
    createMailQueue({ store, clock, secrets: () => keys, host: () => 'id.example' });
  return {
    clock,
    store,
    queue: queueWith([KEY]),
    outcomes,
    sender({ concurrency, keys = [KEY] as const } = {}) {
      const sender = createSender({
        queue: queueWith(keys),
        relay: () => {
          const configured = relay();
          return configured && createRelay(configured, 'id.example');
        },
        clock,
        random: () => 0.5,
        report: (outcome) => outcomes.push(outcome),
        onError: (error) => t.fail(String(error)),
        ...(concurrency !== undefined && { concurrency }),
      });
      t.teardown(() => sender.close());
      return sender;
    },
  };
}

async function redisStore(t: ExecutionContext, clock: TestClock): Promise<Store> {
  const redis = await startRedis();
  const store = await openStorage(redis.url, { dataFolder: '.', clock });
  t.teardown(async () => {
    await store.close();
    await redis.stop();
  });
  return store;
}
