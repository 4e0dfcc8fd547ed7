// The sign-in page of an authorization request (OpenID Connect Core §3.1.2.3). The forms themselves are `accounts`'; what follows
// the password is `second.ts`.
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { default as Provider } from 'oidc-provider';
import { signIn, type SignInError } from '../../../views/accounts/sign-in.tsx';
import type { PasskeySignIn } from '../../accounts/routes/passkey-sign-in.ts';
import type { PasswordForm } from '../../accounts/routes/password-form.ts';
import type { SecondSteps } from '../../accounts/routes/second-step.ts';
import { readQuery } from '../../web/form.ts';
import { accountLinks } from '../../web/account-links.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { page } from '../../web/render.ts';
import type { Sessions } from '../../web/session.ts';
import type { Clients } from '../clients.ts';
import { allowRedirectToClient, currentInteraction, type InteractionDetails, mayScan } from './interaction.ts';
import { demandsMfa, enrolmentHref, finishLogin, placeOf } from './second.ts';

export interface LoginDeps {
  provider(): Provider;
  clients: Clients;
  sessions: Pick<Sessions, 'begin'>;
  passwordForm: PasswordForm;
  passkeySignIn: PasskeySignIn;
  secondSteps: Pick<SecondSteps, 'begin'>;
  /** See `second.ts`. */
  stepUp(ctx: Context, details: InteractionDetails): Promise<boolean>;
}

export function mountLogin(router: Router, deps: LoginDeps): void {
  const { provider, clients, sessions, passwordForm, passkeySignIn, secondSteps, stepUp } = deps;

  const show = async (
    ctx: Context,
    details: InteractionDetails,
    kept: { login?: string; error?: SignInError },
    status = 200,
  ) => {
    allowRedirectToClient(ctx, details);
    const client = clients.face(String(details.params['client_id']));
    const path = `/interaction/${details.uid}`;
    page(
      ctx,
      signIn,
      {
        action: `${path}/login`,
        purpose: 'application',
        client,
        passkey: await passkeySignIn.offer(ctx),
        passkeyAction: `${path}/passkey`,
        scanAction: mayScan(details) ? `${path}/qr` : undefined,
        links: accountLinks(ctx, path),
        ...kept,
      },
      { status },
    );
  };

  router.get('/interaction/:uid', async (ctx, next) => {
    const details = await currentInteraction(provider(), ctx);
    if (details.prompt.name !== 'login') return next();
    if (readQuery(ctx)['begin'] === undefined && (await stepUp(ctx, details))) return;
    const hint = details.params['login_hint'];
    await show(ctx, details, typeof hint === 'string' ? { login: hint } : {});
  });

  // A form shown again after a refusal stands at the address it was sent to; its language links come here.
  router.get(['/interaction/:uid/login', '/interaction/:uid/passkey'], (ctx) => {
    ctx.redirect(`/interaction/${ctx.params['uid']}${ctx.search}`);
  });

  router.post('/interaction/:uid/login', async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const details = await currentInteraction(provider(), ctx);
    const outcome = await passwordForm(ctx, form);
    if (outcome.kind === 'refused') {
      return show(ctx, details, { login: outcome.login, error: outcome.error }, outcome.status);
    }
    const { login } = outcome;
    if (outcome.secondFactor === 'prove') return secondSteps.begin(ctx, placeOf(details), login);
    if (outcome.secondFactor === 'none' && !demandsMfa(details)) return finishLogin(provider(), ctx, login);
    // There is no second factor yet: it is set up with a session of our own, and the request goes on from there.
    await sessions.begin(ctx, login);
    ctx.redirect(enrolmentHref(details));
    ctx.status = 303;
  });

  router.post('/interaction/:uid/passkey', async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const details = await currentInteraction(provider(), ctx);
    const outcome = await passkeySignIn.take(ctx, form);
    if (outcome.kind === 'refused') return show(ctx, details, { error: outcome.error }, outcome.status);
    await finishLogin(provider(), ctx, outcome.login);
  });
}
