// Looking after service accounts: who does, whom they ask to join, names, and being put to rest. Every change is a compare-and-swap
// on the service account's record that first looks for its author among the maintainers, so that who was removed a moment ago
// changes nothing. What follows from each change is in `compose/maintaining.ts`.
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { everyItem, gather } from '../storage/pages.ts';
import type { Store } from '../storage/port.ts';
import { accountCollection, type Account, accountOf, type AccountRecord } from './account.ts';
import { parseLogin } from './identifier.ts';
import { withProfile } from './new-account.ts';
import { orTaken } from './taken.ts';

const WEEK_MS = 7 * 86_400_000;
/** Open ones of one service account, and its maintainers. */
const MOST = 20;

export interface ServiceNames {
  /** By which it is found, unique among user names. */
  name: string;
  /** What it is for; empty for nothing said. */
  purpose: string;
}

/** What is absent stays. */
export type Amendment = Partial<ServiceNames> & { isEnabled?: boolean };

export interface Amended {
  account: Account;
  isRenamed: boolean;
  /** Disabled, or enabled again. */
  isSwitched: boolean;
}

type Invitation = NonNullable<AccountRecord['invitations']>[number];

/**
 * `by` is the maintainer who acts; without one it is an administrator. All throw `service_account_unknown` (`not_found`) where there is none,
 * or none that `by` maintains.
 */
export type Maintenance = ReturnType<typeof createMaintenance>;

