// Keeps administrators from locking everybody out by what they do to themselves: somebody who may change things must remain.
import type { Account } from '../accounts/account.ts';
import { ADMIN_WRITE } from '../config/built-in.ts';
import type { ConfigSource } from '../config/config.ts';
import { DomainError } from '../lib/errors.ts';
import { roleScopes, rolesGranting } from '../policy/roles.ts';
import type { Domain } from './domain.ts';

const PAGE = 100;

export interface LockoutDeps {
  config: ConfigSource;
  directory: Domain['directory'];
}

/** Both throw `last_administrator` (`conflict`). */
export function createLockout({ config, directory }: LockoutDeps) {
  async function refuseLeaving(id: string): Promise<void> {
    for await (const account of administrators()) {
      if (account.id !== id && account.status === 'active' && account.deletionAt === undefined) return;
    }
    throw new DomainError('conflict', 'last_administrator', {
      detail: 'nobody else may change anything here; give somebody else such a role first',
    });
  }

  async function* administrators(): AsyncGenerator<Account> {
    const { roles } = config.current();
    for (const role of rolesGranting(ADMIN_WRITE, roles)) {
      const by = roles[role]?.default
        ? { name: 'kind' as const, value: 'person' }
        : { name: 'role' as const, value: role };
      let after: string | undefined;
      do {
        const page = await directory.list({ by, limit: PAGE, ...(after !== undefined && { after }) });
        yield* page.items.filter(({ kind }) => kind === 'person');
        after = page.next;
      } while (after !== undefined);
    }
  }

  return {
    /** Before the account is disabled. */
    refuseLeaving,

    /** Before the account loses the role: what it has by others stays. */
    async refuseWithout(id: string, role: string): Promise<void> {
      const account = await directory.find(id);
      if (!account?.roles.includes(role)) return;
      const left = { kind: account.kind, roles: account.roles.filter((held) => held !== role) };
      if (!roleScopes(left, config.current().roles).includes(ADMIN_WRITE)) await refuseLeaving(id);
    },
  };
}
