// Trouble in the background, told without flooding: during an outage the same error comes hundreds of times a second.
import type { Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';

const QUIET_MS = 10_000;
const MAX_REMEMBERED = 50;

export type Report = (error: unknown) => void;

/** Passes an error on unless one of the same text was passed on in the last ten seconds. */
export function createReport(onError: Report, clock: Clock): Report {
  const toldAt = new Map<string, number>();
  return (error) => {
    const text = messageOf(error);
    const now = clock.now();
    if (now - (toldAt.get(text) ?? -Infinity) < QUIET_MS) return;
    if (toldAt.size >= MAX_REMEMBERED) toldAt.clear();
    toldAt.set(text, now);
    onError(error);
  };
}
