// `/account/sign-ins`: where the person is signed in, ending one, and "this was not me". The rules are `sign-in-review.ts`'s.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { disowned } from '../../../views/accounts/disowned.tsx';
import { type SignInEntry, signIns as signInsPage } from '../../../views/accounts/sign-ins.tsx';
import { signedOut } from '../../../views/accounts/signed-out.tsx';
import { DomainError } from '../../lib/errors.ts';
import { doneOf, seeDone } from '../../web/done.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Sessions } from '../../web/session.ts';
import type { Visitor, Visitors } from '../../web/visitor.ts';
import type { Ended, LiveSession, SignInReview, Target } from '../sign-in-review.ts';
import type { SignIn } from '../sign-ins.ts';

export interface SignInsRoutesDeps {
  visitors: Visitors;
  sessions: Pick<Sessions, 'end'>;
  review: SignInReview;
  record(ctx: Context, event: SignInsEvent): Promise<void>;
}

export interface SignInsEvent {
  type: 'session.ended' | 'grant.revoked' | 'sign_in.disowned' | 'factor.removed';
  outcome: 'success';
  account: string;
  client?: string;
  grant?: string;
  details?: Record<string, string>;
}

const PAGE = '/account/sign-ins';
const ACTIONS = { endAction: `${PAGE}/end`, disownAction: `${PAGE}/disown` };
/** Former ones on the page. */
const SHOWN = 20;

export function mountSignIns(router: Router, { visitors, sessions, review, record }: SignInsRoutesDeps): void {
  router.get(PAGE, async (ctx) => {
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    const found = await review.review(visitor.accountId);
    const { clients } = stateOf(ctx).config;
    const nameOf = (clientId: string | undefined) => clientId && (clients[clientId]?.name ?? clientId);
    const entry = (signIn: SignIn) => entryOf(signIn, nameOf(signIn.clientId));
    page(ctx, signInsPage, {
      ...ACTIONS,
      sessions: found.sessions.map((session) => sessionEntry(session, visitor, nameOf(session.signIn?.clientId))),
      devices: found.devices.map(entry),
      former: found.former.slice(0, SHOWN).map(entry),
      done: doneOf(ctx),
    });
  });

  router.post(ACTIONS.endAction, async (ctx) => {
    const asked = await readTarget(ctx);
    if (!asked) return;
    const { visitor, target } = asked;
    const ended = await review.end(visitor.accountId, target);
    await recordEnded(ctx, visitor, ended);
    if (await leave(ctx, visitor, ended)) return page(ctx, signedOut, {});
    seeDone(ctx, PAGE, 'signed_out');
  });

  // Language links of what these forms answer come here.
  router.get([ACTIONS.endAction, ACTIONS.disownAction], (ctx) => ctx.redirect(`${PAGE}${ctx.search}`));

  router.post(ACTIONS.disownAction, async (ctx) => {
    const asked = await readTarget(ctx);
    if (!asked) return;
    const { visitor, target } = asked;
    const ended = await review.disown(visitor.accountId, target);
    const from = ended.signIn?.address;
    const details = from === undefined ? {} : { details: { from } };
    await record(ctx, { type: 'sign_in.disowned', outcome: 'success', account: visitor.accountId, ...details });
    await recordEnded(ctx, visitor, ended);
    if (ended.hadFactors) {
      const removed = { outcome: 'success', account: visitor.accountId } as const;
      await record(ctx, { type: 'factor.removed', ...removed, details: { why: 'disowned' } });
    }
    await leave(ctx, visitor, ended);
    const wasApproved = ended.signIn?.amr.includes('qr') || ended.signIn?.grantId !== undefined;
    page(ctx, disowned, {
      state: wasApproved ? 'approved' : 'signed_in',
      passwordHref: '/account/security/password',
      signInsHref: PAGE,
    });
  });

  async function readTarget(ctx: Context): Promise<{ visitor: Visitor; target: Target } | undefined> {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const visitor = await visitors.require(ctx);
    return visitor && { visitor, target: targetOf(form) };
  }

  async function recordEnded(ctx: Context, { accountId }: Visitor, { sessionUids, grants }: Ended): Promise<void> {
    const of = { outcome: 'success', account: accountId } as const;
    for (const session of sessionUids) await record(ctx, { type: 'session.ended', ...of, details: { session } });
    for (const { id, clientId } of grants)
      await record(ctx, { type: 'grant.revoked', ...of, client: clientId, grant: id });
  }

  /** Takes the cookie from a browser that has ended its own session; answers whether it has. */
  async function leave(ctx: Context, visitor: Visitor, { sessionUids }: Ended): Promise<boolean> {
    if (!sessionUids.includes(visitor.sessionUid)) return false;
    await sessions.end(ctx);
    delete stateOf(ctx).signedInAs;
    return true;
  }
}

function targetOf({ session, sign_in: signIn }: Record<string, string>): Target {
  if (session !== undefined && signIn === undefined) return { session };
  if (signIn !== undefined && session === undefined) return { signIn };
  throw new DomainError('invalid', 'sign_in_unknown');
}

function sessionEntry(
  { uid, signedInAt, lastUsedAt, amr, signIn }: LiveSession,
  visitor: Visitor,
  application: string | undefined,
): SignInEntry {
  return {
    target: { session: uid },
    // That of a scan is the phone's; the record's is the moment.
    at: new Date(signIn?.at ?? signedInAt),
    lastUsedAt: new Date(Math.max(lastUsedAt, signIn?.at ?? 0)),
    amr,
    application,
    origin: signIn,
    isCurrent: uid === visitor.sessionUid,
  };
}

const entryOf = (signIn: SignIn, application: string | undefined): SignInEntry => ({
  target: { sign_in: signIn.id },
  at: new Date(signIn.at),
  amr: signIn.grantId === undefined ? signIn.amr : [...signIn.amr, 'qr'],
  application,
  origin: signIn,
  isDisowned: signIn.disownedAt !== undefined,
});
