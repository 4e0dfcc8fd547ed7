// `/account/reset`: one answer for every address, and the form behind the link in the mail. GET only looks, POST acts.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { askForLink } from '../../../views/accounts/ask-for-link.tsx';
import { linkSent } from '../../../views/accounts/link-sent.tsx';
import { reset as resetPage } from '../../../views/accounts/reset.tsx';
import { isDomainError } from '../../lib/errors.ts';
import { randomToken } from '../../lib/random.ts';
import { RESET_PATH } from '../../web/account-links.ts';
import { browserCookie } from '../../web/browser-cookie.ts';
import { readQuery } from '../../web/form.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import { localPath } from '../../web/return-to.ts';
import { SIGN_IN_PATH } from '../../web/visitor.ts';
import type { Account } from '../account.ts';
import { parseEmail } from '../identifier.ts';
import { MIN_CHARACTERS } from '../password.ts';
import type { OpenReset, PasswordResets } from '../password-reset.ts';
import { type PasswordProblem, passwordProblemOf } from '../registration-form.ts';
import type { MailedRoutesDeps } from './register.ts';

export interface PasswordChange {
  account: Account;
  /** End the other sessions and the grants of applications. */
  endOthers: boolean;
  /** The address was not confirmed before. */
  activated?: boolean;
}

export interface ResetRoutesDeps extends MailedRoutesDeps {
  resets: PasswordResets;
  /** What follows from a new password: ends, records and letter. */
  passwordChanged(ctx: Context, change: PasswordChange): Promise<void>;
  /** Attempts to sign in from this browser are no stranger's any more. */
  rememberBrowser(ctx: Context, account: Account): void;
}

const LINK_PATH = `${RESET_PATH}/:token`;
/** Which browser asked: it alone goes on to where it was going. */
const askingBrowser = browserCookie('tim_reset');

export function mountReset(router: Router, deps: ResetRoutesDeps): void {
  const { resets, admitPassword, passwordChanged, rememberBrowser } = deps;
  mountRequest(router, deps);

  const tokenOf = (ctx: Context): string => String(ctx['params']['token'] ?? '');
  const expired = (ctx: Context): void => page(ctx, resetPage, { state: 'expired' }, { status: 410 });

  function show(ctx: Context, open: OpenReset, typed: { endOthers: boolean; error?: PasswordProblem }): void {
    const { email = '' } = open.account;
    const form = { state: 'form' as const, action: ctx.path, email, minPasswordLength: MIN_CHARACTERS };
    page(ctx, resetPage, { ...form, ...typed }, { status: typed.error ? 422 : 200 });
  }

  router.get(LINK_PATH, async (ctx) => {
    const open = await resets.find(tokenOf(ctx), askingBrowser.read(ctx));
    if (!open) return expired(ctx);
    show(ctx, open, { endOthers: true });
  });

  router.post(LINK_PATH, async (ctx) => {
    const { password = '', end_others, ...rest } = await readForm(ctx);
    requireCsrf(ctx, rest);
    await admitPassword(ctx);
    const endOthers = end_others === 'yes';
    const open = await resets.find(tokenOf(ctx), askingBrowser.read(ctx));
    if (!open) return expired(ctx);
    try {
      const account = await resets.redeem(tokenOf(ctx), password);
      rememberBrowser(ctx, account);
      await passwordChanged(ctx, { account, endOthers, activated: open.account.status === 'pending' });
      page(ctx, resetPage, { state: 'done', signInHref: open.returnTo ?? SIGN_IN_PATH });
    } catch (error) {
      if (isDomainError(error, 'expired')) return expired(ctx);
      show(ctx, open, { endOthers, error: passwordProblemOf(error) });
    }
  });
}

function mountRequest(router: Router, { requests, afterwards, admit, recordRequest }: MailedRoutesDeps): void {
  router.get(RESET_PATH, (ctx) => {
    const returnTo = localPath(readQuery(ctx)['return_to'], stateOf(ctx).config.issuer);
    page(ctx, askForLink, { purpose: 'reset', action: RESET_PATH, returnTo });
  });

  router.post(RESET_PATH, async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    await admit(ctx, 'password_reset');
    const returnTo = localPath(form['return_to'], stateOf(ctx).config.issuer);
    const { email: typed = '' } = form;
    const email = parseEmail(typed);
    if (email === undefined) {
      const asked = { action: RESET_PATH, returnTo, email: typed, error: 'invalid' as const };
      return page(ctx, askForLink, { purpose: 'reset', ...asked }, { status: 422 });
    }
    const browser = askingBrowser.read(ctx) ?? randomToken();
    askingBrowser.write(ctx, browser, stateOf(ctx).config.lifetimes.reset);
    const by = { locale: localeOf(ctx), browser, ...(returnTo !== undefined && { returnTo }) };
    afterwards.run(ctx, async () => {
      await recordRequest(ctx, 'password_reset', await requests.resetPassword(email, by));
    });
    page(ctx, linkSent, { purpose: 'reset', email: typed, returnTo });
  });
}
