// Setting up an authenticator application at `/account/security/totp`: the secret is shown, and counts once a code of it was typed.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { totp as totpPage } from '../../../views/accounts/totp.tsx';
import { readQuery } from '../../web/form.ts';
import type { RequireRecent } from '../../web/recent.ts';
import { page } from '../../web/render.ts';
import type { Visitor } from '../../web/visitor.ts';
import type { Factors } from '../factors/factors.ts';
import { totpUri } from '../factors/totp.ts';
import { returnToOf, SECURITY_PATH as HOME, type SecurityActs, seeOther } from './security-acts.ts';

export interface TotpRoutesDeps {
  requireRecent: RequireRecent;
  factors: Factors;
  acts: SecurityActs;
  drawQr(text: string): Promise<string>;
}

export function mountTotp(router: Router, { requireRecent, factors, acts, drawQr }: TotpRoutesDeps): void {
  const { act, added } = acts;

  router.post(`${HOME}/totp`, async (ctx) => {
    const acting = await act(ctx);
    if (!acting) return;
    const { visitor, form } = acting;
    await factors.beginTotp(visitor.accountId);
    const returnTo = returnToOf(ctx, form);
    seeOther(ctx, `${HOME}/totp${returnTo === undefined ? '' : `?${new URLSearchParams({ return_to: returnTo })}`}`);
  });

  router.get(`${HOME}/totp`, async (ctx) => {
    const visitor = await requireRecent(ctx);
    if (visitor) await showTotp(ctx, visitor, { returnTo: returnToOf(ctx, readQuery(ctx)) });
  });

  router.post(`${HOME}/totp/confirm`, async (ctx) => {
    const acting = await act(ctx, `${HOME}/totp`);
    if (!acting) return;
    const { visitor, form } = acting;
    const returnTo = returnToOf(ctx, form);
    if (await factors.confirmTotp(visitor.accountId, form['code'] ?? '', visitor.sessionUid)) {
      return added(ctx, visitor, 'totp', form);
    }
    await showTotp(ctx, visitor, { returnTo, isWrong: true }, 403);
  });

  async function showTotp(
    ctx: Context,
    { account }: Visitor,
    beside: { returnTo: string | undefined; isWrong?: boolean },
    status = 200,
  ): Promise<void> {
    const secret = await factors.pendingTotp(account.id);
    if (secret === undefined) return ctx.redirect(HOME);
    const label = account.email ?? account.username ?? account.id;
    const uri = totpUri(secret, { issuer: 'TokenIM', label });
    const svg = await drawQr(uri);
    const grouped = secret.replace(/(.{4})(?=.)/g, '$1 ');
    page(ctx, totpPage, { action: `${HOME}/totp/confirm`, svg, uri, secret: grouped, ...beside }, { status });
  }
}
