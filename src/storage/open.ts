// Opens the store that a storage URL names: the one place that knows both adapters. The URL's forms are in `lib/storage-url.ts`.
import { resolve } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import type { Store } from './port.ts';
import { createReport } from './report.ts';
import { parseStorageUrl } from '../lib/storage-url.ts';

export { describeStorage } from '../lib/storage-url.ts';

export interface OpenOptions {
  /** Where a relative SQLite path lies. */
  dataFolder: string;
  clock: Clock;
  /** Told of trouble in the background that no caller waits for: lost connections, failed sweeps. */
  onError?(error: unknown): void;
}

/**
 * Throws `storage_url_invalid` for a URL of no known form, `storage_newer` when a newer program wrote the store, and
 * `storage_unavailable` when it cannot be reached within about five seconds.
 */
export async function openStorage(url: string, options: OpenOptions): Promise<Store> {
  const target = parseStorageUrl(url);
  const onError = createReport((error) => options.onError?.(error), options.clock);
  const adapter = { clock: options.clock, onError };
  if (target.engine === 'redis') {
    const { openRedis } = await import('./redis/open.ts');
    return openRedis(target, adapter);
  }
  const { openSqlite } = await import('./sqlite/open.ts');
  return openSqlite(target.path === ':memory:' ? target.path : resolve(options.dataFolder, target.path), adapter);
}
