// Time that tests move: `Date` alone is replaced, so our code, oidc-provider and jose agree while timers run on. It is
// the whole worker's, so only serial tests may use it, and not with Redis, which keeps its own time.
import { mock } from 'node:test';

export interface MovableTime {
  advance(seconds: number): void;
}

/** Stands still until moved; real time again after the test. */
export function stopTime(t: { teardown(work: () => void): void }): MovableTime {
  mock.timers.enable({ apis: ['Date'], now: Date.now() });
  t.teardown(() => mock.timers.reset());
  return { advance: (seconds) => mock.timers.tick(seconds * 1000) };
}
