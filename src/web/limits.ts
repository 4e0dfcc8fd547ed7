// Rate limits by fixed windows in the store, so that they hold for all processes together. Who a request comes from:
// `middleware/client-address.ts`.
import { isIPv6 } from 'node:net';
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { normaliseAddress } from './middleware/client-address.ts';

export interface Limit {
  /** What is counted: `addressKey(address)`, a client_id, a hash; or a constant such as `total` for all together. */
  key: string;
  /** Hits allowed in one window. */
  limit: number;
}

export interface Counters {
  hit(counter: string, by: number, windowMs: number): Promise<{ count: number; resetAt: number }>;
}

export interface Limiter {
  /**
   * Counts one hit for each key, narrowest first: who is stopped by a narrow limit does not use up a broad one.
   * @throws DomainError throttled `<name>_throttled`, with the seconds to wait.
   */
  check(name: string, limits: readonly Limit[], windowMs: number): Promise<void>;
  /** As `check`, of what `note` counted: refuses when a limit is reached, and counts nothing. */
  look(name: string, limits: readonly Limit[], windowMs: number): Promise<void>;
  /** Counts one hit for each key, whatever the limit. */
  note(name: string, limits: readonly Limit[], windowMs: number): Promise<void>;
}

export function createLimiter({ store, clock }: { store: Counters; clock: Clock }): Limiter {
  const hit = (name: string, key: string, by: number, windowMs: number) =>
    store.hit(`${name}:${sha256(key)}`, by, windowMs);
  const throttled = (name: string, resetAt: number): DomainError =>
    new DomainError('throttled', `${name}_throttled`, {
      retryAfter: Math.max(1, Math.ceil((resetAt - clock.now()) / 1000)),
    });

  return {
    async check(name, limits, windowMs) {
      for (const { key, limit } of limits) {
        const { count, resetAt } = await hit(name, key, 1, windowMs);
        if (count > limit) throw throttled(name, resetAt);
      }
    },
    async look(name, limits, windowMs) {
      const counts = await Promise.all(limits.map(({ key }) => hit(name, key, 0, windowMs)));
      counts.forEach(({ count, resetAt }, place) => {
        if (count >= (limits[place]?.limit ?? 0)) throw throttled(name, resetAt);
      });
    },
    async note(name, limits, windowMs) {
      await Promise.all(limits.map(({ key }) => hit(name, key, 1, windowMs)));
    },
  };
}

/** An address as a limit counts it: one subscriber commands a whole IPv6 /64 (RFC 6177 §2). */
export function addressKey(address: string): string {
  const normal = normaliseAddress(address) ?? address;
  return isIPv6(normal) ? `address:${networkPrefix(normal)}::/64` : `address:${normal}`;
}

/** The first four groups of a normalised IPv6 address. */
function networkPrefix(address: string): string {
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
}
