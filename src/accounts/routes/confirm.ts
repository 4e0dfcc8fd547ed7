// `/account/confirm`: the person proves themselves once more before something dangerous (`web/recent.ts`), by a second factor, or
// by the password where there is none: who stole a password must not be able to take the factors away with it.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { secondStep, type SecondStepError } from '../../../views/accounts/second-step.tsx';
import type { AuditEvent } from '../../audit/event.ts';
import { joinAmr } from '../../lib/amr.ts';
import { readQuery } from '../../web/form.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { CONFIRM_PATH } from '../../web/recent.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import { localPath } from '../../web/return-to.ts';
import type { Sessions } from '../../web/session.ts';
import type { Visitor, Visitors } from '../../web/visitor.ts';
import type { Factors } from '../factors/factors.ts';
import type { FactorForms, FactorOutcome } from './factor-form.ts';
import type { PasswordForm } from './password-form.ts';

export interface ConfirmRoutesDeps {
  sessions: Pick<Sessions, 'renew'>;
  visitors: Visitors;
  factors: Pick<Factors, 'has'>;
  forms: FactorForms;
  passwordForm: PasswordForm;
  record(ctx: Context, event: AuditEvent): Promise<void>;
}

const HOME = '/account';

export function mountConfirm(router: Router, deps: ConfirmRoutesDeps): void {
  const { sessions, visitors, factors, forms, passwordForm, record } = deps;

  router.get(CONFIRM_PATH, async (ctx) => {
    const visitor = await visitors.require(ctx);
    if (visitor) await show(ctx, visitor, returnToOf(ctx, readQuery(ctx)));
  });

  router.post(CONFIRM_PATH, async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    const returnTo = returnToOf(ctx, form);
    const outcome = await attempt(ctx, visitor, form);
    if (outcome.kind === 'refused') return show(ctx, visitor, returnTo, outcome);
    const { accountId } = visitor;
    await sessions.renew(ctx, { amr: joinAmr(visitor.amr, outcome.amr) });
    await record(ctx, {
      type: 'factor.confirmed',
      outcome: 'success',
      account: accountId,
      details: { method: outcome.method },
    });
    ctx.redirect(returnTo ?? HOME);
    ctx.status = 303;
  });

  async function attempt(
    ctx: Context,
    { accountId, account }: Visitor,
    form: Readonly<Record<string, string>>,
  ): Promise<(FactorOutcome & { kind: 'refused' }) | { kind: 'proved'; method: string; amr: readonly string[] }> {
    if (await factors.has(accountId)) {
      return forms.present(ctx, form, { accountId, purpose: { use: 'confirm', subject: accountId } });
    }
    const { password = '' } = form;
    const outcome = await passwordForm.confirm(ctx, account.email ?? account.username ?? '', password);
    if (outcome.kind === 'proved') return { kind: 'proved', method: 'password', amr: ['pwd'] };
    return { kind: 'refused', status: outcome.status, error: refusalOf(outcome.error) };
  }

  async function show(
    ctx: Context,
    { accountId }: Visitor,
    returnTo: string | undefined,
    { error, status = 200 }: { error?: SecondStepError; status?: number } = {},
  ): Promise<void> {
    const hasFactor = await factors.has(accountId);
    const offer = hasFactor
      ? await forms.offer(ctx, accountId, { use: 'confirm', subject: accountId })
      : { takesCode: false, takesRecoveryCode: false };
    const props = { action: CONFIRM_PATH, purpose: 'confirm', takesPassword: !hasFactor, cancelHref: HOME } as const;
    page(ctx, secondStep, { ...props, ...offer, returnTo, error }, { status });
  }
}

const returnToOf = (ctx: Context, from: Readonly<Record<string, string>>): string | undefined =>
  localPath(from['return_to'], stateOf(ctx).config.issuer);

const refusalOf = (error: { code: string; retryAfterMinutes?: number }): SecondStepError => {
  if (error.code === 'throttled') return { code: 'throttled', retryAfterMinutes: error.retryAfterMinutes ?? 1 };
  return { code: error.code === 'unavailable' ? 'unavailable' : 'wrong' };
};
