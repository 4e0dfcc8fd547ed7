// Signing in by scanning on a page that is about something else, an application's sign-in: the device authorization is this
// server's own (`tokenim-web`), and its device code never leaves it but in a sealed cookie. The pages that show it are
// `oidc/interactions/scan.ts`.
import type { Context } from 'koa';
import type { Login } from '../../web/session.ts';
import { amrOfScan } from '../amr.ts';
import type { PublicState } from '../state.ts';
import type { BrowserFlow } from './browser-flow.ts';
import type { TakeDigits } from './check.ts';
import type { DeviceFlow, ShownCode, WaitingFlows } from './waiting-flows.ts';

export interface ScanDeps {
  flows: WaitingFlows;
  deviceFlow: Pick<DeviceFlow, 'byDeviceCode' | 'redeem'>;
  takeDigits: TakeDigits;
}

export interface Scan extends ShownCode {
  state: PublicState;
}

export type Scans = ReturnType<typeof createScans>;

/** `page` is the path of the page that asks: what was begun for one is nothing to another. */
export function createScans({ flows, deviceFlow, takeDigits }: ScanDeps) {
  async function kept(ctx: Context, page: string): Promise<BrowserFlow | undefined> {
    const flow = await flows.read(ctx);
    return flow?.returnTo === page ? flow : undefined;
  }

  return {
    /** Throws `throttled`. */
    begin: async (ctx: Context, page: string): Promise<void> => void (await flows.begin(ctx, page)),

    /** `undefined` when none was begun here, or it ended a while ago. */
    async current(ctx: Context, page: string): Promise<Scan | undefined> {
      const flow = await kept(ctx, page);
      return flow && { ...(await flows.shown(ctx, flow)), state: await flows.state(flow) };
    },

    state: async (ctx: Context, page: string): Promise<PublicState> => flows.state(await kept(ctx, page)),

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
