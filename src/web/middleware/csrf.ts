// Cross-site request forgery: a signed double submit. The cookie holds a random value, the form its HMAC, so a cookie
// planted by a neighbouring host is worth nothing without a token of ours; and a browser that says where a request
// comes from must say: from here.
import type { Context } from 'koa';
import type { Config } from '../../config/config.ts';
import { DomainError } from '../../lib/errors.ts';
import { derive, safeEqual } from '../../lib/hash.ts';
import { randomToken } from '../../lib/random.ts';
import { stateOf } from '../request-state.ts';

/** The value of the hidden field `csrf`. Gives the browser the cookie that belongs to it, when it has none. */
export function csrfToken(ctx: Context): string {
  const state = stateOf(ctx);
  state.csrf ??= tokenFor(state.config.secrets.cookie_keys[0], readCookie(ctx) ?? setCookie(ctx));
  return state.csrf;
}

/**
 * Every unsafe request that a cookie authorises passes here first.
 * @param body the form or JSON body; its `csrf`, or else the header X-CSRF-Token, is the token.
 * @throws DomainError forbidden `csrf`
 */
export function requireCsrf(ctx: Context, body: Readonly<Record<string, unknown>>): void {
  if (!isFromHere(ctx) || !isGenuine(ctx, body['csrf'] ?? ctx.get('X-CSRF-Token'))) {
    throw new DomainError('forbidden', 'csrf');
  }
}

function isGenuine(ctx: Context, token: unknown): boolean {
  const value = readCookie(ctx);
  if (value === undefined || typeof token !== 'string') return false;
  return stateOf(ctx).config.secrets.cookie_keys.some((key) => safeEqual(tokenFor(key, value), token));
}

/**
 * Sec-Fetch-Site cannot be set by a page and decides where a browser sends it. Without it (plain http on a LAN) Origin must
 * be ours; `null` says nothing, for that is what a form on a page without referrer sends (Fetch, "append a request Origin").
 */
function isFromHere(ctx: Context): boolean {
  const site = ctx.get('Sec-Fetch-Site');
  if (site !== '') return site === 'same-origin' || site === 'none';
  const origin = ctx.get('Origin');
  return origin === '' || origin === 'null' || origin === stateOf(ctx).config.issuer;
}

const tokenFor = (key: string, cookie: string): string => derive(key, 'csrf', cookie).toString('base64url');

const readCookie = (ctx: Context): string | undefined => ctx.cookies.get(cookieName(stateOf(ctx).config));

function setCookie(ctx: Context): string {
  const value = randomToken();
  const { config } = stateOf(ctx);
  ctx.cookies.set(cookieName(config), value, { httpOnly: true, sameSite: 'lax', secure: isHttps(config), path: '/' });
  return value;
}

/** `__Host-` keeps other hosts of the domain from setting it, and needs https. */
const cookieName = (config: Config): string => (isHttps(config) ? '__Host-tim_csrf' : 'tim_csrf');
const isHttps = (config: Config): boolean => config.issuer.startsWith('https:');
