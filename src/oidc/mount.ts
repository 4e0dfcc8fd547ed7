// Hands a request of the Koa host to oidc-provider, a Koa application of its own, so that cookies, keys and addresses are
// the provider's (koa-mount would sign cookies with the host's keys).
import type { IncomingMessage } from 'node:http';
import type { Context, Middleware } from 'koa';
import type { default as Provider } from 'oidc-provider';
import { stateOf } from '../web/request-state.ts';

/** The provider's own user-code pages; ours stand at `/device`, and these must never answer. */
export const UNREACHABLE_DEVICE_PAGES = '/oauth/-/device';

/** The host's context of a request that the provider answers, for the error page and the records. */
export type HostContexts = WeakMap<IncomingMessage, Context>;

/** Last middleware of the host: whatever is not the host's own is the provider's. */
export function mountProvider(provider: () => Provider, hosts: HostContexts): Middleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/oauth/') && !ctx.path.startsWith('/.well-known/')) return next();
    if (ctx.path.startsWith(UNREACHABLE_DEVICE_PAGES)) return next();
    hosts.set(ctx.req, ctx);
    stateOf(ctx).route = routeName(ctx.path);
    ctx.respond = false;
    await provider().callback()(ctx.req, ctx.res);
  };
}

/** A name for metrics from a bounded set: the provider's routes have one or two plain words. */
function routeName(path: string): string {
  return /^\/(?:oauth|\.well-known)\/[a-z_.-]{1,30}/.exec(path)?.[0] ?? 'oauth';
}
