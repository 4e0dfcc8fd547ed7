// What the waiting browser holds of its own device authorization, in one sealed cookie: nothing is kept for it on the
// server, and nobody else can finish it. `browser.ts` shows it.
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

export function createBrowserFlows(sealer: Sealer): BrowserFlows {
  return {
    async read(ctx) {
      const cookie = ctx.cookies.get(cookieName(ctx));
      const text = cookie === undefined ? undefined : await sealer.open(cookie);
      return text === undefined ? undefined : flowSchema.parse(JSON.parse(text));
    },
    async write(ctx, flow) {
      const expires = new Date(flow.expiresAt * 1000);
      ctx.cookies.set(cookieName(ctx), await sealer.seal(JSON.stringify(flow)), { ...options(ctx), expires });
    },
    clear: (ctx) => {
      ctx.cookies.set(cookieName(ctx), null, options(ctx));
    },
  };
}

const isHttps = (ctx: Context): boolean => stateOf(ctx).config.issuer.startsWith('https:');
const cookieName = (ctx: Context): string => (isHttps(ctx) ? '__Host-tim_qr' : 'tim_qr');
const options = (ctx: Context) =>
  ({ httpOnly: true, sameSite: 'lax', secure: isHttps(ctx), path: '/', signed: false, overwrite: true }) as const;
