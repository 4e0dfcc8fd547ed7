// Cross-site request forgery: a signed double submit. The cookie holds a random value, the form its HMAC, so a cookie
// planted by a neighbouring host is worth nothing without a token of ours; and a browser that says where a request
// comes from must say: from here. A form made for somebody signed in is theirs alone: neither a pair of cookie and token that
// a stranger got for themselves, nor a page that another person left open, acts for who is signed in now.
import type { Context } from 'koa';
import type { Config } from '../../config/config.ts';
import { DomainError } from '../../lib/errors.ts';
import { derive, safeEqual, sha256 } from '../../lib/hash.ts';
import { randomToken } from '../../lib/random.ts';
import { stateOf } from '../request-state.ts';

/** The value of the hidden field `csrf`. Gives the browser the cookie that belongs to it, when it has none. */
export function csrfToken(ctx: Context): string {
  const { config, visitor } = stateOf(ctx);
  const mark = markOf(visitor);
  const mac = macOf(config.secrets.cookie_keys[0], cookieOf(ctx), mark);
  return mark === '' ? mac : `${mac}.${mark}`;
}

/** Ties to this browser what is handed out to it: no other has its cookie. */
export const browserTie = (ctx: Context): string => sha256(`browser\0${cookieOf(ctx)}`);

/**
 * Notes who is signed in, for the forms of the answer, and for that of the request.
 * @throws DomainError forbidden `csrf` when `requireCsrf` has taken a form that was not made for them
 */
export function noteVisitor(ctx: Context, accountId: string): void {
  stateOf(ctx).visitor = accountId;
  requireOwnForm(ctx);
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
  requireOwnForm(ctx);
}

function requireOwnForm(ctx: Context): void {
  const { visitor, formOf } = stateOf(ctx);
  if (visitor !== undefined && formOf !== undefined && formOf !== markOf(visitor)) {
    throw new DomainError('forbidden', 'csrf');
  }
}

function isGenuine(ctx: Context, token: unknown): boolean {
  const value = readCookie(ctx);
  if (value === undefined || typeof token !== 'string') return false;
  const [mac = '', mark = ''] = token.split('.');
  stateOf(ctx).formOf = mark;
  return stateOf(ctx).config.secrets.cookie_keys.some((key) => safeEqual(macOf(key, value, mark), mac));
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

const macOf = (key: string, cookie: string, mark: string): string =>
  derive(key, 'csrf', `${cookie}\0${mark}`).toString('base64url');

/** Of the account, so that a form outlives a new sign-in of the same person. Empty for a form of nobody's. */
const markOf = (accountId: string | undefined): string => (accountId === undefined ? '' : sha256(`form\0${accountId}`));

function cookieOf(ctx: Context): string {
  const state = stateOf(ctx);
  state.csrfCookie ??= readCookie(ctx) ?? setCookie(ctx);
  return state.csrfCookie;
}

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
