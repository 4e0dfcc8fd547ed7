// The composition of what developer settings show and do of service accounts; the acts are those of `administration.ts`.
import type { Context } from 'koa';
import type { Account } from '../accounts/account.ts';
import type { ServiceAccountActs, ServiceAccountFace, ServiceAccounts } from '../api-keys/service-accounts.ts';
import type { ConfigSource } from '../config/config.ts';
import { DomainError } from '../lib/errors.ts';
import { roleScopes } from '../policy/roles.ts';
import type { Afterwards } from '../web/afterwards.ts';
import type { Actor } from './actor.ts';
import type { Administration } from './administration.ts';
import type { Domain } from './domain.ts';

export interface ServiceAccountsDeps {
  config: ConfigSource;
  domain: Pick<Domain, 'directory' | 'maintenance' | 'roles'>;
  administration: Administration;
  afterwards: Afterwards;
  actorOf(ctx: Context, accountId: string): Actor;
  /** Counts a request that somebody be asked; throws `throttled`. */
  admitInvitation(accountId: string): Promise<void>;
}

export function composeServiceAccounts(deps: ServiceAccountsDeps) {
  const { config, domain, administration, afterwards, actorOf, admitInvitation } = deps;
  const { directory, maintenance } = domain;

  async function faceOf(account: Account): Promise<ServiceAccountFace> {
    const { id, username = id, name, status, disabledBy, invitations = [] } = account;
    const absent = await maintenance.absent(account.maintainers);
    const people = await Promise.all(account.maintainers.map(directory.find));
    return {
      id,
      name: username,
      purpose: name,
      state: status !== 'disabled' ? 'active' : disabledBy ? 'disabled' : 'disabled_by_administrator',
      roles: domain.roles(account),
      scopes: roleScopes(account, config.current().roles),
      maintainers: people.flatMap((person) =>
        person ? [{ id: person.id, name: nameOf(person), isAbsent: absent.has(person.id) }] : [],
      ),
      invitations: maintenance.open(invitations).map(({ login, expiresAt }) => ({
        login,
        expiresAt: new Date(expiresAt),
      })),
    };
  }

  const accounts: ServiceAccounts = {
    of: async (accountId) => Promise.all((await maintenance.of(accountId)).map(faceOf)),
    asking: async (accountId) =>
      (await maintenance.asking(accountId)).map(({ id, username = id }) => ({ id, name: username })),
    async find(accountId, id) {
      const account = await directory.find(id);
      if (account?.maintainers.includes(accountId)) return faceOf(account);
      throw new DomainError('not_found', 'service_account_unknown');
    },
  };

  return {
    accounts,

    actsOf(ctx: Context, as: string): ServiceAccountActs {
      const by = actorOf(ctx, as);
      return {
        create: async (names) => (await administration.createMaintained(by, names, as)).id,
        amend: async (id, amendment) => void (await administration.amendServiceAccount(by, id, amendment, as)),
        async ask(id, login) {
          await admitInvitation(as);
          const asked = await maintenance.ask(id, login, as);
          if (asked !== undefined) afterwards.run(ctx, () => administration.inviteMaintainer(by, id, asked));
        },
        retract: async (id, login) => void (await maintenance.retract(id, login, as)),
        answer: async (id, accepts) => void (await administration.answerMaintaining(by, id, accepts, as)),
        remove: async (id, who) => void (await administration.removeMaintainer(by, id, who, as)),
      };
    },
  };
}

const nameOf = ({ name, username, email, id }: Account): string => name ?? username ?? email ?? id;
