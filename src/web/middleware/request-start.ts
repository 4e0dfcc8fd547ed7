// The first step of every request: takes the configuration snapshot, names the request and its client, and makes the
// forwarding headers say what we believe. From here on Koa's own `ctx.ip`, `ctx.host` and `ctx.secure` tell the truth,
// in our application and in the provider's (both with `proxy = true`).
import type { IncomingMessage } from 'node:http';
import type { Context, Middleware } from 'koa';
import type { ConfigSource } from '../../config/config.ts';
import type { RequestState } from '../request-state.ts';
import { clientAddress, clientAuthority, createProxyTrust, peerAddress, wasForwarded } from './client-address.ts';
import { requestIdOf } from './request-id.ts';

export function requestStart(config: ConfigSource): Middleware {
  const trustedProxies = createProxyTrust(config);
  return (ctx: Context, next) => {
    const proxies = trustedProxies();
    const senderIsTrusted = proxies.has(peerAddress(ctx.req));
    const state: RequestState = {
      config: config.current(),
      requestId: requestIdOf(ctx.req, senderIsTrusted),
      address: clientAddress(ctx.req, proxies),
      behindUnknownProxy: !senderIsTrusted && wasForwarded(ctx.req),
    };
    Object.assign(ctx.state, state);
    overwriteForwarding(ctx.req, state, clientAuthority(ctx.req, proxies));
    ctx.res.setHeader('X-Request-Id', state.requestId);
    return next();
  };
}

/**
 * An unknown sender could otherwise choose the address, host and scheme that the provider builds its metadata from. The
 * scheme is the issuer's: we never end TLS ourselves, and every address we hand out begins with the issuer.
 */
function overwriteForwarding(req: IncomingMessage, { config, address }: RequestState, authority = ''): void {
  req.headers['x-forwarded-for'] = address;
  req.headers['x-forwarded-host'] = authority;
  req.headers['x-forwarded-proto'] = config.issuer.startsWith('https:') ? 'https' : 'http';
}
