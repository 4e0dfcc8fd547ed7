// One-way forms of secrets and codes, and their comparison in constant time.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** SHA-256 as base64url. For values of high entropy only; passwords go through argon2. */
export const sha256 = (value: string): string => createHash('sha256').update(value).digest('base64url');

/** How a client's secret is kept. Plain SHA-256 is enough because the secret is random, not chosen by a person. */
export const secretHash = (secret: string): string => `sha256:${sha256(secret)}`;

/** HMAC-SHA-256 as base64url. */
export const hmac = (key: string, value: string): string => createHmac('sha256', key).update(value).digest('base64url');

/** HMAC-SHA-256 as bytes, for deriving keys and handles; `label` separates their uses. */
export const derive = (key: string, label: string, value = ''): Buffer =>
  createHmac('sha256', key).update(`${label}\0${value}`).digest();

/** Compares two strings without telling where they differ. */
export function safeEqual(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  const right = createHash('sha256').update(b).digest();
  return timingSafeEqual(left, right);
}
