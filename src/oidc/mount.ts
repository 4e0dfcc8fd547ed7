// Hands a request of the Koa host to oidc-provider, a Koa application of its own, so that cookies, keys and addresses are
// the provider's (koa-mount would sign cookies with the host's keys).
import type { IncomingMessage } from 'node:http';
import type { Context, Middleware } from 'koa';
import type { default as Provider } from 'oidc-provider';
import { stateOf } from '../web/request-state.ts';

/** The provider's own user-code pages; ours stand at `/device`. `routeName` leaves these out, so they never answer. */
export const UNREACHABLE_DEVICE_PAGES = '/oauth/-/device';

/** The host's context of a request that the provider answers, for the error page and the records. */
export type HostContexts = WeakMap<IncomingMessage, Context>;

/** Addresses of the provider, by the name that metrics call them. */
const ROUTES = [
  'authorize',
  'token',
  'userinfo',
  'introspect',
  'revoke',
  'par',
  'device_authorization',
  'logout',
] as const;

/** Whatever is not the host's own is the provider's. */
export function mountProvider(provider: Provider, hosts: HostContexts): Middleware {
  const handle = provider.callback();
  return async (ctx, next) => {
    const route = routeName(ctx.path);
    if (route === undefined) return next();
    hosts.set(ctx.req, ctx);
    stateOf(ctx).route = route;
    ctx.respond = false;
    await handle(ctx.req, ctx.res);
  };
}

function routeName(path: string): string | undefined {
  if (path.startsWith('/.well-known/')) return 'metadata';
  if (!path.startsWith('/oauth/')) return undefined;
  const [name] = path.slice('/oauth/'.length).split('/', 1);
  return ROUTES.find((route) => route === name);
}
