// Keeps administrators from locking everybody out by what they do to themselves: somebody who may change things must remain.
import type { Account } from '../accounts/account.ts';
import { ADMIN_WRITE } from '../config/built-in.ts';
import type { ConfigSource } from '../config/config.ts';
import { DomainError } from '../lib/errors.ts';
import { roleScopes, rolesGranting } from '../policy/roles.ts';
import { everyItem } from '../storage/pages.ts';
import type { Domain } from './domain.ts';

export interface LockoutDeps {
  config: ConfigSource;
  directory: Domain['directory'];
}

/** All throw `last_administrator` (`conflict`). */
export function createLockout({ config, directory }: LockoutDeps) {
  async function isAnybodyLeft(without?: string): Promise<boolean> {
    for await (const { id, status, deletionAt } of administrators()) {
      if (id !== without && status === 'active' && deletionAt === undefined) return true;
    }
    return false;
  }

  async function refuseLeaving(id: string): Promise<void> {
    if (await isAnybodyLeft(id)) return;
    throw lastAdministrator();
  }

  async function* administrators(): AsyncGenerator<Account> {
    const { roles } = config.current();
    for (const role of rolesGranting(ADMIN_WRITE, roles)) {
      const by = roles[role]?.default
        ? { name: 'kind' as const, value: 'person' }
        : { name: 'role' as const, value: role };
      for await (const account of everyItem((range) => directory.list({ by, ...range }))) {
        if (account.kind === 'person') yield account;
      }
    }
  }

  return {
    /** Before the account is disabled. */
    refuseLeaving,

    /** Before the account is going to be deleted, which matters only of one that may change something. */
    async refuseDeletion(id: string): Promise<void> {
      const account = await directory.find(id);
      if (account && roleScopes(account, config.current().roles).includes(ADMIN_WRITE)) await refuseLeaving(id);
    },

    /** Does what may take the last administrator away, and undoes it when two at once have: each looked before the other's was done. */
    async orUndo<T>(act: () => Promise<T>, undo: () => Promise<unknown>): Promise<T> {
      const done = await act();
      if (await isAnybodyLeft()) return done;
      await undo();
      throw lastAdministrator();
    },

    /** Before the account loses the role: what it has by others stays. */
    async refuseWithout(id: string, role: string): Promise<void> {
      const account = await directory.find(id);
      if (!account?.roles.includes(role)) return;
      const left = { kind: account.kind, roles: account.roles.filter((held) => held !== role) };
      if (!roleScopes(left, config.current().roles).includes(ADMIN_WRITE)) await refuseLeaving(id);
    },
  };
}

const lastAdministrator = (): DomainError =>
  new DomainError('conflict', 'last_administrator', {
    detail: 'nobody else may change anything here; give somebody else such a role first',
  });
