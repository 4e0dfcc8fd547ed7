// Durations as people write them in the configuration and on the command line: `30s 10m 24h 90d`.

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

export const DURATION_PATTERN = /^([1-9][0-9]{0,6})([smhd])$/;

/** Seconds of a duration such as `10m`; `undefined` when it is not one. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION_PATTERN.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS];
}

/** The shortest exact way to write a number of seconds: 600 is `10m`. */
export function formatDuration(seconds: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    if (seconds > 0 && seconds % SECONDS[unit] === 0) return `${seconds / SECONDS[unit]}${unit}`;
  }
  return `${seconds}s`;
}
