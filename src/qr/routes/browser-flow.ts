// What the waiting browser holds of its own device authorization, in one sealed cookie: nothing is kept for it on the
// server, and nobody else can finish it. `browser.ts` shows it; `scan.ts` keeps one for an application's sign-in.
import type { Context } from 'koa';
import { z } from 'zod';
import type { Sealer } from '../../lib/sealed.ts';
import { stateOf } from '../../web/request-state.ts';

const flowSchema = z.object({
  deviceCode: z.string(),
  userCode: z.string(),
  handle: z.string(),
  /** Ties the ID token to this browser (OpenID Connect Core §3.1.2.1), against a session slipped in by another. */
  nonce: z.string(),
  /** Seconds since the epoch. */
  expiresAt: z.number(),
  returnTo: z.string().exactOptional(),
});

export type BrowserFlow = z.infer<typeof flowSchema>;

export interface BrowserFlows {
  read(ctx: Context): Promise<BrowserFlow | undefined>;
  write(ctx: Context, flow: BrowserFlow): Promise<void>;
  clear(ctx: Context): void;
}

/** Where the cookie stands. */
export interface FlowCookie {
  name(ctx: Context): string;
  path(ctx: Context): string;
}

export function createBrowserFlows(sealer: Sealer, cookie: FlowCookie = OF_THE_PAGE): BrowserFlows {
  const options = (ctx: Context) =>
    ({
      httpOnly: true,
      sameSite: 'lax',
      secure: isHttps(ctx),
      path: cookie.path(ctx),
      signed: false,
      overwrite: true,
    }) as const;

  return {
    async read(ctx) {
      const sealed = ctx.cookies.get(cookie.name(ctx));
      const text = sealed === undefined ? undefined : await sealer.open(sealed);
      return text === undefined ? undefined : flowSchema.parse(JSON.parse(text));
    },
    async write(ctx, flow) {
      const expires = new Date(flow.expiresAt * 1000);
      ctx.cookies.set(cookie.name(ctx), await sealer.seal(JSON.stringify(flow)), { ...options(ctx), expires });
    },
    clear: (ctx) => {
      ctx.cookies.set(cookie.name(ctx), null, options(ctx));
    },
  };
}

const isHttps = (ctx: Context): boolean => stateOf(ctx).config.issuer.startsWith('https:');

const OF_THE_PAGE: FlowCookie = { name: (ctx) => (isHttps(ctx) ? '__Host-tim_qr' : 'tim_qr'), path: () => '/' };

/** One for each interaction; a cookie with a path cannot carry the prefix `__Host-`. */
export const OF_AN_INTERACTION: FlowCookie = {
  name: (ctx) => (isHttps(ctx) ? '__Secure-tim_scan' : 'tim_scan'),
  path: (ctx) => `/interaction/${ctx['params'].uid}`,
};
