// `/admin/review`: who holds what that nobody used for long, and deciding about it: it stays, or is taken back, one by one or a ticked
// selection. Taking back is asked once more.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { type HoldingFace, reviewPage } from '../../../views/admin/review.tsx';
import { type ChosenFace, reviewTake } from '../../../views/admin/review-take.tsx';
import { DomainError, isDomainError } from '../../lib/errors.ts';
import { doneOf, seeDone } from '../../web/done.ts';
import { readQuery } from '../../web/form.ts';
import { page } from '../../web/render.ts';
import type { HoldingRef } from '../acts.ts';
import type { Administrator, Guard } from '../guard.ts';
import { address, olderThan } from '../paging.ts';
import { answerCsv } from './records.ts';

export interface ReviewDeps {
  guard: Guard;
  /** Of so many days without use; all without. A page may be short and still have a next. */
  list(days: number | undefined, after: string | undefined): Promise<{ items: HoldingFace[]; next?: string }>;
  csv(days: number | undefined): AsyncIterable<string>;
  /** For the question whether they are to be taken back. */
  chosen(holdings: readonly HoldingRef[]): Promise<ChosenFace[]>;
}

const HERE = '/admin/review';
const PICK = 'pick:';
const KINDS = ['role', 'key', 'grant'] as const;
const STALE = '90';

export function mountReview(router: Router, { guard, list, csv, chosen }: ReviewDeps): void {
  router.get(HERE, async (ctx) => {
    const reader = await guard.reader(ctx);
    if (reader) await show(ctx, reader);
  });

  router.get(`${HERE}.csv`, async (ctx) => {
    if (await guard.reader(ctx)) answerCsv(ctx, 'review.csv', csv(daysOf(staleOf(ctx))));
  });

  router.post(HERE, async (ctx) => {
    const posted = await guard.posted(ctx, ctx.url);
    if (!posted) return;
    const { form, acts } = posted;
    const { keep, take, decision } = form;
    const picked = keep ?? take;
    const keys = picked === undefined ? ticked(form) : [picked];
    if (keys.length === 0) return show(ctx, posted, 'nothing_chosen', 422);
    const holdings = keys.map(refOf);
    if (keep === undefined && decision !== 'keep') return askToTake(ctx, holdings);
    const failed = await each(holdings, (holding) => acts.keepHolding(holding));
    if (failed > 0) return show(ctx, posted, 'some_failed', 409);
    seeDone(ctx, HERE, 'kept_held', { stale: staleOf(ctx) });
  });

  router.get(`${HERE}/take`, (ctx) => ctx.redirect(HERE));

  router.post(`${HERE}/take`, async (ctx) => {
    const posted = await guard.posted(ctx, HERE);
    if (!posted) return;
    const failed = await each(ticked(posted.form).map(refOf), (holding) => posted.acts.takeBack(holding));
    if (failed > 0) return show(ctx, posted, 'some_failed', 409);
    seeDone(ctx, HERE, 'recorded', { stale: staleOf(ctx) });
  });

  async function askToTake(ctx: Context, holdings: readonly HoldingRef[]): Promise<void> {
    const stale = staleOf(ctx);
    page(ctx, reviewTake, {
      holdings: await chosen(holdings),
      action: address(`${HERE}/take`, { stale }),
      cancelHref: address(HERE, { stale }),
    });
  }

  async function show(ctx: Context, { mayWrite }: Administrator, error?: string, status = 200): Promise<void> {
    const stale = staleOf(ctx);
    const { items, next } = await list(daysOf(stale), readQuery(ctx)['after']);
    page(
      ctx,
      reviewPage,
      {
        stale,
        holdings: items,
        action: address(HERE, { stale, after: readQuery(ctx)['after'] }),
        csvHref: address(`${HERE}.csv`, { stale }),
        older: olderThan(next, HERE, { stale }),
        mayWrite,
        error,
        done: doneOf(ctx),
      },
      { status },
    );
  }
}

/** Days; `0` for everything. */
const staleOf = (ctx: Context): string => {
  const { stale = STALE } = readQuery(ctx);
  return /^\d{1,4}$/.test(stale) ? stale : STALE;
};

const daysOf = (stale: string): number | undefined => (Number(stale) === 0 ? undefined : Number(stale));

const ticked = (form: Readonly<Record<string, string>>): string[] =>
  Object.keys(form).flatMap((field) => (field.startsWith(PICK) ? [field.slice(PICK.length)] : []));

/** How many could not be done: gone meanwhile, or refused. */
async function each(holdings: readonly HoldingRef[], act: (holding: HoldingRef) => Promise<unknown>): Promise<number> {
  let failed = 0;
  for (const holding of holdings) {
    try {
      await act(holding);
    } catch (error) {
      if (!isDomainError(error, 'not_found') && !isDomainError(error, 'conflict')) throw error;
      failed += 1;
    }
  }
  return failed;
}

/** As `HoldingFace.key` says it: `kind:account:ref`. */
function refOf(key: string): HoldingRef {
  const [, named, account = '', ref = ''] = /^(\w+):(\w+):(.+)$/s.exec(key) ?? [];
  const kind = KINDS.find((one) => one === named);
  if (kind === undefined) throw new DomainError('invalid', 'body_malformed');
  return { kind, account, ref };
}
