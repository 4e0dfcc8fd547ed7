// Codes by time (RFC 6238): six digits, thirty seconds, SHA-1, as every authenticator application knows them. That a code
// counts once is held by `factors.ts`, which keeps the step.
import { Secret, TOTP } from 'otpauth';

const PERIOD_SECONDS = 30;
/** Steps that a clock may be ahead or behind (RFC 6238 §6). */
const SKEW_STEPS = 1;
/** RFC 4226 §4 recommends 160 bits. */
const SECRET_BYTES = 20;

const optionsOf = (secret: string) =>
  ({ secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: PERIOD_SECONDS }) as const;

/** Base32, as applications take it. */
export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

/** What the QR holds (Key URI format). */
export function totpUri(secret: string, { issuer, label }: { issuer: string; label: string }): string {
  return new TOTP({ ...optionsOf(secret), issuer, label }).toString();
}

/** The time step that the code belongs to, when it is one of those that hold now; compared in constant time. */
export function stepOfCode(secret: string, code: string, now: number): number | undefined {
  const token = code.replace(/[\s-]/g, '');
  if (!/^[0-9]{6}$/.test(token)) return undefined;
  const delta = new TOTP(optionsOf(secret)).validate({ token, timestamp: now, window: SKEW_STEPS });
  return delta === null ? undefined : Math.floor(now / 1000 / PERIOD_SECONDS) + delta;
}
