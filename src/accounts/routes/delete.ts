// `/account/delete`: people delete their account, and keep it after all while there is time. What follows is in
// `compose/administration.ts`.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { deleteAccount } from '../../../views/accounts/delete.tsx';
import type { Clock } from '../../lib/clock.ts';
import { seeDone } from '../../web/done.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Visitor, Visitors } from '../../web/visitor.ts';

export interface DeleteDeps {
  visitors: Visitors;
  /** The visitor, if lately seen to be who they are; otherwise it answers and the result is `undefined`. */
  requireRecent(ctx: Context, returnTo: string): Promise<Visitor | undefined>;
  clock: Clock;
  /** `at` in milliseconds since the epoch. */
  schedule(ctx: Context, accountId: string, at: number): Promise<void>;
  keep(ctx: Context, accountId: string): Promise<void>;
}

const HERE = '/account/delete';

export function mountDelete(router: Router, { visitors, requireRecent, clock, schedule, keep }: DeleteDeps): void {
  const whenAsked = (ctx: Context): number => clock.now() + stateOf(ctx).config.lifetimes.account_deletion * 1000;

  router.get(HERE, async (ctx) => {
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    const { deletionAt } = visitor.account;
    page(ctx, deleteAccount, { date: new Date(deletionAt ?? whenAsked(ctx)), isScheduled: deletionAt !== undefined });
  });

  router.post(HERE, async (ctx) => {
    requireCsrf(ctx, await readForm(ctx));
    const visitor = await requireRecent(ctx, HERE);
    if (!visitor) return;
    if (visitor.account.deletionAt === undefined) await schedule(ctx, visitor.accountId, whenAsked(ctx));
    ctx.redirect(HERE);
    ctx.status = 303;
  });

  router.post(`${HERE}/keep`, async (ctx) => {
    requireCsrf(ctx, await readForm(ctx));
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    await keep(ctx, visitor.accountId);
    seeDone(ctx, '/account', 'kept');
  });
}
