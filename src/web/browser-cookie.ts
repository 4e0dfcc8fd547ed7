// A cookie that this server gives to a browser and alone reads: not for scripts, not for neighbouring hosts (`__Host-` on
// https, RFC 6265bis §4.1.3.2).
import type { Context } from 'koa';
import { stateOf } from './request-state.ts';

export interface BrowserCookie {
  read(ctx: Context): string | undefined;
  write(ctx: Context, value: string, seconds: number): void;
  clear(ctx: Context): void;
}

export function browserCookie(name: string): BrowserCookie {
  const isHttps = (ctx: Context): boolean => stateOf(ctx).config.issuer.startsWith('https:');
  const nameFor = (ctx: Context): string => (isHttps(ctx) ? `__Host-${name}` : name);
  const attributes = (ctx: Context) =>
    ({ httpOnly: true, sameSite: 'lax', secure: isHttps(ctx), path: '/', signed: false }) as const;
  return {
    read: (ctx) => ctx.cookies.get(nameFor(ctx), { signed: false }),
    write: (ctx, value, seconds) =>
      void ctx.cookies.set(nameFor(ctx), value, { ...attributes(ctx), maxAge: seconds * 1000 }),
    clear: (ctx) => void ctx.cookies.set(nameFor(ctx), null, attributes(ctx)),
  };
}
