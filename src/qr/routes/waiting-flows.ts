// Device authorizations of this server's own client (`tokenim-web`), begun for the browser that asks and kept in its cookie:
// for `/qr` (`browser.ts`) and for an application's sign-in page (`scan.ts`).
import type { Context } from 'koa';
import { WEB_CLIENT } from '../../config/built-in.ts';
import { type Clock, epochSeconds } from '../../lib/clock.ts';
import { randomToken } from '../../lib/random.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Login } from '../../web/session.ts';
import { qrSvg } from '../code.ts';
import type { DeviceAuthorization } from '../device-authorization.ts';
import type { PublicState } from '../state.ts';
import { type AskingBrowser, askingBrowser } from './asking-browser.ts';
import type { BrowserFlow, BrowserFlows } from './browser-flow.ts';

export interface DeviceFlow {
  start(request: {
    clientId: string;
    scope: string;
    nonce: string;
    device: AskingBrowser;
    takesDigits: boolean;
    expiresIn: number;
  }): Promise<{ deviceCode: string; userCode: string; handle: string; expiresAt: number }>;
  passFor(use: 'check' | 'events', deviceCode: string): string;
  byDeviceCode(deviceCode: string): Promise<DeviceAuthorization | undefined>;
  redeem(deviceCode: string): Promise<Login | undefined>;
}

export interface WaitingFlowsDeps {
  flows: BrowserFlows;
  /** What is asked for. */
  scope: string;
  clock: Clock;
  deviceFlow: DeviceFlow;
  stateOfAuthorization(authorization: DeviceAuthorization): PublicState;
  formatUserCode(userCode: string): string;
  /** Counts a device authorization; throws `throttled`. */
  admit(ctx: Context): Promise<void>;
  recordIssued(ctx: Context, client: string): Promise<void>;
}

/** What the screen shows; nothing of it tells who scanned. */
export interface ShownCode {
  svg: string;
  userCode: string;
  verificationUri: string;
  eventsUri: string;
  /** Seconds. */
  expiresIn: number;
}

export type WaitingFlows = ReturnType<typeof createWaitingFlows>;

export function createWaitingFlows(deps: WaitingFlowsDeps) {
  const { flows, scope, clock, deviceFlow, stateOfAuthorization, formatUserCode, admit, recordIssued } = deps;

  return {
    read: flows.read,
    clear: flows.clear,

    /** Throws `throttled`. */
    async begin(ctx: Context, returnTo?: string): Promise<BrowserFlow> {
      await admit(ctx);
      const nonce = randomToken();
      const started = await deviceFlow.start({
        clientId: WEB_CLIENT,
        scope,
        nonce,
        device: askingBrowser(ctx),
        takesDigits: true,
        expiresIn: stateOf(ctx).config.lifetimes.qr_link,
      });
      const flow = { ...started, nonce, ...(returnTo !== undefined && { returnTo }) };
      await flows.write(ctx, flow);
      await recordIssued(ctx, WEB_CLIENT);
      return flow;
    },

    async state(flow: BrowserFlow | undefined): Promise<PublicState> {
      const authorization = flow && (await deviceFlow.byDeviceCode(flow.deviceCode));
      return authorization ? stateOfAuthorization(authorization) : 'expired';
    },

    async shown(ctx: Context, flow: BrowserFlow): Promise<ShownCode> {
      const { issuer } = stateOf(ctx).config;
      return {
        svg: await qrSvg(`${issuer}/d/${flow.handle}`),
        userCode: formatUserCode(flow.userCode),
        verificationUri: `${issuer}/device`,
        eventsUri: `/qr/events/${deviceFlow.passFor('events', flow.deviceCode)}`,
        expiresIn: Math.max(0, flow.expiresAt - epochSeconds(clock)),
      };
    },
  };
}
