// The acts of administration in one person's name, for pages and for `/api/v1`: those of `administration.ts`, with what nobody may do
// to themselves. Somebody who may change things remains, and nobody gives rights to themselves.
import type { AdminActs } from '../admin/acts.ts';
import type { ConfigSource } from '../config/config.ts';
import { DomainError } from '../lib/errors.ts';
import type { Actor, Administration } from './administration.ts';
import type { Domain } from './domain.ts';
import { createLockout } from './lockout.ts';
import { createReviewActs } from './review-acts.ts';

export interface AdminActsDeps {
  config: ConfigSource;
  domain: Pick<Domain, 'directory' | 'keys' | 'grants'>;
  administration: Administration;
}

export function createAdminActs({ config, domain, administration }: AdminActsDeps) {
  const { directory } = domain;
  const reviewActs = createReviewActs({ domain, administration });
  const lockout = createLockout({ config, directory });

  /** Roles of a service account are its maintainers' too: they make its keys. */
  async function refuseLifting(self: string, id: string): Promise<void> {
    if (id !== self && !(await directory.find(id))?.maintainers.includes(self)) return;
    throw ownAccount();
  }

  /** `by.actor` is the account id of who acts. */
  return (by: Actor): AdminActs => {
    const self = by.actor;
    const acts: Omit<AdminActs, 'keepHolding' | 'takeBack'> = {
      createPerson: (person) => administration.createPerson(by, person),
      async createServiceAccount(service) {
        if (service.maintainers?.includes(self) && (service.roles?.length ?? 0) > 0) throw ownAccount();
        return administration.createServiceAccount(by, service);
      },
      async addMaintainer(id, person) {
        if (person === self) throw ownAccount();
        if ((await directory.find(id))?.maintainers.includes(person)) return;
        await administration.addMaintainer(by, id, person);
      },
      removeMaintainer: (id, person) => administration.removeMaintainer(by, id, person),
      enableAccount: (id) => administration.enableAccount(by, id),
      resetSecondFactors: (id) => administration.resetSecondFactors(by, id),
      signOut: (id) => administration.signOut(by, id),
      async grantRole(id, role) {
        await refuseLifting(self, id);
        return administration.grantRole(by, id, role);
      },
      revokeGrant: (id) => administration.revokeGrant(by, id),
      revokeKey: (clientId) => administration.revokeKey(by, clientId),
      disableKey: (clientId) => administration.disableKey(by, clientId),
      enableKey: (clientId) => administration.enableKey(by, clientId),
      disableClient: (id) => administration.disableClient(by, id),
      enableClient: (id) => administration.enableClient(by, id),
      async disableAccount(id) {
        if (id === self) await lockout.refuseLeaving(id);
        return lockout.orUndo(
          () => administration.disableAccount(by, id),
          () => administration.enableAccount(by, id),
        );
      },
      async revokeRole(id, role) {
        if (id === self) await lockout.refuseWithout(id, role);
        return lockout.orUndo(
          () => administration.revokeRole(by, id, role),
          () => administration.grantRole(by, id, role),
        );
      },
    };
    return {
      ...acts,
      keepHolding: (holding) => reviewActs.keep(by, holding),
      takeBack: (holding) => reviewActs.takeBack(acts, holding),
    };
  };
}

const ownAccount = (): DomainError =>
  new DomainError('forbidden', 'own_account', {
    detail: 'nobody gives rights to themselves; ask another administrator, or use the command line',
  });
