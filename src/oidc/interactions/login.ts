// The sign-in page of an authorization request (OpenID Connect Core §3.1.2.3). The password form itself is `accounts`'.
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { default as Provider } from 'oidc-provider';
import { signIn, type SignInError } from '../../../views/accounts/sign-in.tsx';
import { accountLinks } from '../../web/account-links.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { widenPolicy } from '../../web/middleware/security-headers.ts';
import { page } from '../../web/render.ts';
import type { Clients } from '../clients.ts';
import { currentInteraction, type InteractionDetails, mayScan } from './interaction.ts';

export interface LoginDeps {
  provider(): Provider;
  clients: Clients;
  passwordForm(
    ctx: Context,
    form: Readonly<Record<string, string>>,
  ): Promise<
    | { kind: 'signed_in'; account: { id: string } }
    | { kind: 'refused'; status: number; error: SignInError; login: string }
  >;
}

export function mountLogin(router: Router, { provider, clients, passwordForm }: LoginDeps): void {
  const show = (
    ctx: Context,
    details: InteractionDetails,
    kept: { login?: string; error?: SignInError },
    status = 200,
  ) => {
    allowRedirectToClient(ctx, details);
    const client = clients.face(String(details.params['client_id']));
    page(
      ctx,
      signIn,
      {
        action: `/interaction/${details.uid}/login`,
        purpose: 'application',
        client,
        scanAction: mayScan(details) ? `/interaction/${details.uid}/qr` : undefined,
        links: accountLinks(ctx, `/interaction/${details.uid}`),
        ...kept,
      },
      { status },
    );
  };

  router.get('/interaction/:uid', async (ctx, next) => {
    const details = await currentInteraction(provider(), ctx);
    if (details.prompt.name !== 'login') return next();
    const hint = details.params['login_hint'];
    show(ctx, details, typeof hint === 'string' ? { login: hint } : {});
  });

  // A form shown again after a refusal stands at the address it was sent to; its language links come here.
  router.get('/interaction/:uid/login', (ctx) => {
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
    ctx.respond = false;
    const login = { accountId: outcome.account.id, amr: ['pwd'] };
    await provider().interactionFinished(ctx.req, ctx.res, { login }, { mergeWithLastSubmission: false });
  });
}

/** The answer to the form ends in a redirect to the application, to which browsers apply `form-action` as well. */
export function allowRedirectToClient(ctx: Context, { params }: InteractionDetails): void {
  widenPolicy(ctx, { formAction: [String(params['redirect_uri'])] });
}
