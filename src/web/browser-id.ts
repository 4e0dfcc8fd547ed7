// By what a browser is known again: a random id in a long-lived cookie, given at a sign-in and signed, so that nobody can
// make one up. It authorises nothing; `accounts/sign-ins.ts` keeps it hashed with the account, so that it links no two.
import type { Context } from 'koa';
import type { Config } from '../config/config.ts';
import { derive, safeEqual, sha256 } from '../lib/hash.ts';
import { randomToken } from '../lib/random.ts';
import { stateOf } from './request-state.ts';

/** Browsers keep no cookie for longer (RFC 6265bis §5.5). */
const KEEP_MS = 400 * 24 * 3600 * 1000;

/** A name for this browser, when somebody has signed in with it before. */
export function browserOf(ctx: Context): string | undefined {
  const id = readId(ctx);
  return id === undefined ? undefined : sha256(id);
}

/** As `browserOf`; gives a browser without an id one, and keeps that of another for longer. */
export function rememberBrowser(ctx: Context): string {
  const { config } = stateOf(ctx);
  const id = readId(ctx) ?? randomToken();
  ctx.cookies.set(cookieName(config), `${id}.${macOf(config.secrets.cookie_keys[0], id)}`, {
    httpOnly: true,
    sameSite: 'lax',
    secure: isHttps(config),
    path: '/',
    maxAge: KEEP_MS,
    overwrite: true,
  });
  return sha256(id);
}

function readId(ctx: Context): string | undefined {
  const { config } = stateOf(ctx);
  const [id = '', mac = '', ...rest] = ctx.cookies.get(cookieName(config))?.split('.') ?? [];
  const isOurs = rest.length === 0 && config.secrets.cookie_keys.some((key) => safeEqual(macOf(key, id), mac));
  return isOurs ? id : undefined;
}

const macOf = (key: string, id: string): string => derive(key, 'browser id', id).toString('base64url');

/** `__Host-` keeps other hosts of the domain from setting it, and needs https. */
const cookieName = (config: Config): string => (isHttps(config) ? '__Host-tim_browser' : 'tim_browser');
const isHttps = (config: Config): boolean => config.issuer.startsWith('https:');
