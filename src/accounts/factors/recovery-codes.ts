// Codes on paper for the day that the phone is lost: ten, each good once. Only their HMAC under the pepper is kept.
import { randomInt } from 'node:crypto';
import { hmac, safeEqual } from '../../lib/hash.ts';

const COUNT = 10;
const LENGTH = 10;
/** Without vowels and look-alikes: no words, nothing to misread. 47 bits in ten characters. */
const ALPHABET = '23456789BCDFGHJKMNPQRSTVWXZ';

const newCode = (): string => Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** As shown: in two halves. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: COUNT }, newCode).map((code) => `${code.slice(0, 5)}-${code.slice(5)}`);

const normalise = (typed: string): string => typed.toUpperCase().replace(/[^0-9A-Z]/g, '');

const labelled = (code: string): string => `recovery code\0${normalise(code)}`;

export const hashRecoveryCode = (code: string, pepper: string): string => hmac(pepper, labelled(code));

/** Which of the hashes is that of the code, under any accepted pepper; -1 when none is. */
export function indexOfRecoveryCode(typed: string, hashes: readonly string[], peppers: readonly string[]): number {
  if (normalise(typed).length !== LENGTH) return -1;
  const candidates = peppers.map((pepper) => hashRecoveryCode(typed, pepper));
  return hashes.findIndex((hash) => candidates.some((candidate) => safeEqual(candidate, hash)));
}
