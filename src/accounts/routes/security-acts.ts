// What the pages of `/account/security` share: only who signed in lately may act, every act is recorded and told to the owner, and
// the first factor brings recovery codes.
import type { Context } from 'koa';
import { recoveryCodes } from '../../../views/accounts/recovery-codes.tsx';
import type { AuditEvent } from '../../audit/event.ts';
import { type Done, seeDone } from '../../web/done.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import type { RequireRecent } from '../../web/recent.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import { localPath } from '../../web/return-to.ts';
import type { Visitor } from '../../web/visitor.ts';
import type { Factors } from '../factors/factors.ts';
import type { FactorNews } from './factor-form.ts';

export interface SecurityActsDeps {
  requireRecent: RequireRecent;
  factors: Factors;
  record(ctx: Context, event: AuditEvent): Promise<void>;
  tell(ctx: Context, accountId: string, what: FactorNews): Promise<void>;
}

export const SECURITY_PATH = '/account/security';

export type SecurityActs = ReturnType<typeof createSecurityActs>;

export function createSecurityActs({ requireRecent, factors, record, tell }: SecurityActsDeps) {
  /** The form of somebody who signed in lately; otherwise the request is answered. */
  async function act(ctx: Context, returnTo = SECURITY_PATH) {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const visitor = await requireRecent(ctx, returnTo);
    return visitor && { visitor, form };
  }

  async function added(
    ctx: Context,
    visitor: Visitor,
    factor: 'passkey' | 'totp',
    form: Readonly<Record<string, string>>,
  ) {
    const account = visitor.accountId;
    await record(ctx, { type: 'factor.added', outcome: 'success', account, details: { factor } });
    await tell(ctx, account, `${factor}_added`);
    const returnTo = returnToOf(ctx, form);
    const { recoveryCodesLeft } = await factors.find(account);
    if (recoveryCodesLeft > 0) {
      return returnTo === undefined ? seeDone(ctx, SECURITY_PATH, `${factor}_added`) : seeOther(ctx, returnTo);
    }
    // The page knows what is left to do.
    const onward = returnTo === undefined ? '' : `?${new URLSearchParams({ return_to: returnTo })}`;
    await showNewCodes(ctx, visitor, `${SECURITY_PATH}${onward}`, `${factor}_added`);
  }

  async function showNewCodes(ctx: Context, visitor: Visitor, continueHref: string, done?: Done): Promise<void> {
    const { accountId: account, sessionUid } = visitor;
    const codes = await factors.makeRecoveryCodes(account, sessionUid);
    await record(ctx, { type: 'factor.recovery_codes_made', outcome: 'success', account });
    // The mail that tells of the first factor is enough.
    if (done === undefined) await tell(ctx, account, 'codes_made');
    page(ctx, recoveryCodes, { codes, continueHref, done });
  }

  return { act, added, showNewCodes };
}

export const returnToOf = (ctx: Context, from: Readonly<Record<string, string>>): string | undefined =>
  localPath(from['return_to'], stateOf(ctx).config.issuer);

export function seeOther(ctx: Context, path: string): void {
  ctx.redirect(path);
  ctx.status = 303;
}
