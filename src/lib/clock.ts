// The only source of time for our own code; tests pass another one.

/** Milliseconds since the Unix epoch. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** NumericDate of RFC 7519 §2: whole seconds since the epoch. */
export const epochSeconds = (clock: Clock): number => Math.floor(clock.now() / 1000);
