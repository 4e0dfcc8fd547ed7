// Signing in with a password: limits, look-up, check. The answer to the visitor is the same for every refusal; the reason
// is for the record. The session is begun by the caller (`web/session.ts`).
import type { Config } from '../config/config.ts';
import { isDomainError } from '../lib/errors.ts';
import type { Account } from './account.ts';
import type { Directory } from './directory.ts';
import { loginBucket } from './identifier.ts';
import type { Passwords } from './password.ts';

export interface Credentials {
  /** E-mail address or user name, as typed. */
  login: string;
  password: string;
  /** Client address, as `trusted_proxies` lets us know it. */
  address: string;
}

export type SignInOutcome =
  | { kind: 'signed_in'; account: Account }
  /** `reason` and `accountId` may be recorded; shown to the visitor they would tell which accounts exist. */
  | { kind: 'refused'; reason: 'unknown_login' | 'wrong_password' | 'account_not_usable'; accountId?: string };

/** Counts attempts in the store, narrowest limit first (`web/limits.ts`). */
export interface AttemptLimiter {
  /** Throws `<name>_throttled` (`throttled`) beyond a limit; what a narrow one stops does not use up a wider one. */
  check(name: string, limits: readonly { key: string; limit: number }[], windowMs: number): Promise<void>;
}

export interface SignInDeps {
  directory: Pick<Directory, 'findCredentials' | 'rehashPassword'>;
  passwords: Passwords;
  limiter: AttemptLimiter;
  /** Whom an address stands for: itself, or its IPv6 /64. */
  addressKey: (address: string) => string;
  limits: () => Config['limits']['sign_in'];
}

/** Throws `sign_in_throttled` (`throttled`) and `sign_in_busy` (`unavailable`), both with `retryAfter`. */
export type SignIn = (credentials: Credentials) => Promise<SignInOutcome>;

const WINDOW_MS = 15 * 60 * 1000;

export function createSignIn({ directory, passwords, limiter, addressKey, limits }: SignInDeps): SignIn {
  // Success does not reset a counter, or an attacker could do so with an account of their own.
  async function countAttempt({ login, address }: Credentials): Promise<void> {
    const { per_address, per_account, total } = limits();
    const keys = [
      { key: addressKey(address), limit: per_address },
      { key: `login:${loginBucket(login)}`, limit: per_account },
      { key: 'total', limit: total },
    ];
    await limiter.check('sign_in', keys, WINDOW_MS);
  }

  // The password was right, so a busy server or store must not refuse it; the next sign-in tries again.
  async function rehash(accountId: string, password: string, formerHash: string): Promise<void> {
    try {
      await directory.rehashPassword(accountId, password, formerHash);
    } catch (error) {
      if (!isDomainError(error)) throw error;
    }
  }

  return async (credentials) => {
    await countAttempt(credentials);
    const found = await directory.findCredentials(credentials.login);
    const matches = await passwords.verify(credentials.password, found?.passwordHash);

    if (!found) return { kind: 'refused', reason: 'unknown_login' };
    const { account, passwordHash } = found;
    if (!matches || passwordHash === undefined) {
      return { kind: 'refused', reason: 'wrong_password', accountId: account.id };
    }
    if (account.kind !== 'person' || account.status !== 'active') {
      return { kind: 'refused', reason: 'account_not_usable', accountId: account.id };
    }
    if (passwords.needsRehash(passwordHash)) await rehash(account.id, credentials.password, passwordHash);
    return { kind: 'signed_in', account };
  };
}
