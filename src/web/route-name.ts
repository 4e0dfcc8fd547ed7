// What logs and metrics may call a request. Addresses carry secrets (`/d/<handle>`, one-time links), so a request of our own
// routes goes by the route's pattern, and of any other address only plain words are kept.
import type { Context } from 'koa';
import { stateOf } from './request-state.ts';

/** Segments such as `.well-known`, `openid-configuration` or `jwks`: nothing random is spelled so. */
const PLAIN_WORDS = /^\.?[a-z]{1,16}(?:[-_.][a-z]{1,16}){0,4}$/;
const MASK = '…';

/** A name from a bounded set: the pattern of the matched route, what the provider's mount called it, or `other`. */
export const routeOf = (ctx: Context): string => matchedPattern(ctx) ?? stateOf(ctx).route ?? 'other';

/** The path without its secrets, for the log. */
export const loggablePath = (ctx: Context): string => matchedPattern(ctx) ?? maskPath(ctx.path);

/** Replaces every segment that is not made of plain words. */
export const maskPath = (path: string): string =>
  path
    .split('/')
    .map((segment) => (segment === '' || PLAIN_WORDS.test(segment) ? segment : MASK))
    .join('/');

export interface MatchedRoute {
  path: string | RegExp;
  methods: readonly string[];
}

/** Our routes at this path, whatever their method, as the router found them. */
export function matchedRoutes(ctx: Context): MatchedRoute[] {
  const layers = (ctx['matched'] ?? []) as readonly MatchedRoute[];
  return layers.filter(({ methods }) => methods.length > 0);
}

function matchedPattern(ctx: Context): string | undefined {
  const routes = matchedRoutes(ctx);
  const route = routes.find(({ methods }) => methods.includes(ctx.method)) ?? routes[0];
  return route && String(route.path);
}
