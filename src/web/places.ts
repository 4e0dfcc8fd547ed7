// Places that are held for a while, such as open streams, in this process. What is counted by the minute is in `limits.ts`.
import { DomainError } from '../lib/errors.ts';
import type { Limit } from './limits.ts';

/** Seconds after which a place may have become free. */
const RETRY_AFTER = 30;

export interface Places {
  /**
   * Takes one place under each key, or none. Answers the way to give them back.
   * @throws DomainError throttled `<name>_throttled`
   */
  take(limits: readonly Limit[]): () => void;
}

export function createPlaces(name: string): Places {
  const held = new Map<string, number>();

  const change = (key: string, by: number): void => {
    const count = (held.get(key) ?? 0) + by;
    if (count > 0) held.set(key, count);
    else held.delete(key);
  };

  return {
    take(limits) {
      if (limits.some(({ key, limit }) => (held.get(key) ?? 0) >= limit)) {
        throw new DomainError('throttled', `${name}_throttled`, { retryAfter: RETRY_AFTER });
      }
      for (const { key } of limits) change(key, 1);
      let taken = true;
      return () => {
        if (!taken) return;
        taken = false;
        for (const { key } of limits) change(key, -1);
      };
    },
  };
}
