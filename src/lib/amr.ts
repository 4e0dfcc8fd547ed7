// Authentication method references (RFC 8176 §2): `mfa` says that more than one factor was proved.
export const hasMfa = (amr: readonly string[] | undefined): boolean => amr?.includes('mfa') ?? false;

/** Methods proved one after the other, each once. */
export const joinAmr = (...parts: readonly (readonly string[])[]): string[] => [...new Set(parts.flat())];
