// `/account/register`: the form, and one answer for every address, known or not.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { linkSent } from '../../../views/accounts/link-sent.tsx';
import { register as registerPage } from '../../../views/accounts/register.tsx';
import { randomToken } from '../../lib/random.ts';
import { REGISTER_PATH, withReturn } from '../../web/account-links.ts';
import type { Afterwards } from '../../web/afterwards.ts';
import { browserCookie } from '../../web/browser-cookie.ts';
import { readQuery } from '../../web/form.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import { localPath } from '../../web/return-to.ts';
import { SIGN_IN_PATH, type Visitors } from '../../web/visitor.ts';
import type { Concerned, MailedRequest, MailedRequests } from '../mailed-requests.ts';
import { MIN_CHARACTERS } from '../password.ts';
import { checkRegistration, type RegistrationFormDeps } from '../registration-form.ts';

/** What the routes of registration and reset have in common. */
export interface MailedRoutesDeps {
  requests: MailedRequests;
  afterwards: Afterwards;
  /** Counts a request by address; throws `throttled`. */
  admit(ctx: Context, what: MailedRequest): Promise<void>;
  /** Counts a password chosen behind a link by address; throws `throttled`. */
  admitPassword(ctx: Context): Promise<void>;
  recordRequest(ctx: Context, what: MailedRequest, concerned: Concerned): Promise<void>;
}

export interface RegisterRoutesDeps extends MailedRoutesDeps, RegistrationFormDeps {
  visitors: Visitors;
}

/** Which browser asked: only there the password that was chosen counts. */
export const askingBrowser = browserCookie('tim_registration');

const isOpen = (ctx: Context): boolean => stateOf(ctx).config.registration === 'open';

export function mountRegister(router: Router, deps: RegisterRoutesDeps): void {
  const { visitors, requests, afterwards, admit, recordRequest } = deps;

  const form = (returnTo: string | undefined) => ({
    state: 'form' as const,
    action: REGISTER_PATH,
    minPasswordLength: MIN_CHARACTERS,
    signInHref: withReturn(SIGN_IN_PATH, returnTo),
    returnTo,
  });

  router.get(REGISTER_PATH, async (ctx) => {
    const returnTo = localPath(readQuery(ctx)['return_to'], stateOf(ctx).config.issuer);
    if (await visitors.current(ctx)) return ctx.redirect(returnTo ?? '/account');
    if (!isOpen(ctx)) return page(ctx, registerPage, { state: 'closed' }, { status: 403 });
    page(ctx, registerPage, form(returnTo));
  });

  router.post(REGISTER_PATH, async (ctx) => {
    const fields = await readForm(ctx);
    requireCsrf(ctx, fields);
    if (!isOpen(ctx)) return page(ctx, registerPage, { state: 'closed' }, { status: 403 });
    await admit(ctx, 'registration');

    const returnTo = localPath(fields['return_to'], stateOf(ctx).config.issuer);
    const outcome = await checkRegistration(fields, deps);
    if ('problems' in outcome) {
      const { email, username, name } = fields;
      const typed = { email, username, name, errors: outcome.problems };
      return page(ctx, registerPage, { ...form(returnTo), ...typed }, { status: 422 });
    }

    const { config } = stateOf(ctx);
    const browser = askingBrowser.read(ctx) ?? randomToken();
    askingBrowser.write(ctx, browser, config.lifetimes.activation);
    const origin = { locale: localeOf(ctx), browser, ...(returnTo !== undefined && { returnTo }) };
    afterwards.run(ctx, async () => {
      await recordRequest(ctx, 'registration', await requests.register({ ...outcome.checked, ...origin }));
    });
    page(ctx, linkSent, { purpose: 'activation', email: fields['email'] ?? '', returnTo });
  });
}
