// The page behind the one-time link: makes the first administrator and signs them in. GET only looks (mail scanners and
// previews fetch links), POST acts.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { setUp, type SetUpForm } from '../../../views/accounts/set-up.tsx';
import { isDomainError } from '../../lib/errors.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { page } from '../../web/render.ts';
import type { Sessions } from '../../web/session.ts';
import type { Account } from '../account.ts';
import type { AdministratorLink } from '../administrator-link.ts';
import { MIN_CHARACTERS } from '../password.ts';
import type { SecondFactor } from './password-form.ts';
import { passwordProblemOf } from '../registration-form.ts';

export interface SetUpRoutesDeps {
  link: AdministratorLink;
  sessions: Sessions;
  recordAdministrator(ctx: Context, accountId: string): Promise<void>;
  /** What the new account still owes (`require_mfa`). */
  secondFactorOf(account: Account): Promise<SecondFactor>;
}

/** What is wrong with the form, when that is what was thrown; everything else is thrown again. */
function errorsOf(error: unknown): NonNullable<SetUpForm['errors']> {
  if (isDomainError(error) && error.code === 'email_invalid') return { email: 'invalid' };
  if (isDomainError(error) && error.code === 'account_exists') return { email: 'taken' };
  return { password: passwordProblemOf(error) };
}

export function mountSetUp(
  router: Router,
  { link, sessions, recordAdministrator, secondFactorOf }: SetUpRoutesDeps,
): void {
  const form = (action: string): SetUpForm => ({ state: 'form', action, minPasswordLength: MIN_CHARACTERS });

  router.get('/set-up/:token', async (ctx) => {
    const open = await link.isOpen(ctx.params['token'] ?? '');
    page(ctx, setUp, open ? form(ctx.path) : { state: 'expired' }, { status: open ? 200 : 410 });
  });

  router.post('/set-up/:token', async (ctx) => {
    const { email = '', password = '', ...rest } = await readForm(ctx);
    requireCsrf(ctx, rest);
    try {
      const account = await link.redeem(ctx.params['token'] ?? '', { email, password, locale: localeOf(ctx) });
      await recordAdministrator(ctx, account.id);
      await sessions.begin(ctx, { accountId: account.id, amr: ['pwd'] });
      ctx.redirect((await secondFactorOf(account)) === 'enrol' ? '/account/security' : '/account');
      ctx.status = 303;
    } catch (error) {
      if (isDomainError(error, 'expired')) return page(ctx, setUp, { state: 'expired' }, { status: 410 });
      page(ctx, setUp, { ...form(ctx.path), email, errors: errorsOf(error) }, { status: 422 });
    }
  });
}
