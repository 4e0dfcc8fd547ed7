// Counters with a fixed window, for rate limits. The server measures the window; `resetAt` is told by our clock.
import type { Clock } from '../../lib/clock.ts';
import { randomToken } from '../../lib/random.ts';
import { runScript, type Client } from './client.ts';
import { counterKey } from './keys.ts';
import { HIT } from './scripts.ts';

export type Hit = (counter: string, by: number, windowMs: number) => Promise<{ count: number; resetAt: number }>;

export function createCounters(client: Client, clock: Clock): Hit {
  return async (counter, by, windowMs) => {
    const reply = await runScript(client, HIT, [counterKey(counter)], [randomToken(9), by, Math.ceil(windowMs)]);
    const [count, remaining] = reply as [number, number];
    return { count, resetAt: clock.now() + (remaining < 0 ? Math.ceil(windowMs) : remaining) };
  };
}
