// Before something dangerous (second factors, keys, deletion, administration) the person must have proved themselves lately, or
// do it again at `/account/confirm`: a browser left open, or a cookie that was stolen, is not enough.
import type { Context } from 'koa';
import type { Clock } from '../lib/clock.ts';
import { epochSeconds } from '../lib/clock.ts';
import type { Visitor, Visitors } from './visitor.ts';

export const CONFIRM_PATH = '/account/confirm';
/** Who signed in, or confirmed, within this time counts as present. */
export const RECENT_SECONDS = 600;

/**
 * The visitor, when present; otherwise answers with a redirect to sign in or to confirm, and `undefined`. `returnTo`: the page to
 * come back to, which must be there for GET; by default the one that was asked for.
 */
export type RequireRecent = (ctx: Context, returnTo?: string) => Promise<Visitor | undefined>;

export function createRequireRecent({ visitors, clock }: { visitors: Visitors; clock: Clock }): RequireRecent {
  return async (ctx, returnTo) => {
    const visitor = await visitors.require(ctx, returnTo);
    if (!visitor || epochSeconds(clock) - visitor.authTime <= RECENT_SECONDS) return visitor;
    ctx.redirect(`${CONFIRM_PATH}?${new URLSearchParams({ return_to: returnTo ?? ctx.url })}`);
    ctx.status = 303;
    return undefined;
  };
}
