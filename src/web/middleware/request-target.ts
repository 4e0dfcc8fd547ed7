// The request target (RFC 9112 §3.2): the absolute form is reduced to the origin form, broken escapes are refused before
// any route sees them.
import type { Context, Middleware } from 'koa';
import { DomainError } from '../../lib/errors.ts';

export const requestTarget: Middleware = (ctx: Context, next) => {
  if (!ctx.url.startsWith('/')) reduceAbsoluteForm(ctx);
  if (ctx.path.includes('%')) refuseBrokenEscape(ctx.path);
  return next();
};

/**
 * The authority of an absolute form counts, whatever Host says (RFC 9112 §3.2.2). What cannot be parsed is put out of the
 * way first: Koa's `ctx.path` throws on it, also in the request log.
 */
function reduceAbsoluteForm(ctx: Context): void {
  const target = ctx.url;
  ctx.url = '/';
  if (!URL.canParse(target)) throw new DomainError('invalid', 'url_malformed');
  const { host, pathname, search } = new URL(target);
  ctx.req.headers['x-forwarded-host'] = host;
  ctx.url = `/${pathname.replace(/^\/+/, '')}${search}`;
}

function refuseBrokenEscape(path: string): void {
  try {
    decodeURIComponent(path);
  } catch (cause) {
    throw new DomainError('invalid', 'url_malformed', { cause });
  }
}
