// The directory of accounts: who exists, with which roles, and whether the account may be used. Callers record what they
// did; sign-in is in `login.ts`, the checks of a new account in `new-account.ts`, what roles grant in `policy/roles.ts`.
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import type { Page, Store, Stored } from '../storage/port.ts';
import {
  accountCollection,
  accountOf,
  accountRoles,
  type Account,
  type AccountChange,
  type AccountRecord,
  type AccountRoles,
} from './account.ts';
import { parseLogin } from './identifier.ts';
import {
  personRecord,
  serviceAccountRecord,
  withProfile,
  type NewPerson,
  type NewServiceAccount,
  type Profile,
} from './new-account.ts';
import type { Passwords } from './password.ts';
import { accountExists, orTaken } from './taken.ts';

export interface DirectoryDeps {
  store: Store;
  clock: Clock;
  passwords: Passwords;
  newId: () => string;
  /** Roles of the configuration in force. */
  roleNames: () => readonly string[];
}

export interface AccountQuery {
  /** Beginning of an e-mail address, a user name or a word of the name. Not together with `by`. */
  prefix?: string;
  by?: { name: 'kind' | 'status' | 'role' | 'maintainer' | 'deletion'; value: string };
  after?: string;
  limit: number;
}

/** All changes throw `account_unknown` (`not_found`) when there is no such account. */
export interface Directory {
  /** Throws `account_exists` (`conflict`), `role_unknown` and the refusals of `new-account.ts` and `password.ts`. */
  createPerson(person: NewPerson): Promise<Account>;
  /** An account that owns API keys and can never sign in. Throws also `maintainer_unknown`. */
  createServiceAccount(account: NewServiceAccount): Promise<Account>;
  /** A record that `insert` will take unless another account gets there first. Throws as `createPerson` does. */
  preparePerson(person: NewPerson): Promise<AccountRecord>;
  insert(record: AccountRecord): Promise<Account>;

  find(id: string): Promise<Account | undefined>;
  /** By e-mail address or user name, in any spelling that means the same. */
  findByLogin(login: string): Promise<Account | undefined>;
  /** For `login.ts`: what the presented password is checked against. */
  findCredentials(login: string): Promise<{ account: Account; passwordHash?: string } | undefined>;
  list(query: AccountQuery): Promise<Page<Account>>;
  /** As `list`, of each account only what decides its roles. */
  listRoles(query: AccountQuery): Promise<Page<AccountRoles>>;
  /** A figure; erased accounts may still be in it for a while. */
  count(by: NonNullable<AccountQuery['by']>): Promise<number>;

  /** The e-mail address was confirmed. A disabled account stays disabled. */
  activate(id: string): Promise<Account>;
  /** As `activate`, by somebody who chose this password: who holds the mailbox, whatever the password was before. */
  confirm(id: string, passwordHash: string): Promise<Account>;
  disable(id: string): Promise<AccountChange>;
  /** Back to what it was: an address that was never confirmed is still pending. */
  enable(id: string): Promise<AccountChange>;
  /** What people change by themselves. Throws `account_exists`, `username_invalid`, `name_invalid`. */
  changeProfile(id: string, profile: Profile): Promise<Account>;
  /** Throws `role_unknown` (`invalid`). */
  grantRole(id: string, role: string): Promise<AccountChange>;
  /** Takes away also a role that the configuration no longer knows. Throws `role_unknown` (`invalid`). */
  revokeRole(id: string, role: string): Promise<AccountChange>;
  /** Throws `service_account_has_no_password` (`conflict`) and the refusals of `password.ts`. */
  setPassword(id: string, password: string): Promise<Account>;
  /** The account is to be erased at this time, in milliseconds since the epoch. */
  scheduleDeletion(id: string, at: number): Promise<Account>;
  /** The person stays after all. Throws `deletion_due` (`expired`) once the time has come. */
  keep(id: string): Promise<Account>;
  /** Erases an account whose time has come; false when it was kept, or is gone already. */
  erase(id: string): Promise<boolean>;
  /** The same password under today's parameters; does nothing when the password was changed meanwhile. */
  rehashPassword(id: string, password: string, formerHash: string): Promise<void>;
}

/** What strangers know of a person: no password may consist of it. */
export const namesOf = ({ email, username, name }: Pick<AccountRecord, 'email' | 'username' | 'name'>): string[] =>
  [email, username, name].filter((text) => text !== undefined);

const enabledStatus = ({ activatedAt }: AccountRecord) => (activatedAt === undefined ? 'pending' : 'active');

