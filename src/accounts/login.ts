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
  /** Name of the browser, when the login was used in it before (`known-browsers.ts`). */
  knownBrowser?: string | undefined;
}

export type SignInOutcome =
  | { kind: 'signed_in'; account: Account }
  /** The password was right, so the visitor may know that the address awaits its confirmation. */
  | { kind: 'refused'; reason: 'not_activated'; accountId: string; email: string }
  /** `reason` and `accountId` may be recorded; shown to the visitor they would tell which accounts exist. */
  | { kind: 'refused'; reason: 'unknown_login' | 'wrong_password' | 'account_not_usable'; accountId?: string };

/** Counts attempts in the store, narrowest limit first (`web/limits.ts`). */
export interface AttemptLimiter {
  /** Throws `<name>_throttled` (`throttled`) beyond a limit; what a narrow one stops does not use up a wider one. */
  check(name: string, limits: readonly Limit[], windowMs: number): Promise<void>;
  /** As `check`, of what `note` counted: counts nothing. */
  look(name: string, limits: readonly Limit[], windowMs: number): Promise<void>;
  note(name: string, limits: readonly Limit[], windowMs: number): Promise<void>;
}

interface Limit {
  key: string;
  limit: number;
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

const MINUTE_MS = 60 * 1000;
const WINDOW_MS = 15 * MINUTE_MS;
/** Failures beyond these multiples of a limit wait for the end of longer windows: the delay grows with persistence. */
const PATIENCE = [
  { windowMs: 60 * MINUTE_MS, times: 2 },
  { windowMs: 6 * 60 * MINUTE_MS, times: 4 },
  { windowMs: 24 * 60 * MINUTE_MS, times: 8 },
] as const;

export function createSignIn({ directory, passwords, limiter, addressKey, limits }: SignInDeps): SignIn {
  /** Under which names an attempt counts. All depends on what was typed, nothing on whether it exists. */
  function countersOf({ login, address, knownBrowser }: Credentials): Limit[] {
    const { per_address, per_account } = limits();
    const bucket = loginBucket(login);
    if (knownBrowser !== undefined) return [{ key: `browser:${knownBrowser}:${bucket}`, limit: per_account }];
    return [
      { key: addressKey(address), limit: per_address },
      { key: `login:${bucket}`, limit: per_account },
    ];
  }

  // Success does not reset a counter, or an attacker could do so with an account of their own.
  async function admit(credentials: Credentials): Promise<void> {
    const counters = countersOf(credentials);
    await Promise.all(
      PATIENCE.map(({ windowMs, times }) => limiter.look('sign_in', longer(counters, windowMs, times), windowMs)),
    );
    await limiter.check('sign_in', [...counters, { key: 'total', limit: limits().total }], WINDOW_MS);
  }

  async function noteFailure(credentials: Credentials): Promise<void> {
    const counters = countersOf(credentials);
    await Promise.all(
      PATIENCE.map(({ windowMs, times }) => limiter.note('sign_in', longer(counters, windowMs, times), windowMs)),
    );
  }

  // The password was right, so a busy server or store must not refuse it; the next sign-in tries again.
  async function rehash(accountId: string, password: string, formerHash: string): Promise<void> {
    try {
      await directory.rehashPassword(accountId, password, formerHash);
    } catch (error) {
      if (!isDomainError(error)) throw error;
    }
  }

  async function attempt(credentials: Credentials): Promise<SignInOutcome> {
    const found = await directory.findCredentials(credentials.login);
    const matches = await passwords.verify(credentials.password, found?.passwordHash);

    if (!found) return { kind: 'refused', reason: 'unknown_login' };
    const { account, passwordHash } = found;
    const { id: accountId, email = '', kind, status } = account;
    if (!matches || passwordHash === undefined) return { kind: 'refused', reason: 'wrong_password', accountId };
    if (kind === 'person' && status === 'pending') {
      return { kind: 'refused', reason: 'not_activated', accountId, email };
    }
    if (kind !== 'person' || status !== 'active') return { kind: 'refused', reason: 'account_not_usable', accountId };
    if (passwords.needsRehash(passwordHash)) await rehash(accountId, credentials.password, passwordHash);
    return { kind: 'signed_in', account };
  }

  return async (credentials) => {
    await admit(credentials);
    const outcome = await attempt(credentials);
    if (outcome.kind === 'refused') await noteFailure(credentials);
    return outcome;
  };
}

const longer = (counters: readonly Limit[], windowMs: number, times: number): Limit[] =>
  counters.map(({ key, limit }) => ({ key: `${key}:${windowMs}`, limit: limit * times }));
