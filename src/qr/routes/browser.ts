// `/qr`, the browser's side: shows the QR and opens the web session once the phone has approved. With JavaScript the
// browser polls the token endpoint as the public client `tokenim-web`; without, the page reloads and the server looks.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { type QrLive, qrSignIn } from '../../../views/qr/sign-in.tsx';
import { WEB_CLIENT } from '../../config/built-in.ts';
import { type Clock, epochSeconds } from '../../lib/clock.ts';
import { DomainError, isDomainError } from '../../lib/errors.ts';
import { statusOf } from '../../web/error-status.ts';
import { readQuery } from '../../web/form.ts';
import { readForm, readJson } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import { localPath } from '../../web/return-to.ts';
import type { Login, Sessions } from '../../web/session.ts';
import type { BrowserFlow } from './browser-flow.ts';
import type { DeviceFlow, WaitingFlows } from './waiting-flows.ts';
import { amrOfScan } from '../amr.ts';
import { hintOf } from '../hints.ts';
import type { TakeDigits } from './check.ts';

const HOME = '/account';

/** What may become of the code meanwhile; the page shows how it stands. */
const DIGITS_REFUSALS = new Set(['unprocessable', 'invalid', 'conflict', 'expired', 'not_found', 'forbidden']);

export interface BrowserRoutesDeps {
  flows: WaitingFlows;
  sessions: Pick<Sessions, 'read' | 'begin'>;
  clock: Clock;
  pollInterval: number;
  deviceFlow: Pick<DeviceFlow, 'passFor' | 'byDeviceCode' | 'redeem'>;
  takeDigits: TakeDigits;
  /** The person of a valid ID token of `tokenim-web` with this nonce, taken once; otherwise `undefined`. */
  takeIdToken(idToken: string, nonce: string): Promise<Login | undefined>;
  record(
    ctx: Context,
    event: {
      type: 'device.redeemed' | 'sign_in.succeeded';
      outcome: 'success';
      account?: string;
      client: string;
    },
  ): Promise<void>;
}

export function mountBrowser(router: Router, deps: BrowserRoutesDeps): void {
  const { flows, sessions, clock, deviceFlow, takeIdToken, record } = deps;

  router.get('/qr', async (ctx) => {
    const returnTo = localPath(readQuery(ctx)['return_to'], stateOf(ctx).config.issuer);
    if (await sessions.read(ctx)) return ctx.redirect(returnTo ?? HOME);
    requirePageVisit(ctx);
    const kept = await flows.read(ctx);
    const flow = kept && kept.expiresAt > epochSeconds(clock) ? kept : await begin(ctx, returnTo);
    if (flow) await show(ctx, flow);
  });

  router.post('/qr/refresh', async (ctx) => {
    requireCsrf(ctx, await readForm(ctx));
    const returnTo = (await flows.read(ctx))?.returnTo;
    flows.clear(ctx);
    ctx.redirect(returnTo === undefined ? '/qr' : `/qr?${new URLSearchParams({ return_to: returnTo })}`);
    ctx.status = 303;
  });

  // For a browser that gets no events: between it and us a proxy may hold them back.
  router.get('/qr/state', async (ctx) => {
    ctx.body = hintOf(await flows.state(await flows.read(ctx)));
  });

  router.post('/qr/session', async (ctx) => {
    const body = await readJson(ctx);
    requireCsrf(ctx, body);
    const flow = await flows.read(ctx);
    const idToken = body['id_token'];
    const person = flow && typeof idToken === 'string' ? await takeIdToken(idToken, flow.nonce) : undefined;
    if (!flow || !person) throw new DomainError('forbidden', 'id_token_refused');
    const via = (await deviceFlow.byDeviceCode(flow.deviceCode))?.approvedVia;
    await open(ctx, { ...person, ...(via !== undefined && { via }) });
    ctx.body = { location: flow.returnTo ?? HOME };
  });

  /** The digits from a page without JavaScript; the script sends them to `check_uri`. */
  router.post('/qr/digits', async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const flow = await flows.read(ctx);
    const authorization = flow && (await deviceFlow.byDeviceCode(flow.deviceCode));
    try {
      if (authorization) await deps.takeDigits(ctx, authorization.id, form['digits']);
    } catch (error) {
      if (!isDomainError(error) || !DIGITS_REFUSALS.has(error.kind)) throw error;
      const isWrong = error.kind === 'unprocessable' || error.kind === 'invalid';
      if (flow && isWrong) return show(ctx, flow, { status: statusOf(error), digitsWrong: true });
    }
    ctx.redirect('/qr');
    ctx.status = 303;
  });

  async function begin(ctx: Context, returnTo: string | undefined): Promise<BrowserFlow | undefined> {
    try {
      return await flows.begin(ctx, returnTo);
    } catch (error) {
      if (!isDomainError(error, 'throttled')) throw error;
      ctx.set('Retry-After', String(error.retryAfter ?? 60));
      const retryAfterMinutes = Math.ceil((error.retryAfter ?? 60) / 60);
      page(ctx, qrSignIn, { state: 'rate_limited', retryAfterMinutes }, { status: 429 });
      return undefined;
    }
  }

  async function show(ctx: Context, flow: BrowserFlow, { status = 200, digitsWrong = false } = {}): Promise<void> {
    const state = await flows.state(flow);
    const person = state === 'approved' ? await deviceFlow.redeem(flow.deviceCode) : undefined;
    if (person) {
      const { accountId: account } = person;
      await record(ctx, { type: 'device.redeemed', outcome: 'success', account, client: WEB_CLIENT });
      await open(ctx, person);
      return ctx.redirect(flow.returnTo ?? HOME);
    }
    const refreshAction = '/qr/refresh';
    if (state === 'denied' || state === 'expired') return page(ctx, qrSignIn, { state, refreshAction }, { status });
    const { eventsUri, ...shown } = await flows.shown(ctx, flow);
    const live: QrLive = {
      ...shown,
      state,
      refreshAction,
      digits: { action: '/qr/digits', isWrong: digitsWrong },
      poll: {
        tokenEndpoint: `${stateOf(ctx).config.issuer}/oauth/token`,
        clientId: WEB_CLIENT,
        deviceCode: flow.deviceCode,
        interval: deps.pollInterval,
        eventsUri,
        stateUrl: '/qr/state',
        checkUri: `/qr/check/${deviceFlow.passFor('check', flow.deviceCode)}`,
        sessionUrl: '/qr/session',
      },
    };
    page(ctx, qrSignIn, live, { status });
  }

  async function open(ctx: Context, login: Login): Promise<void> {
    const { accountId } = login;
    await sessions.begin(ctx, { ...login, amr: amrOfScan(login.amr) });
    flows.clear(ctx);
    await record(ctx, { type: 'sign_in.succeeded', outcome: 'success', account: accountId, client: WEB_CLIENT });
  }
}

/** Sites that embed the address as an image or frame must not use up the visitor's device authorizations. */
function requirePageVisit(ctx: Context): void {
  const destination = ctx.get('Sec-Fetch-Dest');
  if (ctx.method !== 'GET' || (destination !== '' && destination !== 'document')) {
    throw new DomainError('invalid', 'page_visit_required');
  }
}
