// The one-time link that sets a new password, mailed to the address of an account. Asking for one changes nothing; using one
// ends the others, and proves the mailbox of an account that still awaited its confirmation.
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { defineCollection, type Store } from '../storage/port.ts';
import type { Account } from './account.ts';
import { type Directory, namesOf } from './directory.ts';
import type { Passwords } from './password.ts';

const resetRecord = z.object({
  accountId: z.string(),
  /** The link ends when the account has another address. */
  email: z.string(),
  /** Hash of the cookie of the browser that asked. */
  browser: z.string().exactOptional(),
  /** Path of this server to go on to, in that browser. */
  returnTo: z.string().exactOptional(),
  createdAt: z.number(),
});

export interface ResetRequest {
  account: Account;
  browser?: string;
  returnTo?: string;
}

export interface OpenReset {
  account: Account;
  returnTo: string | undefined;
}

export interface PasswordResets {
  /** The token of a link, 256 bits; only its hash is kept. */
  create(request: ResetRequest): Promise<string>;
  /** What `redeem` would act on now. */
  find(token: string, browser: string | undefined): Promise<OpenReset | undefined>;
  /**
   * Sets the password; exactly one redemption succeeds. Throws `reset_link_expired` (`expired`), and before the link is
   * used up the refusals of a new password and `unavailable`.
   */
  redeem(token: string, password: string): Promise<Account>;
  /** Ends the links of an account. */
  forget(accountId: string): Promise<void>;
}

export interface PasswordResetsDeps {
  store: Store;
  clock: Clock;
  directory: Pick<Directory, 'find' | 'confirm'>;
  passwords: Pick<Passwords, 'accept' | 'hash'>;
  /** 256 random bits as text. */
  newToken: () => string;
  lifetime: () => number;
}

// The id is the hash of the token.
const resetCollection = defineCollection({
  name: 'password_reset',
  schema: resetRecord,
  durable: true,
  indexes: ({ accountId }) => ({ account: [accountId] }),
});

/** Whether this account may get its password by mail. */
export const mayReset = ({ kind, status }: Account): boolean => kind === 'person' && status !== 'disabled';

export function createPasswordResets(deps: PasswordResetsDeps): PasswordResets {
  const { store, clock, directory, passwords, newToken, lifetime } = deps;
  const resets = resetCollection(store, () => clock.now());

  async function findOpen(token: string) {
    const link = await resets.get(sha256(token));
    if (!link || link.consumedAt !== undefined) return undefined;
    const account = await directory.find(link.value.accountId);
    if (!account || !mayReset(account) || account.email !== link.value.email) return undefined;
    return { link, account };
  }

  return {
    async create({ account, browser, returnTo }) {
      const { id: accountId, email = '' } = account;
      const token = newToken();
      const record = {
        accountId,
        email,
        createdAt: clock.now(),
        ...(browser !== undefined && { browser: sha256(browser) }),
        ...(returnTo !== undefined && { returnTo }),
      };
      await resets.insert(sha256(token), record, { ttl: lifetime() * 1000 });
      return token;
    },

    async find(token, browser) {
      const open = await findOpen(token);
      if (!open) return undefined;
      const isOwn = browser !== undefined && open.link.value.browser === sha256(browser);
      return { account: open.account, returnTo: isOwn ? open.link.value.returnTo : undefined };
    },

    async redeem(token, password) {
      const open = await findOpen(token);
      if (!open) throw linkExpired();
      const { link, account } = open;
      await passwords.accept(password, namesOf(account));
      const passwordHash = await passwords.hash(password);
      const { outcome } = await resets.consume(link.id);
      if (outcome !== 'first') throw linkExpired();
      const changed = await directory.confirm(account.id, passwordHash);
      await resets.deleteBy('account', account.id);
      return changed;
    },

    forget: async (accountId) => void (await resets.deleteBy('account', accountId)),
  };
}

const linkExpired = (): DomainError => new DomainError('expired', 'reset_link_expired');
