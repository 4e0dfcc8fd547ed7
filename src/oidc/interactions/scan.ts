// "Sign in with your phone" on an application's sign-in page: shows a code, waits, and finishes the interaction as the person
// who approved. Looking changes nothing: a code is made, and redeemed, by a POST. `qr/routes/scan.ts` keeps the code.
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { default as Provider } from 'oidc-provider';
import { scanSignIn } from '../../../views/qr/scan.tsx';
import { WEB_CLIENT } from '../../config/built-in.ts';
import { DomainError, isDomainError } from '../../lib/errors.ts';
import type { Scans } from '../../qr/routes/scan.ts';
import { statusOf } from '../../web/error-status.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { page } from '../../web/render.ts';
import type { Clients } from '../clients.ts';
import { allowRedirectToClient, currentInteraction, type InteractionDetails, mayScan } from './interaction.ts';

export interface ScanRoutesDeps {
  provider(): Provider;
  clients: Pick<Clients, 'face'>;
  scans: Scans;
  record(
    ctx: Context,
    event: { type: 'sign_in.succeeded' | 'device.redeemed'; outcome: 'success'; account: string; client: string },
  ): Promise<void>;
}

export function mountScan(router: Router, { provider, clients, scans, record }: ScanRoutesDeps): void {
  router.get('/interaction/:uid/qr', async (ctx) => {
    const details = await scannable(ctx);
    const scan = await scans.current(ctx, pathOf(details));
    if (!scan) return ctx.redirect(pathOf(details));
    show(ctx, details, scan);
  });

  router.post('/interaction/:uid/qr', async (ctx) => {
    requireCsrf(ctx, await readForm(ctx));
    const details = await scannable(ctx);
    try {
      await scans.begin(ctx, pathOf(details));
    } catch (error) {
      if (!isDomainError(error, 'throttled')) throw error;
      const retryAfter = error.retryAfter ?? 60;
      ctx.set('Retry-After', String(retryAfter));
      return show(ctx, details, { state: 'rate_limited', retryAfterMinutes: Math.ceil(retryAfter / 60) }, 429);
    }
    ctx.redirect(`${pathOf(details)}/qr`);
    ctx.status = 303;
  });

  router.get('/interaction/:uid/qr/state', async (ctx) => {
    ctx.body = { state: await scans.state(ctx, pathOf(await scannable(ctx))) };
  });

  router.post('/interaction/:uid/qr/digits', async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const details = await scannable(ctx);
    try {
      await scans.answerDigits(ctx, pathOf(details), form['digits']);
    } catch (error) {
      if (!isDomainError(error) || !DIGITS_REFUSALS.has(error.kind)) throw error;
      const scan = await scans.current(ctx, pathOf(details));
      const isWrong = error.kind === 'unprocessable' || error.kind === 'invalid';
      if (scan && isWrong) return show(ctx, details, { ...scan, digitsWrong: true }, statusOf(error));
    }
    ctx.redirect(`${pathOf(details)}/qr`);
    ctx.status = 303;
  });

  // Wrong digits are told at the address they were sent to; its language links come here.
  router.get('/interaction/:uid/qr/digits', (ctx) => {
    ctx.redirect(`/interaction/${ctx.params['uid']}/qr${ctx.search}`);
  });

  router.post('/interaction/:uid/qr/finish', async (ctx) => {
    requireCsrf(ctx, await readForm(ctx));
    const details = await scannable(ctx);
    const login = await scans.redeem(ctx, pathOf(details));
    if (!login) {
      ctx.redirect(pathOf(details));
      ctx.status = 303;
      return;
    }
    const { accountId, amr, authTime, via } = login;
    const client = String(details.params['client_id']);
    await record(ctx, { type: 'device.redeemed', outcome: 'success', account: accountId, client: WEB_CLIENT });
    await record(ctx, { type: 'sign_in.succeeded', outcome: 'success', account: accountId, client });
    ctx.respond = false;
    const result = { login: { accountId, amr: [...amr], via, ...(authTime !== undefined && { ts: authTime }) } };
    await provider().interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
  });

  async function scannable(ctx: Context): Promise<InteractionDetails> {
    const details = await currentInteraction(provider(), ctx);
    if (details.prompt.name === 'login' && mayScan(details)) return details;
    throw new DomainError('not_found', 'session_not_found');
  }

  function show(ctx: Context, details: InteractionDetails, scan: Shown, status = 200): void {
    const action = `${pathOf(details)}/qr`;
    allowRedirectToClient(ctx, details);
    const client = clients.face(String(details.params['client_id']));
    const props = { client, action, passwordHref: pathOf(details), stateUrl: `${action}/state` };
    page(
      ctx,
      scanSignIn,
      { ...props, digitsAction: `${action}/digits`, finishAction: `${action}/finish`, scan },
      { status },
    );
  }
}

/** What may become of the code meanwhile; the page shows how it stands. */
const DIGITS_REFUSALS = new Set(['unprocessable', 'invalid', 'conflict', 'expired', 'not_found', 'forbidden']);

type Shown = Parameters<typeof scanSignIn.body>[0]['scan'];

const pathOf = ({ uid }: InteractionDetails): string => `/interaction/${uid}`;
