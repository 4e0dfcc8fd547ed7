// `serve --lan`: the address by which a phone in the same network reaches this machine.
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { DomainError } from '../lib/errors.ts';

/** RFC 1918. */
const PRIVATE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2[0-9]|3[01])\.)/;

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/** An IPv4 address, a private one before others. Throws `lan_missing` (`unavailable`) on a machine without one. */
export function lanAddress(interfaces: Interfaces = networkInterfaces()): string {
  const addresses = Object.values(interfaces)
    .flatMap((found) => found ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
  const address = addresses.find((candidate) => PRIVATE.test(candidate)) ?? addresses[0];
  if (address !== undefined) return address;
  throw new DomainError('unavailable', 'lan_missing', { detail: 'this machine has no address in a local network' });
}
