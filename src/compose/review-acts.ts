// Decisions of an access review: something stays, which is recorded, or is taken back, which is the act of its kind.
import type { AdminActs, HoldingRef } from '../admin/acts.ts';
import { DomainError } from '../lib/errors.ts';
import type { Actor, Administration } from './administration.ts';
import type { Domain } from './domain.ts';

export interface ReviewActsDeps {
  domain: Pick<Domain, 'directory' | 'keys' | 'grants'>;
  administration: Administration;
}

/** Both throw `holding_unknown` (`not_found`) for what the account does not hold any more. */
export function createReviewActs({ domain, administration }: ReviewActsDeps) {
  async function isHeld({ kind, account, ref }: HoldingRef): Promise<boolean> {
    if (kind === 'role') return (await domain.directory.find(account))?.roles.includes(ref) ?? false;
    if (kind === 'key') return (await domain.keys.lifecycle.find(ref))?.ownerId === account;
    return (await domain.grants.find(ref))?.accountId === account;
  }

  async function requireHeld(holding: HoldingRef): Promise<void> {
    if (!(await isHeld(holding))) throw new DomainError('not_found', 'holding_unknown');
  }

  return {
    async keep(by: Actor, holding: HoldingRef): Promise<void> {
      await requireHeld(holding);
      await administration.keepHolding(by, holding);
    },

    /** Throws also as the act does. */
    async takeBack(
      acts: Pick<AdminActs, 'revokeRole' | 'revokeKey' | 'revokeGrant'>,
      holding: HoldingRef,
    ): Promise<void> {
      await requireHeld(holding);
      const { kind, account, ref } = holding;
      await (kind === 'role'
        ? acts.revokeRole(account, ref)
        : kind === 'key'
          ? acts.revokeKey(ref)
          : acts.revokeGrant(ref));
    },
  };
}
