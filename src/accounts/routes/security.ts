// `/account/security`: passkeys, the authenticator application, recovery codes. What adds or takes away needs a recent sign-in
// (`web/recent.ts`), is recorded, and told to the owner by mail.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { security, type SecurityProps } from '../../../views/accounts/security.tsx';
import type { AuditEvent } from '../../audit/event.ts';
import { hasMfa } from '../../lib/amr.ts';
import { isDomainError } from '../../lib/errors.ts';
import { doneOf, seeDone } from '../../web/done.ts';
import { statusOf } from '../../web/error-status.ts';
import { readQuery } from '../../web/form.ts';
import { CONFIRM_PATH, type RequireRecent } from '../../web/recent.ts';
import { page } from '../../web/render.ts';
import type { Visitor, Visitors } from '../../web/visitor.ts';
import type { Factors } from '../factors/factors.ts';
import type { Passkeys } from '../factors/passkeys.ts';
import type { FactorNews } from './factor-form.ts';
import { createSecurityActs, returnToOf, SECURITY_PATH as HOME, seeOther } from './security-acts.ts';
import { mountPasskeys } from './security-passkeys.ts';
import { mountTotp } from './security-totp.ts';

export interface SecurityRoutesDeps {
  visitors: Visitors;
  requireRecent: RequireRecent;
  factors: Factors;
  passkeys: Passkeys;
  /** A role of the account demands a second factor. */
  isRequired(accountId: string): Promise<boolean>;
  drawQr(text: string): Promise<string>;
  record(ctx: Context, event: AuditEvent): Promise<void>;
  tell(ctx: Context, accountId: string, what: FactorNews): Promise<void>;
}

export function mountSecurity(router: Router, deps: SecurityRoutesDeps): void {
  const { visitors, requireRecent, factors, passkeys, isRequired, drawQr, record, tell } = deps;
  const acts = createSecurityActs({ requireRecent, factors, record, tell });
  const { act, showNewCodes } = acts;
  mountPasskeys(router, { visitors, requireRecent, factors, passkeys, acts });
  mountTotp(router, { requireRecent, factors, acts, drawQr });

  router.get(HOME, async (ctx) => {
    const visitor = await visitors.require(ctx);
    if (visitor) await show(ctx, visitor, { returnTo: returnToOf(ctx, readQuery(ctx)), done: doneOf(ctx) });
  });

  // Forms of this page that were refused stand at the address they were sent to; language links come here.
  for (const path of [
    'passkeys',
    'passkeys/rename',
    'passkeys/remove',
    'totp/confirm',
    'totp/remove',
    'recovery-codes',
  ]) {
    router.get(`${HOME}/${path}`, (ctx) =>
      ctx.redirect(`${path === 'totp/confirm' ? `${HOME}/totp` : HOME}${ctx.search}`),
    );
  }

  router.post(`${HOME}/passkeys/remove`, async (ctx) => {
    const acting = await act(ctx);
    if (acting) {
      await remove(ctx, acting.visitor, 'passkey', (how) =>
        factors.removePasskey(acting.visitor.accountId, acting.form['passkey'] ?? '', how),
      );
    }
  });

  router.post(`${HOME}/totp/remove`, async (ctx) => {
    const acting = await act(ctx);
    if (acting) {
      await remove(ctx, acting.visitor, 'totp', (how) => factors.removeTotp(acting.visitor.accountId, how));
    }
  });

  router.post(`${HOME}/recovery-codes`, async (ctx) => {
    const acting = await act(ctx);
    if (acting) await showNewCodes(ctx, acting.visitor, HOME);
  });

  async function remove(
    ctx: Context,
    visitor: Visitor,
    factor: 'passkey' | 'totp',
    work: (how: { isRequired: boolean }) => Promise<unknown>,
  ): Promise<void> {
    const account = visitor.accountId;
    try {
      if ((await work({ isRequired: await isRequired(account) })) === false) return seeOther(ctx, HOME);
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'factor_required') throw error;
      return show(ctx, visitor, { problem: 'factor_required' }, statusOf(error));
    }
    await record(ctx, { type: 'factor.removed', outcome: 'success', account, details: { factor } });
    await tell(ctx, account, `${factor}_removed`);
    seeDone(ctx, HOME, `${factor}_removed`);
  }

  async function show(
    ctx: Context,
    { accountId, amr }: Visitor,
    beside: Pick<SecurityProps, 'returnTo' | 'problem' | 'done'>,
    status = 200,
  ): Promise<void> {
    const [held, required, hasFactor] = await Promise.all([
      factors.find(accountId),
      isRequired(accountId),
      factors.has(accountId),
    ]);
    // An application's request asks for the factor by itself.
    const isEffective = !required || hasMfa(amr) || beside.returnTo?.startsWith('/interaction/');
    const confirmHref = `${CONFIRM_PATH}?${new URLSearchParams({ return_to: beside.returnTo ?? HOME })}`;
    const effect = hasFactor && !isEffective ? { confirmHref, returnTo: undefined } : {};
    const props = { ...held, ...beside, takesPasskeys: passkeys.arePossible(), isRequired: required, ...effect };
    page(ctx, security, props, { status });
  }
}
