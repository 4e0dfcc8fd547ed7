// `/account/activate`: the link in the mail, and another one for who lost it. GET only looks (mail scanners and previews
// fetch links), POST acts, and a second press finds that all is done.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { activate as activatePage } from '../../../views/accounts/activate.tsx';
import { askForLink } from '../../../views/accounts/ask-for-link.tsx';
import { linkSent } from '../../../views/accounts/link-sent.tsx';
import { ACTIVATE_PATH } from '../../web/account-links.ts';
import { readQuery } from '../../web/form.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import { localPath } from '../../web/return-to.ts';
import { SIGN_IN_PATH } from '../../web/visitor.ts';
import { parseEmail } from '../identifier.ts';
import { MIN_CHARACTERS } from '../password.ts';
import type { Activation, Registrations } from '../registration.ts';
import { passwordProblemOf, type PasswordProblem } from '../registration-form.ts';
import { askingBrowser, type MailedRoutesDeps } from './register.ts';

export interface ActivateRoutesDeps extends MailedRoutesDeps {
  registrations: Registrations;
  recordActivation(ctx: Context, accountId: string, created: boolean): Promise<void>;
}

const RESEND_PATH = `${ACTIVATE_PATH}/resend`;
const LINK_PATH = `${ACTIVATE_PATH}/:token`;

export function mountActivate(router: Router, deps: ActivateRoutesDeps): void {
  const { registrations, admitPassword, recordActivation } = deps;
  mountResend(router, deps);

  const tokenOf = (ctx: Context): string => String(ctx['params']['token'] ?? '');

  async function show(ctx: Context, error?: PasswordProblem): Promise<void> {
    const link = await registrations.open(tokenOf(ctx), askingBrowser.read(ctx));
    if (link.kind !== 'open') return settled(ctx, link.kind);
    const { email, passwordChosen } = link;
    const choice = passwordChosen ? undefined : { minPasswordLength: MIN_CHARACTERS, error };
    page(ctx, activatePage, { state: 'form', action: ctx.path, email, choice }, { status: error ? 422 : 200 });
  }

  router.get(LINK_PATH, (ctx) => show(ctx));

  router.post(LINK_PATH, async (ctx) => {
    const { password, ...rest } = await readForm(ctx);
    requireCsrf(ctx, rest);
    if (password !== undefined) await admitPassword(ctx);
    let outcome: Activation;
    try {
      outcome = await registrations.activate(tokenOf(ctx), { browser: askingBrowser.read(ctx), password });
    } catch (error) {
      return show(ctx, passwordProblemOf(error));
    }
    if (outcome.kind === 'password_needed') return show(ctx);
    if (outcome.kind !== 'activated') return settled(ctx, outcome.kind);
    const { account, usernameTaken, returnTo, created } = outcome;
    askingBrowser.clear(ctx);
    await recordActivation(ctx, account.id, created);
    page(ctx, activatePage, { state: 'done', usernameTaken, signInHref: returnTo ?? SIGN_IN_PATH });
  });
}

function settled(ctx: Context, kind: 'unknown' | 'already_active'): void {
  if (kind === 'unknown') return page(ctx, activatePage, { state: 'expired' }, { status: 410 });
  page(ctx, activatePage, { state: 'already_active', signInHref: SIGN_IN_PATH });
}

function mountResend(router: Router, { requests, afterwards, admit, recordRequest }: MailedRoutesDeps): void {
  router.get(ACTIVATE_PATH, (ctx) => {
    const returnTo = localPath(readQuery(ctx)['return_to'], stateOf(ctx).config.issuer);
    page(ctx, askForLink, { purpose: 'activation', action: RESEND_PATH, returnTo });
  });

  // A form that was refused stands at this address; its language links come here.
  router.get(RESEND_PATH, (ctx) => ctx.redirect(`${ACTIVATE_PATH}${ctx.search}`));

  router.post(RESEND_PATH, async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    await admit(ctx, 'activation');
    const returnTo = localPath(form['return_to'], stateOf(ctx).config.issuer);
    const { email: typed = '' } = form;
    const email = parseEmail(typed);
    if (email === undefined) {
      const asked = { action: RESEND_PATH, returnTo, email: typed, error: 'invalid' as const };
      return page(ctx, askForLink, { purpose: 'activation', ...asked }, { status: 422 });
    }
    const browser = askingBrowser.read(ctx);
    const by = {
      locale: localeOf(ctx),
      ...(browser !== undefined && { browser }),
      ...(returnTo !== undefined && { returnTo }),
    };
    afterwards.run(ctx, async () => {
      await recordRequest(ctx, 'activation', await requests.resendActivation(email, by));
    });
    page(ctx, linkSent, { purpose: 'activation', email: typed, returnTo });
  });
}
