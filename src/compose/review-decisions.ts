// What records tell of the holdings of a review: who gave a role and when, and who decided last that something stays.
import type { Account } from '../accounts/account.ts';
import type { AuditRecord } from '../audit/log.ts';
import { everyItem } from '../storage/pages.ts';
import type { Domain } from './domain.ts';
import { type Holding, refOf } from './holding.ts';

export type Decisions = Awaited<ReturnType<typeof readDecisions>>;

type Event = Pick<Required<Holding>, 'since'> & Pick<Holding, 'by'>;

const NAMED = (kind: unknown, account: unknown, ref: unknown): string => JSON.stringify([kind, account, ref]);

/** Reads every record of these few types once; roles that came with the account are asked for one by one. */
export async function readDecisions({ audit }: Pick<Domain, 'audit'>) {
  const given = new Map<string, Event>();
  const kept = new Map<string, NonNullable<Holding['kept']>>();
  const all = (type: string) => everyItem((range) => audit.list({ type, ...range }));
  // Newest first.
  for await (const { account, actor, at, details } of all('account.role_granted')) {
    const name = NAMED('role', account, details?.['role']);
    if (!given.has(name)) given.set(name, eventOf({ actor, at }));
  }
  for await (const { account, actor = '', at, details } of all('review.kept')) {
    const name = NAMED(details?.['kind'], account, details?.['ref']);
    if (!kept.has(name)) kept.set(name, { at, by: actor });
  }

  /** The first record of an account tells who made it. */
  async function making({ id, createdAt }: Account): Promise<Event> {
    const types = ['account.created', 'admin_link.used', 'account.activated'];
    const { items } = await audit.list({ account: id, types, order: 'asc', limit: 1 });
    return { since: createdAt, ...(items[0]?.actor !== undefined && { by: items[0].actor }) };
  }

  return {
    async givenTo(account: Account): Promise<(role: string) => Event> {
      const isGiven = (role: string) => given.has(NAMED('role', account.id, role));
      const made = account.roles.every(isGiven) ? { since: account.createdAt } : await making(account);
      return (role) => given.get(NAMED('role', account.id, role)) ?? made;
    },
    /** What was decided before it was given decided on another one. */
    keptOf(holding: Holding): Pick<Holding, 'kept'> {
      const found = kept.get(NAMED(holding.kind, holding.account.id, refOf(holding)));
      return found && found.at > (holding.since ?? 0) ? { kept: found } : {};
    },
  };
}

const eventOf = ({ actor, at }: { actor: AuditRecord['actor'] | undefined; at: number }): Event => ({
  since: at,
  ...(actor !== undefined && { by: actor }),
});
