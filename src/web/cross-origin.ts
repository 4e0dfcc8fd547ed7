// Addresses of ours that pages of other sites may call (Fetch, CORS): only from origins that the route allows, and never
// with cookies.
import type { Context } from 'koa';
import { DomainError } from '../lib/errors.ts';

const PREFLIGHT_SECONDS = '600';

/** Lets the page read the answer. Throws `origin_not_allowed` for a page of another origin; programs name none. */
export function admitOrigin(ctx: Context, isAllowed: (origin: string) => boolean): void {
  ctx.vary('Origin');
  const origin = ctx.get('Origin');
  if (origin === '') return;
  if (!isAllowed(origin)) throw new DomainError('forbidden', 'origin_not_allowed');
  ctx.set('Access-Control-Allow-Origin', origin);
  ctx.set('Access-Control-Expose-Headers', 'Retry-After');
  ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
}

/** Answers the question that a browser asks before a POST of JSON. Throws as `admitOrigin` does. */
export function answerPreflight(ctx: Context, isAllowed: (origin: string) => boolean): void {
  admitOrigin(ctx, isAllowed);
  ctx.set('Access-Control-Allow-Methods', 'POST');
  ctx.set('Access-Control-Allow-Headers', 'Content-Type');
  ctx.set('Access-Control-Max-Age', PREFLIGHT_SECONDS);
  ctx.status = 204;
}
