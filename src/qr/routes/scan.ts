// Signing in by scanning on a page that is about something else, an application's sign-in: the device authorization is this
// server's own (`tokenim-web`), and its device code never leaves it but in a sealed cookie. The pages that show it are
// `oidc/interactions/scan.ts`.
import type { Context } from 'koa';
import { WEB_CLIENT } from '../../config/built-in.ts';
import { type Clock, epochSeconds } from '../../lib/clock.ts';
import { randomToken } from '../../lib/random.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Login } from '../../web/session.ts';
import { amrOfScan } from '../amr.ts';
import { qrSvg } from '../code.ts';
import type { PublicState } from '../state.ts';
import { askingBrowser } from './asking-browser.ts';
import type { BrowserFlow, BrowserFlows } from './browser-flow.ts';
import type { BrowserRoutesDeps } from './browser.ts';

const SCOPE = 'openid';

export interface ScanDeps extends Pick<
  BrowserRoutesDeps,
  'deviceFlow' | 'stateOfAuthorization' | 'takeDigits' | 'admit'
> {
  clock: Clock;
  flows: BrowserFlows;
  formatUserCode(userCode: string): string;
  recordIssued(ctx: Context, client: string): Promise<void>;
}

/** What the screen shows; nothing of it tells who scanned. */
export interface Scan {
  state: PublicState;
  svg: string;
  userCode: string;
  verificationUri: string;
  eventsUri: string;
  /** Seconds. */
  expiresIn: number;
}

export type Scans = ReturnType<typeof createScans>;

/** `page` is the path of the page that asks: what was begun for one is nothing to another. */
export function createScans(deps: ScanDeps) {
  const { flows, clock, deviceFlow, stateOfAuthorization, takeDigits, admit, formatUserCode, recordIssued } = deps;

  async function kept(ctx: Context, page: string): Promise<BrowserFlow | undefined> {
    const flow = await flows.read(ctx);
    return flow?.returnTo === page ? flow : undefined;
  }

  async function stateOfFlow({ deviceCode }: BrowserFlow): Promise<PublicState> {
    const authorization = await deviceFlow.byDeviceCode(deviceCode);
    return authorization ? stateOfAuthorization(authorization) : 'expired';
  }

  return {
    /** Throws `throttled`. */
    async begin(ctx: Context, page: string): Promise<void> {
      await admit(ctx);
      const { config } = stateOf(ctx);
      const nonce = randomToken();
      const started = await deviceFlow.start({
        clientId: WEB_CLIENT,
        scope: SCOPE,
        nonce,
        device: askingBrowser(ctx),
        takesDigits: true,
        expiresIn: config.lifetimes.qr_link,
      });
      await flows.write(ctx, { ...started, nonce, returnTo: page });
      await recordIssued(ctx, WEB_CLIENT);
    },

    /** `undefined` when none was begun here, or it ended a while ago. */
    async current(ctx: Context, page: string): Promise<Scan | undefined> {
      const flow = await kept(ctx, page);
      if (!flow) return undefined;
      const { issuer } = stateOf(ctx).config;
      return {
        state: await stateOfFlow(flow),
        svg: await qrSvg(`${issuer}/d/${flow.handle}`),
        userCode: formatUserCode(flow.userCode),
        verificationUri: `${issuer}/device`,
        eventsUri: `/qr/events/${deviceFlow.passFor('events', flow.deviceCode)}`,
        expiresIn: Math.max(0, flow.expiresAt - epochSeconds(clock)),
      };
    },

    async state(ctx: Context, page: string): Promise<PublicState> {
      const flow = await kept(ctx, page);
      return flow ? stateOfFlow(flow) : 'expired';
    },

    /** The digits that the phone shows. Throws what `takeDigits` does. */
    async answerDigits(ctx: Context, page: string, typed: unknown): Promise<void> {
      const flow = await kept(ctx, page);
      const authorization = flow && (await deviceFlow.byDeviceCode(flow.deviceCode));
      if (authorization) await takeDigits(ctx, authorization.id, typed);
    },

    /** The person behind an approved code, once; `undefined` for a code that is not approved or was redeemed. */
    async redeem(ctx: Context, page: string): Promise<Login | undefined> {
      const flow = await kept(ctx, page);
      const login = flow && (await deviceFlow.redeem(flow.deviceCode));
      if (!login) return undefined;
      flows.clear(ctx);
      return { ...login, amr: amrOfScan(login.amr) };
    },
  };
}
