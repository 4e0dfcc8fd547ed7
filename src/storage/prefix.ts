// Prefix search over text in byte order, which both engines sort by.

/** Comes after every text that begins with the prefix, before every other that follows them. */
export const endOfPrefix = (prefix: string): string => `${prefix}\u{10FFFF}`;
