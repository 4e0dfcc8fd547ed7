// The end of the line: an address that neither our routes nor the provider serve (404), or not by this method
// (405, RFC 9110 §15.5.6).
import type { Context, Middleware } from 'koa';
import { DomainError } from '../../lib/errors.ts';
import { HttpRefusal } from '../http-refusal.ts';
import { matchedRoutes } from '../route-name.ts';

export const unmatched: Middleware = (ctx: Context) => {
  const methods = [...new Set(matchedRoutes(ctx).flatMap((route) => route.methods))].toSorted();
  if (methods.length === 0) throw new DomainError('not_found', 'not_found');
  const allow = methods.join(', ');
  if (ctx.method !== 'OPTIONS') throw new HttpRefusal(405, 'method_not_allowed', { headers: { Allow: allow } });
  ctx.set('Allow', allow);
  ctx.status = 204;
};
