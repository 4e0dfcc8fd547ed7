// Who a request comes from. The only reader of X-Forwarded-For and X-Forwarded-Host: they are believed from
// `trusted_proxies` alone. `request-start.ts` applies it; others may call `clientAddress` on a raw request.
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4, SocketAddress } from 'node:net';
import type { ConfigSource } from '../../config/config.ts';
import { DomainError } from '../../lib/errors.ts';

export interface TrustedProxies {
  has(address: string): boolean;
}

/** Stands for a peer whose socket is gone or has no address. */
const UNKNOWN = 'unknown';
const NETWORK = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i;

/**
 * Compiles addresses and CIDR ranges.
 * @throws DomainError `trusted_proxies_invalid`
 */
export function parseTrustedProxies(networks: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network);
  return {
    has: (address) => networks.length > 0 && isIP(address) > 0 && list.check(address, familyOf(address)),
  };
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

/**
 * One spelling for each address: without port, brackets or zone; IPv6 as RFC 5952 writes it; an IPv4-mapped address as
 * IPv4. `undefined` when it is none.
 */
export function normaliseAddress(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^\[(.*)\](?::\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1')
    .replace(/%.*$/, '');
  if (isIPv4(bare)) return bare;
  if (isIP(bare) === 0) return undefined;
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' });
  const mapped = /^::ffff:([\d.]+)$/.exec(address)?.[1];
  return mapped ?? address;
}

function addNetwork(list: BlockList, network: string): void {
  const [, text = '', length] = NETWORK.exec(network) ?? [];
  const address = normaliseAddress(text);
  try {
    if (address === undefined) throw new TypeError('not an address');
    if (length === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(length), familyOf(address));
  } catch (cause) {
    throw new DomainError('invalid', 'trusted_proxies_invalid', {
      cause,
      detail: `trusted_proxies: ${network} is neither an address nor a CIDR range`,
    });
  }
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6');

function headerText(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
