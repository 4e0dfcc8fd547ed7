// The store on Redis: a single server, sentinels or a cluster. Puts the parts of this folder together under the port's face.
import type { Clock } from '../../lib/clock.ts';
import { isDomainError, messageOf } from '../../lib/errors.ts';
import { storageUnavailable, type Store } from '../port.ts';
import type { RedisTarget } from '../../lib/storage-url.ts';
import { createChannel } from './channel.ts';
import { createBounds, createClient, type Bounded, type Client } from './client.ts';
import { createCounters } from './counters.ts';
import { createDocuments } from './documents.ts';
import { SCHEMA_KEY } from './keys.ts';
import { createLists } from './lists.ts';
import { createLog } from './log.ts';
import { migrate } from './schema.ts';

const OPEN_MS = 5000;
const PING_MS = 1800;

export interface RedisStoreOptions {
  clock: Clock;
  onError(error: unknown): void;
}

/** Later outages heal by themselves; only the first connection must succeed in time. */
export async function openRedis(target: RedisTarget, { clock, onError }: RedisStoreOptions): Promise<Store> {
  let lastError: unknown;
  const client = createClient(target, (error) => {
    lastError = error;
    onError(error);
  });
  const bounded = createBounds();
  try {
    await bounded(() => migrate(client), OPEN_MS);
  } catch (error) {
    client.disconnect();
    if (!isDomainError(error, 'unavailable')) throw error;
    const cause = lastError ?? error.cause;
    throw storageUnavailable(cause, `Redis cannot be reached: ${messageOf(cause)}`);
  }
  return assemble(client, bounded, { clock, onError });
}

function assemble(client: Client, bounded: Bounded, { clock, onError }: RedisStoreOptions): Store {
  const documents = createDocuments(client, clock);
  const lists = createLists(client, documents);
  const hit = createCounters(client, clock);
  const log = createLog(client, onError);
  const channel = createChannel(client, onError);

  return {
    get: (kind, id) => bounded(async () => (await documents.read(kind, id))?.doc),
    find: (kind, index, value) => bounded(() => documents.find(kind, index, value)),
    list: (kind, query) => bounded(() => lists.list(kind, query)),
    count: (kind, index) => bounded(() => lists.count(kind, index)),
    put: (kind, id, value, options) => bounded(() => documents.put(kind, id, value, options)),
    consume: (kind, id) => bounded(() => documents.consume(kind, id)),
    delete: (kind, id) => bounded(() => documents.remove(kind, id)),
    deleteBy: (kind, index) => bounded(() => lists.deleteBy(kind, index)),
    hit: (counter, by, windowMs) => bounded(() => hit(counter, by, windowMs)),
    append: (name, value, options) => bounded(() => log.append(name, value, options)),
    read: (name, query) => bounded(() => log.read(name, query)),
    countLog: (name, query) => bounded(() => log.count(name, query)),
    publish: (name, message) => bounded(() => channel.publish(name, message)),
    async subscribe(name, listener) {
      const end = async (): Promise<void> => channel.unsubscribe(name, listener);
      try {
        await bounded(() => channel.subscribe(name, listener));
      } catch (error) {
        await end();
        throw error;
      }
      return end;
    },
    ping: () => bounded(async () => void (await client.get(SCHEMA_KEY)), PING_MS),
    async close() {
      channel.close();
      client.disconnect();
    },
  };
}
