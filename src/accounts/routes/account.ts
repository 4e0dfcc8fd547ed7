// Signing in to and out of people's own pages; `profile.ts` shows them. Applications' sign-ins go through `oidc/interactions`.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { signIn as signInPage, type SignInProps } from '../../../views/accounts/sign-in.tsx';
import { signedOut } from '../../../views/accounts/signed-out.tsx';
import { accountLinks } from '../../web/account-links.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import { localPath } from '../../web/return-to.ts';
import type { Sessions } from '../../web/session.ts';
import { SIGN_IN_PATH, type Visitors } from '../../web/visitor.ts';
import { readQuery } from '../../web/form.ts';
import type { PasskeySignIn } from './passkey-sign-in.ts';
import type { PasswordForm } from './password-form.ts';
import type { Place, SecondSteps } from './second-step.ts';
import { askingBrowser } from './register.ts';

export interface AccountRoutesDeps {
  sessions: Sessions;
  visitors: Visitors;
  passwordForm: PasswordForm;
  passkeySignIn: PasskeySignIn;
  secondSteps: SecondSteps;
  recordSignOut(ctx: Parameters<Visitors['current']>[0], accountId: string): Promise<void>;
}

const HOME = '/account';
const PASSKEY_PATH = `${SIGN_IN_PATH}/passkey`;
const SECOND: Place = { action: `${SIGN_IN_PATH}/second`, path: SIGN_IN_PATH, beginHref: SIGN_IN_PATH };

export function mountAccount(
  router: Router,
  { sessions, visitors, passwordForm, passkeySignIn, secondSteps, recordSignOut }: AccountRoutesDeps,
): void {
  const show = async (
    ctx: Context,
    returnTo: string | undefined,
    kept: Pick<SignInProps, 'login' | 'error' | 'registered'> = {},
    status = 200,
  ): Promise<void> => {
    const passkey = await passkeySignIn.offer(ctx);
    const form = { action: SIGN_IN_PATH, purpose: purposeOf(returnTo), returnTo, links: accountLinks(ctx, returnTo) };
    const props = { ...form, passkey, passkeyAction: PASSKEY_PATH };
    page(ctx, signInPage, { ...props, ...kept }, { status });
  };

  router.get(SIGN_IN_PATH, async (ctx) => {
    const returnTo = localPath(readQuery(ctx)['return_to'], stateOf(ctx).config.issuer);
    if (await visitors.current(ctx)) return ctx.redirect(returnTo ?? HOME);
    await show(ctx, returnTo);
  });

  router.post(SIGN_IN_PATH, async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const returnTo = localPath(form['return_to'], stateOf(ctx).config.issuer);
    const outcome = await passwordForm(ctx, form);
    if (outcome.kind === 'refused') {
      const { error, login, status } = outcome;
      return show(ctx, returnTo, { login, error, registered: askingBrowser.read(ctx) !== undefined }, status);
    }
    const { login } = outcome;
    if (outcome.secondFactor === 'prove') {
      return secondSteps.begin(ctx, SECOND, { ...login, ...(returnTo !== undefined && { returnTo }) });
    }
    await sessions.begin(ctx, login);
    seeOther(ctx, outcome.secondFactor === 'enrol' ? enrolmentHref(returnTo) : (returnTo ?? HOME));
  });

  router.get(PASSKEY_PATH, (ctx) => ctx.redirect(`${SIGN_IN_PATH}${ctx.search}`));

  router.post(PASSKEY_PATH, async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const returnTo = localPath(form['return_to'], stateOf(ctx).config.issuer);
    const outcome = await passkeySignIn.take(ctx, form);
    if (outcome.kind === 'refused') return show(ctx, returnTo, { error: outcome.error }, outcome.status);
    await sessions.begin(ctx, outcome.login);
    seeOther(ctx, returnTo ?? HOME);
  });

  router.get(SECOND.action, (ctx) => secondSteps.open(ctx, SECOND));

  router.post(SECOND.action, async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const finished = await secondSteps.take(ctx, SECOND, form);
    if (!finished) return;
    await sessions.begin(ctx, finished.login);
    seeOther(ctx, finished.returnTo ?? HOME);
  });

  router.post('/account/sign-out', async (ctx) => {
    requireCsrf(ctx, await readForm(ctx));
    const visitor = await visitors.current(ctx);
    await sessions.end(ctx);
    delete stateOf(ctx).signedInAs;
    if (visitor) await recordSignOut(ctx, visitor.accountId);
    page(ctx, signedOut, {});
  });

  // Its language links come here, and who loads it again.
  router.get('/account/sign-out', async (ctx) => {
    if (await visitors.current(ctx)) return ctx.redirect(HOME);
    page(ctx, signedOut, {});
  });
}

const purposeOf = (returnTo: string | undefined): SignInProps['purpose'] =>
  returnTo?.startsWith('/d/') || returnTo?.startsWith('/device') ? 'device' : 'account';

const enrolmentHref = (returnTo: string | undefined): string =>
  `/account/security${returnTo === undefined ? '' : `?${new URLSearchParams({ return_to: returnTo })}`}`;

function seeOther(ctx: Context, path: string): void {
  ctx.redirect(path);
  ctx.status = 303;
}
