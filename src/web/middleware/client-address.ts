// Who a request comes from. The only reader of X-Forwarded-For and X-Forwarded-Host: they are believed from
// `trusted_proxies` alone. `request-start.ts` applies it; others may call `clientAddress` on a raw request.
import type { IncomingMessage } from 'node:http';
import type { ConfigSource } from '../../config/config.ts';
import { DomainError, isDomainError } from '../../lib/errors.ts';
import { type Networks, normaliseAddress, parseNetworks } from '../../lib/networks.ts';

export { normaliseAddress } from '../../lib/networks.ts';

export type TrustedProxies = Networks;

/** Stands for a peer whose socket is gone or has no address. */
const UNKNOWN = 'unknown';

/**
 * Compiles addresses and CIDR ranges.
 * @throws DomainError `trusted_proxies_invalid`
 */
export function parseTrustedProxies(networks: readonly string[]): TrustedProxies {
  try {
    return parseNetworks(networks);
  } catch (cause) {
    const detail = `trusted_proxies: ${isDomainError(cause) ? cause.detail : ''}`;
    throw new DomainError('invalid', 'trusted_proxies_invalid', { cause, detail });
  }
}

/** The trusted proxies of the configuration in force, compiled once per snapshot. */
export function createProxyTrust(config: ConfigSource): () => TrustedProxies {
  let networks: readonly string[] | undefined;
  let compiled = parseTrustedProxies([]);
  return () => {
    const current = config.current().trusted_proxies;
    if (current !== networks) {
      compiled = parseTrustedProxies(current);
      networks = current;
    }
    return compiled;
  };
}

/**
 * The address of the client: the socket's, or behind trusted proxies the last one in X-Forwarded-For that is not a
 * trusted proxy itself. What stands left of that one was written by the client and means nothing.
 */
export function clientAddress(req: IncomingMessage, proxies: TrustedProxies): string {
  let address = peerAddress(req);
  const forwarded = headerText(req, 'x-forwarded-for')?.split(',') ?? [];
  while (forwarded.length > 0 && proxies.has(address)) {
    const previous = normaliseAddress(forwarded.pop() ?? '');
    if (previous === undefined) break;
    address = previous;
  }
  return address;
}

/** The address at the other end of the connection. */
export const peerAddress = (req: IncomingMessage): string =>
  normaliseAddress(req.socket.remoteAddress ?? '') ?? UNKNOWN;

/** The authority that the client asked for: Host, or X-Forwarded-Host from a trusted proxy. */
export function clientAuthority(req: IncomingMessage, proxies: TrustedProxies): string | undefined {
  const forwarded = proxies.has(peerAddress(req)) ? headerText(req, 'x-forwarded-host') : undefined;
  return forwarded ?? req.headers.host;
}

/** True when a proxy says that it forwarded the request. */
export const wasForwarded = (req: IncomingMessage): boolean =>
  req.headers['x-forwarded-for'] !== undefined || req.headers.forwarded !== undefined;

function headerText(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
