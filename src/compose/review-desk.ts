// What `/admin/review` shows: holdings with the names of people, keys and applications, and what was decided lately.
import type { HoldingFace } from '../../views/admin/review.tsx';
import type { ChosenFace } from '../../views/admin/review-take.tsx';
import { type Account, nameOf } from '../accounts/account.ts';
import type { HoldingRef } from '../admin/acts.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Domain } from './domain.ts';
import { type Holding, refOf } from './holding.ts';
import { review, reviewPage } from './review.ts';
import { reviewCsv } from './review-rows.ts';

export interface ReviewDeskDeps {
  config: ConfigSource;
  clock: Clock;
  domain: Pick<Domain, 'directory' | 'keys' | 'grants' | 'audit'>;
}

const DAY = 86_400;
const SHOWN = 50;
/** What was decided longer ago is to be decided again. */
const DECIDED_FOR = 90;

export function createReviewDesk({ config, clock, domain }: ReviewDeskDeps) {
  const { directory, keys, grants } = domain;
  const deps = () => ({ config: config.current(), clock, domain });

  async function namedAs(id: string) {
    const account = await directory.find(id);
    return named(id, account);
  }

  async function labelOf({ kind, ref }: Pick<HoldingRef, 'kind' | 'ref'>): Promise<string> {
    if (kind === 'role') return ref;
    if (kind === 'key') return (await keys.lifecycle.find(ref))?.name ?? ref;
    const clientId = (await grants.find(ref))?.clientId ?? ref;
    return config.current().clients[clientId]?.name ?? clientId;
  }

  const isRecent = (at: number, days = DECIDED_FOR): boolean => at >= clock.now() - days * DAY * 1000;

  async function faceOf(holding: Holding, days: number | undefined): Promise<HoldingFace> {
    const { kind, account, scopes, since, by, lastUsed, kept } = holding;
    const ref = refOf(holding);
    return {
      key: `${kind}:${account.id}:${ref}`,
      state: kind,
      name: await labelOf({ kind, ref }),
      account: named(account.id, account),
      scopes,
      ...(since !== undefined && { since: new Date(since) }),
      ...(by !== undefined && { by: await namedAs(by) }),
      ...(lastUsed !== undefined && { lastUsedAt: new Date(lastUsed) }),
      ...(kept && isRecent(kept.at, days) && { kept: { at: new Date(kept.at), by: await namedAs(kept.by) } }),
    };
  }

  return {
    /** What is still to be decided comes first. */
    async list(days: number | undefined, after: string | undefined): Promise<{ items: HoldingFace[]; next?: string }> {
      const { items, next } = await reviewPage(deps(), {
        limit: SHOWN,
        ...(days !== undefined && { staleSeconds: days * DAY }),
        ...(after !== undefined && { after }),
      });
      const faces = await Promise.all(items.map((holding) => faceOf(holding, days)));
      const isKept = ({ kept }: HoldingFace): number => (kept ? 1 : 0);
      const sorted = faces.toSorted((a, b) => isKept(a) - isKept(b));
      return { items: sorted, ...(next !== undefined && { next }) };
    },

    csv: (days: number | undefined) => reviewCsv(review(deps(), days === undefined ? undefined : days * DAY)),

    chosen: (refs: readonly HoldingRef[]): Promise<ChosenFace[]> =>
      Promise.all(
        refs.map(async (holding) => ({
          key: `${holding.kind}:${holding.account}:${holding.ref}`,
          state: holding.kind,
          name: await labelOf(holding),
          account: (await namedAs(holding.account)).name,
        })),
      ),
  };
}

const named = (id: string, account: Account | undefined) => ({
  id,
  name: account ? nameOf(account) : id,
  isKnown: account !== undefined,
});
