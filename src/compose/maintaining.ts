// Acts on service accounts, each with its record and its letters; `administration.ts` has them among all others. `as`: the
// maintainer who acts; absent for administrators.
import type { Account } from '../accounts/account.ts';
import type { Amendment, ServiceNames } from '../accounts/maintenance.ts';
import type { AuditEvent } from '../audit/event.ts';
import { DomainError } from '../lib/errors.ts';
import type { Actor } from './actor.ts';
import type { Domain } from './domain.ts';
import type { ServiceAccountChange } from './service-account-letters.ts';

/** A person with more of them is a program. */
const MOST_MAINTAINED = 100;

type Record = (by: Actor, event: Omit<AuditEvent, 'actor' | 'outcome'>) => Promise<void>;

export function createMaintaining(
  { directory, maintenance, serviceAccountLetters, revocation }: Domain,
  record: Record,
) {
  async function noted(
    by: Actor,
    account: Account,
    type: AuditEvent['type'],
    { what, who }: Pick<ServiceAccountChange, 'what' | 'who'>,
  ): Promise<Account> {
    await record(by, { type, account: account.id, ...(who !== undefined && { details: { maintainer: who } }) });
    await serviceAccountLetters.tell(account, { what, by: by.actor, ...(who !== undefined && { who }) });
    return account;
  }

  return {
    /** Without any role: those are for administrators to give. Throws also `service_accounts_too_many` (`conflict`). */
    async createMaintained(by: Actor, { name, purpose }: ServiceNames, as: string): Promise<Account> {
      const { length } = await maintenance.of(as);
      if (length >= MOST_MAINTAINED) throw new DomainError('conflict', 'service_accounts_too_many');
      const account = await directory.createServiceAccount({
        username: name,
        ...(purpose.trim() !== '' && { name: purpose }),
        maintainers: [as],
      });
      await record(by, { type: 'account.created', account: account.id, details: { kind: 'service' } });
      return account;
    },

    /** Disabled, its keys are refused and introspection calls their tokens inactive. What changes nothing is neither recorded nor told. */
    async amendServiceAccount(by: Actor, id: string, amendment: Amendment, as: string): Promise<Account> {
      if (amendment.isEnabled) await revocation.accountMayStart(id);
      const { account, isRenamed, isSwitched } = await maintenance.amend(id, amendment, as);
      if (isSwitched && !amendment.isEnabled) await revocation.cutAccount(id);
      if (isRenamed) await noted(by, account, 'account.profile_changed', { what: 'renamed' });
      const what = amendment.isEnabled ? 'enabled' : 'disabled';
      if (isSwitched) await noted(by, account, `account.${what}`, { what });
      return account;
    },

    /** Finds who was asked; runs once the answer has gone, which is the same whether or not there is such an account. */
    async inviteMaintainer(by: Actor, id: string, login: string): Promise<void> {
      const invited = await directory.findByLogin(login);
      if (invited?.kind !== 'person' || !(await maintenance.invite(id, login, invited.id))) return;
      await record(by, { type: 'account.maintainer_asked', account: id, details: { maintainer: invited.id } });
      const service = await directory.find(id);
      if (service) await serviceAccountLetters.ask(service, invited, by.actor);
    },

    async answerMaintaining(by: Actor, id: string, accepts: boolean, as: string): Promise<Account> {
      const account = await maintenance.answer(id, as, accepts);
      return accepts ? noted(by, account, 'account.maintainer_added', { what: 'joined', who: as }) : account;
    },

    addMaintainer: async (by: Actor, id: string, who: string): Promise<Account> =>
      noted(by, await maintenance.add(id, who), 'account.maintainer_added', { what: 'joined', who }),

    removeMaintainer: async (by: Actor, id: string, who: string, as?: string): Promise<Account> =>
      noted(by, await maintenance.remove(id, who, as), 'account.maintainer_removed', { what: 'removed', who }),
  };
}