export function createMaintenance({ store, clock }: { store: Store; clock: Clock }) {
  const accounts = accountCollection(store, () => clock.now());
  const isOpen = ({ expiresAt }: Invitation): boolean => expiresAt > clock.now();
  const isAsked = (service: Pick<Account, 'invitations' | 'maintainers'>, accountId: string): boolean =>
    service.invitations?.some(
      (one) => one.accountId === accountId && isOpen(one) && service.maintainers.includes(one.by),
    ) ?? false;

  async function change(
    id: string,
    by: string | undefined,
    next: (old: AccountRecord) => AccountRecord,
  ): Promise<Account> {
    const stored = await accounts.update(id, (old) => {
      if (old.kind !== 'service' || (by !== undefined && !old.maintainers.includes(by))) throw unknown();
      const made = next(old);
      return made === old ? undefined : { ...made, updatedAt: clock.now() };
    });
    if (!stored) throw unknown();
    return accountOf(stored);
  }

  /** Of these people, those who can do nothing: disabled, leaving, or gone. */
  async function absent(ids: readonly string[]): Promise<Set<string>> {
    const found = await Promise.all(ids.map(async (id) => [id, (await accounts.get(id))?.value] as const));
    const isAbsent = (person?: AccountRecord) => person?.status !== 'active' || person.deletionAt !== undefined;
    return new Set(found.flatMap(([id, person]) => (isAbsent(person) ? [id] : [])));
  }

  async function* allBy(name: 'maintainer' | 'invited' | 'kind', value: string): AsyncGenerator<Account> {
    for await (const stored of everyItem((range) => accounts.list({ index: { name, value }, ...range }))) {
      yield accountOf(stored);
    }
  }

  return {
    absent,

    open: (invitations: readonly Invitation[]): Invitation[] => invitations.filter(isOpen),

    of: (accountId: string): Promise<Account[]> => gather(allBy('maintainer', accountId)),

    /** Those that the person was asked to look after and has not answered. */
    async asking(accountId: string): Promise<Account[]> {
      return (await gather(allBy('invited', accountId))).filter((service) => isAsked(service, accountId));
    },

    /** Those that nobody looks after any more. */
    async *unmaintained(): AsyncGenerator<Account> {
      for await (const account of allBy('kind', 'service')) {
        if ((await absent(account.maintainers)).size === account.maintainers.length) yield account;
      }
    },

    /**
     * All of it or nothing, and says what has changed by it. What an administrator has disabled stays theirs to enable. Throws
     * `username_invalid`, `name_invalid`, `account_exists`, `disabled_by_administrator` (`forbidden`).
     */
    async amend(id: string, amendment: Amendment, by: string): Promise<Amended> {
      let [isRenamed, isSwitched] = [false, false];
      const next = (old: AccountRecord): AccountRecord => {
        const named = renamed(old, amendment);
        isRenamed = named.username !== old.username || named.name !== old.name;
        const made = switched(named, amendment.isEnabled);
        isSwitched = made.status !== old.status;
        return isRenamed || isSwitched ? made : old;
      };
      const account = await orTaken(change(id, by, next));
      return { account, isRenamed, isSwitched };
    },

    /**
     * Notes that somebody is asked, whether or not there is such an account; `invite` finds it once the answer has gone. Answers the
     * login in its stored form, `undefined` when it is asked already. Throws `login_invalid`, `invitations_too_many`.
     */
    async ask(id: string, login: string, by: string): Promise<string | undefined> {
      const value = parseLogin(login)?.value;
      if (value === undefined) throw new DomainError('invalid', 'login_invalid');
      let isNew = false;
      await change(id, by, (old) => {
        const open = old.invitations?.filter(isOpen) ?? [];
        isNew = open.every((one) => one.login !== value);
        if (isNew && open.length >= MOST) throw new DomainError('conflict', 'invitations_too_many');
        const invitations = isNew ? [...open, { login: value, by, expiresAt: clock.now() + WEEK_MS }] : open;
        return { ...old, invitations };
      });
      return isNew ? value : undefined;
    },

    /** The invitation is this person's; false when it was taken back, or they look after it already. */
    async invite(id: string, login: string, accountId: string): Promise<boolean> {
      const { invitations = [], maintainers } = await change(id, undefined, (old) => ({
        ...old,
        invitations: (old.invitations ?? []).map((one) =>
          one.login === login && !old.maintainers.includes(accountId) ? { ...one, accountId } : one,
        ),
      }));
      return !maintainers.includes(accountId) && invitations.some((one) => one.accountId === accountId);
    },

    retract: (id: string, login: string, by: string): Promise<Account> =>
      change(id, by, (old) => ({
        ...old,
        invitations: (old.invitations ?? []).filter((one) => one.login !== login),
      })),

    /** By who was asked; an invitation that has run out, or whose author is gone, is none. Throws `maintainers_too_many`. */
    answer: (id: string, accountId: string, accepts: boolean): Promise<Account> =>
      change(id, undefined, (old) => {
        if (!isAsked(old, accountId)) throw unknown();
        const invitations = old.invitations?.filter((one) => one.accountId !== accountId) ?? [];
        return { ...old, invitations, maintainers: accepts ? joined(old.maintainers, accountId) : old.maintainers };
      }),

    /** Throws `maintainer_unknown` (`invalid`) for who is no person, `maintainers_too_many`. */
    async add(id: string, accountId: string): Promise<Account> {
      const person = await accounts.get(accountId);
      if (person?.value.kind !== 'person') throw new DomainError('invalid', 'maintainer_unknown');
      return change(id, undefined, (old) => ({ ...old, maintainers: joined(old.maintainers, accountId) }));
    },

    /** Throws `maintainer_unknown` (`not_found`), and to a maintainer `last_maintainer` (`conflict`): those who can do nothing do not count. */
    async remove(id: string, accountId: string, by?: string): Promise<Account> {
      const gone = await absent((await accounts.get(id))?.value.maintainers ?? []);
      return change(id, by, (old) => {
        if (!old.maintainers.includes(accountId)) throw new DomainError('not_found', 'maintainer_unknown');
        const maintainers = old.maintainers.filter((one) => one !== accountId);
        const isLeftAlone = maintainers.every((one) => gone.has(one));
        if (by !== undefined && isLeftAlone) throw new DomainError('conflict', 'last_maintainer');
        // Who is removed does not come back through an account that they had asked.
        return { ...old, maintainers, invitations: old.invitations?.filter((one) => one.by !== accountId) ?? [] };
      });
    },
  };
}

const unknown = (): DomainError => new DomainError('not_found', 'service_account_unknown');

function joined(maintainers: readonly string[], accountId: string): string[] {
  const all = [...new Set([...maintainers, accountId])];
  if (all.length > MOST) throw new DomainError('conflict', 'maintainers_too_many');
  return all;
}

function renamed(old: AccountRecord, { name = old.username, purpose = old.name }: Amendment): AccountRecord {
  if (name === undefined || name.trim() === '') throw new DomainError('invalid', 'username_invalid');
  return withProfile(old, { username: name, name: purpose ?? '' });
}

function switched(old: AccountRecord, isEnabled = old.status === 'active'): AccountRecord {
  if (isEnabled === (old.status === 'active')) return old;
  if (!isEnabled) return { ...old, status: 'disabled', disabledBy: 'maintainer' };
  const { disabledBy, ...rest } = old;
  if (disabledBy !== 'maintainer') throw new DomainError('forbidden', 'disabled_by_administrator');
  return { ...rest, status: 'active' };
}
