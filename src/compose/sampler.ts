// Lets so many through in a minute, and no more. In memory: each process has its own.
import type { Clock } from '../lib/clock.ts';

export interface Sampler {
  /** Whether this one is among those of its minute. */
  take(): boolean;
}

export function createSampler({ clock, perMinute }: { clock: Clock; perMinute: number }): Sampler {
  let minute = 0;
  let taken = 0;
  return {
    take() {
      const now = Math.floor(clock.now() / 60_000);
      if (now !== minute) [minute, taken] = [now, 0];
      taken += 1;
      return taken <= perMinute;
    },
  };
}
