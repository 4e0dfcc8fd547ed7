// Passwords: the rules for a new one, and argon2id (RFC 9106) for keeping and checking it. `login.ts` checks;
// `directory.ts` keeps; how easily one is guessed is told by `password-strength.ts`.
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import argon2 from 'argon2';
import type { Config } from '../config/config.ts';
import { DomainError } from '../lib/errors.ts';
import { createWeaknessOf } from './password-strength.ts';
import { createSemaphore } from './semaphore.ts';

export interface Passwords {
  /**
   * Whether somebody may choose this password. `about`: what strangers know of them. Throws as `parsePassword`, and
   * `password_personal`, `password_common`, `password_pattern` or `password_guessable` (`invalid`).
   */
  accept(password: string, about: readonly string[]): Promise<void>;
  /** The PHC string of a new password. Throws `invalid` when it breaks the rules, `unavailable` when too many wait. */
  hash(password: string): Promise<string>;
  /** Whether the password is the one behind the hash; without a hash the same work is done in vain. Throws `unavailable`. */
  verify(password: string, passwordHash: string | undefined): Promise<boolean>;
  /** Whether the hash was made with other parameters than today's. */
  needsRehash(passwordHash: string): boolean;
}

export /** NIST SP 800-63B §3.1.1.2 asks for as many at least. */
const MIN_CHARACTERS = 8;
const MAX_CHARACTERS = 128;
/** UTF-16 units looked at, before normalisation can make them more. */
const MAX_INPUT = 1024;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
const MAX_WAITING = 64;

/**
 * The form of a password that is hashed: NFKC, so that one keyboard's spelling works on another (NIST SP 800-63B
 * §3.1.1.2). Any characters, 8 to 128 of them. Throws `password_too_short`, `password_too_long`, `password_malformed`.
 */
export function parsePassword(text: string): string {
  if (text.length > MAX_INPUT) throw new DomainError('invalid', 'password_too_long');
  if (/\p{Surrogate}/u.test(text)) throw new DomainError('invalid', 'password_malformed');
  const password = text.normalize('NFKC');
  const { length } = Array.from(password);
  if (length < MIN_CHARACTERS) throw new DomainError('invalid', 'password_too_short');
  if (length > MAX_CHARACTERS) throw new DomainError('invalid', 'password_too_long');
  return password;
}

// argon2 shares libuv's four threads with WebCrypto, which signs tokens, and the cores with the event loop.
const concurrentHashes = (): number => Math.max(1, Math.min(2, availableParallelism() - 1));

const signInBusy = (): DomainError => new DomainError('unavailable', 'sign_in_busy', { retryAfter: 1 });

const phcBase64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** `parameters` is read at each use, so that a reload of the configuration takes effect. */
export function createPasswords({ parameters }: { parameters: () => Config['password'] }): Passwords {
  const semaphore = createSemaphore({ permits: concurrentHashes(), waiting: MAX_WAITING, whenFull: signInBusy });
  const weaknessOf = createWeaknessOf();
  const salt = randomBytes(SALT_BYTES);
  const digest = randomBytes(HASH_BYTES);

  const options = () => {
    const { memory_kib, iterations, parallelism } = parameters();
    return { memoryCost: memory_kib, timeCost: iterations, parallelism };
  };

  // Nobody's password: checking against it takes as long as checking a real one, so time does not tell who exists.
  const decoy = (): string => {
    const { memoryCost, timeCost, parallelism } = options();
    return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${phcBase64(salt)}$${phcBase64(digest)}`;
  };

  return {
    async accept(password, about) {
      const weakness = await weaknessOf(parsePassword(password), about);
      if (weakness)
        throw new DomainError('invalid', `password_${weakness}`, { detail: 'the password is easy to guess' });
    },
    async hash(password) {
      const normalised = parsePassword(password);
      return semaphore.run(() =>
        argon2.hash(normalised, { ...options(), type: argon2.argon2id, hashLength: HASH_BYTES }),
      );
    },
    async verify(password, passwordHash) {
      const presented = password.slice(0, MAX_INPUT).normalize('NFKC');
      const matches = await semaphore.run(() => argon2.verify(passwordHash ?? decoy(), presented));
      return matches && passwordHash !== undefined;
    },
    needsRehash: (passwordHash) => argon2.needsRehash(passwordHash, options()),
  };
}
