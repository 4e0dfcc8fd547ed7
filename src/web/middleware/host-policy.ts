// One authority only: requests for another Host are answered 421 with the right address (contract §1, RFC 9110 §15.5.20).
// It keeps a foreign name out of links and metadata, and stops DNS rebinding. `client-address.ts` says which host was asked.
import type { Context, Middleware } from 'koa';
import { DomainError } from '../../lib/errors.ts';
import { HttpRefusal } from '../http-refusal.ts';
import { stateOf } from '../request-state.ts';

/** Probes and scrapers ask by IP address. */
const EXEMPT: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

export const hostPolicy: Middleware = (ctx: Context, next) => {
  if (EXEMPT.has(ctx.path)) return next();
  const { issuer, mode } = stateOf(ctx).config;
  if ((ctx.req.headersDistinct['host']?.length ?? 0) > 1) throw new DomainError('invalid', 'host_repeated');
  const asked = authorityOf(ctx.host, issuer);
  if (asked?.host === new URL(issuer).host) return next();
  if (mode === 'development' && asked !== undefined && LOOPBACK.has(asked.hostname) && isPageVisit(ctx)) {
    ctx.status = 307;
    return ctx.redirect(issuer + ctx.url);
  }
  throw new HttpRefusal(421, 'misdirected', { detail: `This server answers at ${issuer}` });
};

/** Reads a Host value as the URL parser does (case, default port, brackets); anything else beside it is refused. */
function authorityOf(host: string, issuer: string): URL | undefined {
  const text = `${new URL(issuer).protocol}//${host}`;
  if (host === '' || /[/?#@\\]/.test(host) || !URL.canParse(text)) return undefined;
  return new URL(text);
}

const isPageVisit = (ctx: Context): boolean => ctx.method === 'GET' && ctx.accepts('json', 'html') === 'html';
