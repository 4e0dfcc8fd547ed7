// What developer settings know and do of service accounts: one behaviour for the pages and for `/api/v1/service-accounts`. Who
// looks after which is `accounts/maintenance.ts`'s; the acts, with their records, are handed in.
import { moment } from '../lib/moment.ts';

export interface ServiceAccountFace {
  id: string;
  name: string;
  purpose?: string | undefined;
  state: 'active' | 'disabled' | 'disabled_by_administrator';
  /** In force now. */
  roles: readonly string[];
  /** What these grant; its keys can be given no more. */
  scopes: readonly string[];
  /** `isAbsent`: disabled or gone, and so of no help. */
  maintainers: readonly { id: string; name: string; isAbsent: boolean }[];
  /** As they were typed, whether or not there is such an account. */
  invitations: readonly { login: string; expiresAt: Date }[];
}

export interface NewServiceNames {
  name: string;
  purpose: string;
}

export interface ServiceAccounts {
  of(accountId: string): Promise<ServiceAccountFace[]>;
  /** Those that the person was asked to look after. */
  asking(accountId: string): Promise<{ id: string; name: string }[]>;
  /** Throws `service_account_unknown` (`not_found`) for one that is not theirs, whether or not it exists. */
  find(accountId: string, id: string): Promise<ServiceAccountFace>;
}

/** In the name of one person, who must maintain the account; see `accounts/maintenance.ts` for what each throws. */
export interface ServiceAccountActs {
  /** Answers its account id. Throws also `service_accounts_too_many` (`conflict`). */
  create(names: NewServiceNames): Promise<string>;
  /** All of it or nothing; what is absent stays. */
  amend(id: string, amendment: Partial<NewServiceNames> & { isEnabled?: boolean }): Promise<void>;
  ask(id: string, login: string): Promise<void>;
  retract(id: string, login: string): Promise<void>;
  answer(id: string, accepts: boolean): Promise<void>;
  remove(id: string, maintainerId: string): Promise<void>;
}

/** As the interface answers it. */
export const serviceAccountJson = ({
  id,
  name,
  purpose,
  state,
  roles,
  scopes,
  maintainers,
  invitations,
}: ServiceAccountFace) => ({
  account_id: id,
  name,
  ...(purpose !== undefined && { purpose }),
  state,
  roles,
  scopes,
  maintainers: maintainers.map((one) => ({ account_id: one.id, name: one.name, active: !one.isAbsent })),
  invitations: invitations.map(({ login, expiresAt }) => ({ login, expires_at: moment(expiresAt.getTime()) })),
});
