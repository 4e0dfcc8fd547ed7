// Addresses and ranges of them (CIDR, RFC 4632), compiled for asking whether an address is inside.
import { BlockList, isIP, isIPv4, SocketAddress } from 'node:net';
import { DomainError } from './errors.ts';

export interface Networks {
  has(address: string): boolean;
}

/** Special-purpose addresses (RFC 6890), which are not of the Internet, and those that carry an IPv4 address inside. */
const NOT_PUBLIC = `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
  192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
  ::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10
  fec0::/10 ff00::/8`;

/** Answers whether an address is of the Internet, where everybody can reach it. */
export function createPublicAddresses(): Networks {
  const others = parseNetworks(NOT_PUBLIC.split(/\s+/));
  return {
    has(text) {
      const address = normaliseAddress(text);
      return address !== undefined && !others.has(address);
    },
  };
}

const NETWORK = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i;

/**
 * Compiles addresses and CIDR ranges.
 * @throws DomainError invalid `network_invalid`, naming the first that is none
 */
export function parseNetworks(networks: readonly string[]): Networks {
  const list = new BlockList();
  for (const { address, length } of networks.map(parseNetwork)) {
    if (length === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, length, familyOf(address));
  }
  return {
    has: (address) => networks.length > 0 && isIP(address) > 0 && list.check(address, familyOf(address)),
  };
}

/** The same addresses and ranges, each once and in one spelling. Throws as `parseNetworks` does. */
export function normaliseNetworks(networks: readonly string[]): string[] {
  const spelled = networks.map(parseNetwork).map(({ address, length }) => [address, length ?? []].flat().join('/'));
  return [...new Set(spelled)];
}

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

/** RFC 4291 §2.5.5.2: the IPv4 address stands behind so many bits. */
const BITS_BEFORE_MAPPED = 96;

/** Forgives nothing: a port would be left out without a word. */
function parseNetwork(network: string): { address: string; length?: number } {
  const [, text = '', length] = NETWORK.exec(network) ?? [];
  const address = isIP(text) > 0 ? normaliseAddress(text) : undefined;
  if (address !== undefined && length === undefined) return { address };
  if (address !== undefined) {
    const isMapped = isIPv4(address) && !isIPv4(text);
    const bits = Number(length) - (isMapped ? BITS_BEFORE_MAPPED : 0);
    if (bits >= 0 && bits <= (isIPv4(address) ? 32 : 128)) return { address, length: bits };
  }
  throw new DomainError('invalid', 'network_invalid', {
    detail: `${network === '' ? 'an empty text' : network} is neither an address nor a CIDR range`,
  });
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6');
