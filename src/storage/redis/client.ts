// The connection to Redis: options for each topology, scripts by their digest, and a bounded time for everything.
import { Cluster, Redis } from 'ioredis';
import { isDomainError, messageOf } from '../../lib/errors.ts';
import { storageUnavailable } from '../port.ts';
import type { RedisTarget } from '../../lib/storage-url.ts';
import type { Script } from './scripts.ts';

export type Client = Redis | Cluster;

const CONNECT_TIMEOUT_MS = 1000;
const COMMAND_TIMEOUT_MS = 5000;
const DEADLINE_MS = 6000;
const MAX_WAITING = 5000;

/** Quick first, never above half a second, spread so that a fleet does not return all at once. */
const retryDelay = (attempt: number): number => Math.min(50 * 2 ** (attempt - 1), 500) + Math.floor(Math.random() * 50);

/** Measured against the loss of a master; the library's defaults lose requests or wait for ever. */
export function createClient(target: RedisTarget, onError: (error: unknown) => void): Client {
  const client = target.topology === 'cluster' ? createCluster(target) : createSingle(target);
  client.on('error', (error) => onError(plain(error)));
  return client;
}

function createSingle(target: RedisTarget): Redis {
  const options = {
    ...connectionOptions(target),
    db: target.db,
    enableAutoPipelining: true,
    maxRetriesPerRequest: 20,
    retryStrategy: retryDelay,
  };
  const [node] = target.nodes;
  if (target.topology === 'single' && node) return new Redis({ ...options, ...node });
  return new Redis({
    ...options,
    sentinels: [...target.nodes],
    ...(target.master !== undefined && { name: target.master }),
    ...(target.username !== undefined && { sentinelUsername: target.username }),
    ...(target.password !== undefined && { sentinelPassword: target.password }),
    ...(target.tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
    failoverDetector: true,
    sentinelRetryStrategy: retryDelay,
    reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? 2 : false),
  });
}

/** Without auto-pipelining: in a mixed batch the library does not follow redirections (MOVED) for single commands. */
function createCluster(target: RedisTarget): Cluster {
  return new Cluster([...target.nodes], {
    redisOptions: connectionOptions(target),
    clusterRetryStrategy: retryDelay,
    maxRedirections: 60,
    retryDelayOnFailover: 200,
    retryDelayOnClusterDown: 200,
    slotsRefreshInterval: 5000,
    slotsRefreshTimeout: 2000,
    shardedSubscribers: true,
  });
}

const connectionOptions = ({ tls, username, password }: RedisTarget) => ({
  replyMapping: 'legacy' as const,
  connectTimeout: CONNECT_TIMEOUT_MS,
  commandTimeout: COMMAND_TIMEOUT_MS,
  ...(tls && { tls: {} }),
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
});

/** A connection of its own for subscriptions of a single server; it waits for as long as it takes. */
export const createSubscriber = (client: Redis, onError: (error: unknown) => void): Redis =>
  client
    .duplicate({ commandTimeout: undefined, maxRetriesPerRequest: null, enableAutoPipelining: false })
    .on('error', (error) => onError(plain(error)));

/** Runs a script by its digest; a server that does not know it yet is given the text. */
export async function runScript(
  client: Client,
  { sha, lua }: Script,
  keys: readonly string[],
  args: readonly (string | number)[] = [],
): Promise<unknown> {
  try {
    return await client.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!messageOf(error).startsWith('NOSCRIPT')) throw error;
    return client.eval(lua, keys.length, ...keys, ...args);
  }
}

export type Bounded = <T>(work: () => Promise<T>, deadlineMs?: number) => Promise<T>;

/** Answers or rejects in time, and refuses more work when too much already waits. */
export function createBounds(): Bounded {
  let waiting = 0;
  return async (work, deadlineMs = DEADLINE_MS) => {
    if (waiting >= MAX_WAITING) throw storageUnavailable(new Error('too many operations wait for Redis'));
    waiting++;
    const pending = work().finally(() => waiting--);
    try {
      return await beforeDeadline(pending, deadlineMs);
    } catch (error) {
      throw translated(error);
    }
  };
}

function beforeDeadline<T>(pending: Promise<T>, deadlineMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Redis did not answer in time')), deadlineMs);
    void pending.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Replies that only a mistake of ours brings; every other refusal (LOADING, READONLY, OOM, CLUSTERDOWN…) is trouble. */
const OUR_MISTAKES = /^(ERR|WRONGTYPE|CROSSSLOT|NOSCRIPT) /;

/** The library's errors carry the command with its arguments: passwords, tokens, values. Only the text goes on. */
function plain(error: unknown): Error {
  const copy = new Error(messageOf(error));
  if (error instanceof Error) copy.name = error.name;
  return copy;
}

function translated(error: unknown): unknown {
  const programming = error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
  if (isDomainError(error) || programming) return error;
  const mistake = error instanceof Error && error.name === 'ReplyError' && OUR_MISTAKES.test(error.message);
  return mistake ? plain(error) : storageUnavailable(plain(error));
}
