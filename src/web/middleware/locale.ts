// The language of a page: `?lang=` (remembered in a cookie), then the cookie, then Accept-Language. Catalogues and
// negotiation are in `../i18n.ts`.
import type { Context } from 'koa';
import type { Locale } from '../../config/config.ts';
import { isLocale, negotiateLocale } from '../i18n.ts';
import { stateOf } from '../request-state.ts';

const COOKIE = 'lang';
const YEAR_MS = 31_536_000_000;

/** The reader's language, decided once per request and only for requests that show words. */
export function localeOf(ctx: Context): Locale {
  const state = stateOf(ctx);
  state.locale ??= chosenNow(ctx) ?? negotiateLocale(ctx.cookies.get(COOKIE), ctx.get('Accept-Language'));
  return state.locale;
}

function chosenNow(ctx: Context): Locale | undefined {
  const chosen = ctx.query['lang'];
  if (!isLocale(chosen)) return undefined;
  const secure = stateOf(ctx).config.issuer.startsWith('https:');
  ctx.cookies.set(COOKIE, chosen, { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: YEAR_MS });
  return chosen;
}