export function createDirectory({ store, clock, passwords, newId, roleNames }: DirectoryDeps): Directory {
  const accounts = accountCollection(store, () => clock.now());
  const holders = accountRoles(store, () => clock.now());

  function refuseUnknown(roles: readonly string[]): void {
    const unknown = roles.filter((role) => !roleNames().includes(role));
    if (unknown.length === 0) return;
    throw new DomainError('invalid', 'role_unknown', { detail: `no role ${unknown.join(', ')}` });
  }

  async function refuseTaken(record: AccountRecord): Promise<void> {
    for (const index of ['email', 'username'] as const) {
      const value = record[index];
      if (value !== undefined && (await accounts.findBy(index, value))) throw accountExists(index, undefined);
    }
  }

  async function refuseStrangers(maintainers: readonly string[]): Promise<void> {
    const found = await Promise.all(maintainers.map((id) => accounts.get(id)));
    if (found.every((account) => account?.value.kind === 'person')) return;
    throw new DomainError('invalid', 'maintainer_unknown');
  }

  async function preparePerson(person: NewPerson): Promise<AccountRecord> {
    const record = personRecord(person, clock.now());
    refuseUnknown(record.roles);
    await refuseTaken(record);
    if (person.password === undefined) return record;
    await passwords.accept(person.password, namesOf(record));
    return { ...record, passwordHash: await passwords.hash(person.password), passwordChangedAt: clock.now() };
  }

  async function insert(record: AccountRecord): Promise<Account> {
    return accountOf(await orTaken(accounts.insert(newId(), record)));
  }

  async function change(id: string, next: (old: AccountRecord) => AccountRecord | undefined): Promise<Account> {
    const stored = await accounts.update(id, (old) => {
      const changed = next(old);
      return changed && { ...changed, updatedAt: clock.now() };
    });
    if (!stored) throw new DomainError('not_found', 'account_unknown');
    return accountOf(stored);
  }

  /** `next` answers nothing where it is so already. */
  async function changeOnce(
    id: string,
    next: (old: AccountRecord) => AccountRecord | undefined,
  ): Promise<AccountChange> {
    let hasChanged = false;
    const account = await change(id, (old) => {
      const made = next(old);
      hasChanged = made !== undefined;
      return made;
    });
    return { account, hasChanged };
  }

  const confirmed = (old: AccountRecord): AccountRecord => ({
    ...old,
    activatedAt: old.activatedAt ?? clock.now(),
    status: old.status === 'pending' ? 'active' : old.status,
  });

  const withPassword = (old: AccountRecord, passwordHash: string): AccountRecord => {
    if (old.kind === 'service') throw new DomainError('conflict', 'service_account_has_no_password');
    return { ...old, passwordHash, passwordChangedAt: clock.now() };
  };

  async function findStored(login: string): Promise<Stored<AccountRecord> | undefined> {
    const parsed = parseLogin(login);
    return parsed && accounts.findBy(parsed.index, parsed.value);
  }

  return {
    preparePerson,
    insert,
    createPerson: async (person) => insert(await preparePerson(person)),
    async createServiceAccount(account) {
      const record = serviceAccountRecord(account, clock.now());
      refuseUnknown(record.roles);
      await refuseStrangers(record.maintainers);
      return insert(record);
    },

    async find(id) {
      const stored = await accounts.get(id);
      return stored && accountOf(stored);
    },
    async findByLogin(login) {
      const stored = await findStored(login);
      return stored && accountOf(stored);
    },
    async findCredentials(login) {
      const stored = await findStored(login);
      if (!stored) return undefined;
      const { passwordHash } = stored.value;
      return { account: accountOf(stored), ...(passwordHash !== undefined && { passwordHash }) };
    },
    async list({ by, ...query }) {
      const page = await accounts.list({ ...query, ...(by && { index: by }) });
      return { ...page, items: page.items.map(accountOf) };
    },
    async listRoles({ by, ...query }) {
      const page = await holders.list({ ...query, ...(by && { index: by }) });
      return { ...page, items: page.items.map(({ id, value }) => ({ id, ...value })) };
    },
    count: (by) => accounts.count(by),

    activate: (id) => change(id, confirmed),
    confirm: (id, passwordHash) => change(id, (old) => confirmed(withPassword(old, passwordHash))),
    disable: (id) =>
      changeOnce(id, ({ disabledBy, ...old }) =>
        old.status === 'disabled' && disabledBy === undefined ? undefined : { ...old, status: 'disabled' },
      ),
    enable: (id) =>
      changeOnce(id, ({ disabledBy: _by, ...old }) =>
        old.status === 'disabled' ? { ...old, status: enabledStatus(old) } : undefined,
      ),
    changeProfile: (id, profile) => orTaken(change(id, (old) => withProfile(old, profile))),
    async grantRole(id, role) {
      refuseUnknown([role]);
      return changeOnce(id, (old) => (old.roles.includes(role) ? undefined : { ...old, roles: [...old.roles, role] }));
    },
    revokeRole: (id, role) =>
      changeOnce(id, (old) => {
        if (old.roles.includes(role)) return { ...old, roles: old.roles.filter((held) => held !== role) };
        refuseUnknown([role]);
        return undefined;
      }),
    async setPassword(id, password) {
      const account = await accounts.get(id);
      await passwords.accept(password, account ? namesOf(account.value) : []);
      const passwordHash = await passwords.hash(password);
      return change(id, (old) => withPassword(old, passwordHash));
    },
    scheduleDeletion: (id, at) => change(id, (old) => ({ ...old, deletionAt: at })),
    keep: (id) =>
      change(id, ({ deletionAt, ...old }) => {
        // Its erasure may have begun.
        if (deletionAt !== undefined && deletionAt <= clock.now()) throw new DomainError('expired', 'deletion_due');
        return old;
      }),
    async erase(id) {
      const stored = await accounts.get(id);
      const isDue = stored?.value.deletionAt !== undefined && stored.value.deletionAt <= clock.now();
      return isDue && accounts.delete(id);
    },
    async rehashPassword(id, password, formerHash) {
      const passwordHash = await passwords.hash(password);
      await accounts.update(id, (old) => (old.passwordHash === formerHash ? { ...old, passwordHash } : undefined));
    },
  };
}
