/** RFC 3339 in UTC, to the second. `at` in milliseconds since the epoch. */
export const moment = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
