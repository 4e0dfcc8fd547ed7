// A duration as it is written in the configuration, turned into seconds. The grammar is in `lib/duration.ts`.
import { z } from 'zod';
import { DURATION_PATTERN, parseDuration } from '../../lib/duration.ts';

const EXPECTED = 'must be a duration such as 30s, 10m, 24h or 90d';

/** A field such as `10m`; its value is a number of seconds. */
export const duration = (description: string) =>
  z
    .string(EXPECTED)
    .regex(DURATION_PATTERN, EXPECTED)
    .transform((text) => parseDuration(text) ?? 0)
    .describe(description);
