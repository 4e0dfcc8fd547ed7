// The one-time link that makes an administrator: no default password, and no race to be the first visitor. Printed at
// start and by `tokenim admin link`; the page that redeems it is a route elsewhere.
import { z } from 'zod';
import type { Locale } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { defineCollection, type Store } from '../storage/port.ts';
import type { Account } from './account.ts';
import type { Directory } from './directory.ts';

export const ADMINISTRATOR_ROLE = 'admin';
const LIFETIME_MS = 60 * 60 * 1000;
const PAGE = 100;
const EVERY_LINK = { name: 'purpose', value: 'administrator' };

export interface AdministratorLink {
  /** A token of 256 bits, valid for one hour; earlier ones end. Only its hash is kept. */
  create(): Promise<string>;
  /** Whether `redeem` would take the token now. */
  isOpen(token: string): Promise<boolean>;
  /**
   * Makes the administrator; exactly one redemption succeeds. What is wrong with the e-mail address or password is
   * thrown before the token is used up. Throws `administrator_link_expired` (`expired`) for every other token.
   */
  redeem(token: string, person: { email: string; password: string; locale?: Locale }): Promise<Account>;
  /** Whether an active person holds the administrator role. */
  administratorExists(): Promise<boolean>;
}

export interface AdministratorLinkDeps {
  store: Store;
  clock: Clock;
  directory: Pick<Directory, 'preparePerson' | 'insert' | 'list'>;
  /** 256 random bits as text. */
  newToken: () => string;
}

// The id is the hash of the token.
const linkCollection = defineCollection({
  name: 'administrator_link',
  schema: z.object({ createdAt: z.number() }),
  durable: true,
  indexes: () => ({ [EVERY_LINK.name]: [EVERY_LINK.value] }),
});

const linkExpired = (): DomainError => new DomainError('expired', 'administrator_link_expired');

export function createAdministratorLink(deps: AdministratorLinkDeps): AdministratorLink {
  const { store, clock, directory, newToken } = deps;
  const links = linkCollection(store, () => clock.now());

  async function isOpen(token: string): Promise<boolean> {
    const link = await links.get(sha256(token));
    return link !== undefined && link.consumedAt === undefined;
  }

  return {
    isOpen,
    async create() {
      await links.deleteBy(EVERY_LINK.name, EVERY_LINK.value);
      const token = newToken();
      await links.insert(sha256(token), { createdAt: clock.now() }, { ttl: LIFETIME_MS });
      return token;
    },
    async redeem(token, person) {
      if (!(await isOpen(token))) throw linkExpired();
      const roles = [ADMINISTRATOR_ROLE];
      const record = await directory.preparePerson({ ...person, roles, active: true });
      const { outcome } = await links.consume(sha256(token));
      if (outcome !== 'first') throw linkExpired();
      return directory.insert(record);
    },
    async administratorExists() {
      let after: string | undefined;
      do {
        const by = { name: 'role', value: ADMINISTRATOR_ROLE } as const;
        const page = await directory.list({ by, limit: PAGE, ...(after !== undefined && { after }) });
        if (page.items.some(({ kind, status }) => kind === 'person' && status === 'active')) return true;
        after = page.next;
      } while (after !== undefined);
      return false;
    },
  };
}
