// Addresses and ranges of them (CIDR, RFC 4632), compiled for asking whether an address is inside.
import { BlockList, isIP, isIPv4, SocketAddress } from 'node:net';
import { DomainError } from './errors.ts';

export interface Networks {
  has(address: string): boolean;
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
