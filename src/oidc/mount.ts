// Hands a request of the Koa host to oidc-provider, a Koa application of its own, so that cookies, keys and addresses are
// the provider's (koa-mount would sign cookies with the host's keys).
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, Middleware } from 'koa';
import { isDomainError } from '../lib/errors.ts';
import { widenPolicy } from '../web/middleware/security-headers.ts';
import { stateOf } from '../web/request-state.ts';

/** The provider's own user-code pages; ours stand at `/device`. `ROUTES` leaves these out, so they never answer. */
export const UNREACHABLE_DEVICE_PAGES = '/oauth/-/device';

/** What the provider reads of a form; more is refused before it is sent on. */
const BODY_LIMIT_BYTES = 56 * 1024;
/** Authorization requests are kept for as long as a person takes to sign in, so a stranger's must be small. */
const AUTHORIZATION_LIMIT_BYTES = 8 * 1024;

/** The host's context of a request that the provider answers, for the error page and the records. */
export type HostContexts = WeakMap<IncomingMessage, Context>;

interface Route {
  /** What metrics and logs call it. */
  name: string;
  address: RegExp;
  methods: readonly string[];
}

const READ = ['GET', 'HEAD', 'OPTIONS'];
const ROUTES: readonly Route[] = [
  { name: 'metadata', address: /^\/\.well-known\/(openid-configuration|oauth-authorization-server)$/, methods: READ },
  { name: 'jwks', address: /^\/\.well-known\/jwks\.json$/, methods: READ },
  { name: 'authorize', address: /^\/oauth\/authorize(\/[\w-]+)?$/, methods: ['GET'] },
  { name: 'token', address: /^\/oauth\/token$/, methods: ['POST', 'OPTIONS'] },
  { name: 'device_authorization', address: /^\/oauth\/device_authorization$/, methods: ['POST', 'OPTIONS'] },
  { name: 'par', address: /^\/oauth\/par$/, methods: ['POST', 'OPTIONS'] },
  { name: 'introspect', address: /^\/oauth\/introspect$/, methods: ['POST', 'OPTIONS'] },
  { name: 'revoke', address: /^\/oauth\/revoke$/, methods: ['POST', 'OPTIONS'] },
  { name: 'userinfo', address: /^\/oauth\/userinfo$/, methods: ['GET', 'POST', 'OPTIONS'] },
  { name: 'logout', address: /^\/oauth\/logout(\/success)?$/, methods: ['GET'] },
  { name: 'logout', address: /^\/oauth\/logout\/confirm$/, methods: ['POST'] },
];

/** Their forms end at registered addresses of clients (form_post, sign-out), which only the provider knows. */
const REDIRECTING = new Set(['authorize', 'logout']);

const AUTHORIZATION_REQUESTS = new Set(['authorize', 'par']);

export interface MountDeps {
  /** Of the provider in force; a request stays with the one that it began with. */
  handler(): (req: IncomingMessage, res: ServerResponse) => Promise<void>;
  hosts: HostContexts;
  /** Counts an authorization request; throws `throttled`. */
  admit(ctx: Context): Promise<void>;
}

/** Serves the provider's addresses and calls `next` for all others. */
export function mountProvider({ handler, hosts, admit }: MountDeps): Middleware {
  return async (ctx, next) => {
    const route = ROUTES.find(({ address }) => address.test(ctx.path));
    if (!route) return next();
    stateOf(ctx).route = route.name;
    if (!route.methods.includes(ctx.method)) {
      ctx.set('Allow', route.methods.join(', '));
      return refuse(ctx, 405, `use ${route.methods[0]}`);
    }
    const isRequest = AUTHORIZATION_REQUESTS.has(route.name);
    const size = ctx.querystring.length + (ctx.request.length ?? 0);
    if (size > (isRequest ? AUTHORIZATION_LIMIT_BYTES : BODY_LIMIT_BYTES) || (isRequest && isUnmeasured(ctx))) {
      return refuse(ctx, 413, 'the request is too large');
    }
    if (isRequest && !(await isAdmitted(ctx, route, admit))) return;
    if (REDIRECTING.has(route.name)) widenPolicy(ctx, { formAction: 'any' });
    hosts.set(ctx.req, ctx);
    ctx.respond = false;
    await handler()(ctx.req, ctx.res);
  };
}

/** RFC 6749 §5.2. */
function refuse(ctx: Context, status: number, description: string, error = 'invalid_request'): void {
  ctx.status = status;
  ctx.body = { error, error_description: description };
}

/** Programs hear of a limit in OAuth's form, people on a page. */
async function isAdmitted(ctx: Context, { name }: Route, admit: MountDeps['admit']): Promise<boolean> {
  try {
    await admit(ctx);
    return true;
  } catch (error) {
    if (name !== 'par' || !isDomainError(error, 'throttled')) throw error;
    ctx.set('Retry-After', String(error.retryAfter ?? 60));
    refuse(ctx, 429, 'too many authorization requests, try again later', 'temporarily_unavailable');
    return false;
  }
}

/** A chunked body does not say how long it is. */
const isUnmeasured = (ctx: Context): boolean => ctx.get('Transfer-Encoding') !== '';
