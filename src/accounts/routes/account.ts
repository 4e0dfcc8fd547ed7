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
import type { PasswordForm } from './password-form.ts';
import { askingBrowser } from './register.ts';

export interface AccountRoutesDeps {
  sessions: Sessions;
  visitors: Visitors;
  passwordForm: PasswordForm;
  recordSignOut(ctx: Parameters<Visitors['current']>[0], accountId: string): Promise<void>;
}

const HOME = '/account';

export function mountAccount(
  router: Router,
  { sessions, visitors, passwordForm, recordSignOut }: AccountRoutesDeps,
): void {
  router.get(SIGN_IN_PATH, async (ctx) => {
    const returnTo = localPath(readQuery(ctx)['return_to'], stateOf(ctx).config.issuer);
    if (await visitors.current(ctx)) return ctx.redirect(returnTo ?? HOME);
    page(ctx, signInPage, signInForm(ctx, returnTo));
  });

  router.post(SIGN_IN_PATH, async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const returnTo = localPath(form['return_to'], stateOf(ctx).config.issuer);
    const outcome = await passwordForm(ctx, form);
    if (outcome.kind === 'refused') {
      const { error, login, status } = outcome;
      return page(
        ctx,
        signInPage,
        { ...signInForm(ctx, returnTo), login, error, registered: askingBrowser.read(ctx) !== undefined },
        { status },
      );
    }
    await sessions.begin(ctx, { accountId: outcome.account.id, amr: ['pwd'] });
    ctx.redirect(returnTo ?? HOME);
    ctx.status = 303;
  });

  router.post('/account/sign-out', async (ctx) => {
    requireCsrf(ctx, await readForm(ctx));
    const visitor = await visitors.current(ctx);
    await sessions.end(ctx);
    delete stateOf(ctx).signedInAs;
    if (visitor) await recordSignOut(ctx, visitor.accountId);
    page(ctx, signedOut, {});
  });
}

const signInForm = (ctx: Context, returnTo: string | undefined): SignInProps => ({
  action: SIGN_IN_PATH,
  purpose: purposeOf(returnTo),
  returnTo,
  links: accountLinks(ctx, returnTo),
});

const purposeOf = (returnTo: string | undefined): SignInProps['purpose'] =>
  returnTo?.startsWith('/d/') || returnTo?.startsWith('/device') ? 'device' : 'account';
