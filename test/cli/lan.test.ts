// Which address `serve --lan` takes.
import type { NetworkInterfaceInfo } from 'node:os';
import test from 'ava';
import { lanAddress } from '../../src/cli/lan.ts';

const at = (address: string, over: Partial<NetworkInterfaceInfo> = {}): NetworkInterfaceInfo =>
  ({ address, family: 'IPv4', internal: false, netmask: '', mac: '', cidr: null, ...over }) as NetworkInterfaceInfo;

test('a private IPv4 address goes before others', (t) => {
  const lo = [at('127.0.0.1', { internal: true })];
  t.is(lanAddress({ lo, eth0: [at('203.0.113.9')], wlan0: [at('192.168.1.20')] }), '192.168.1.20');
  t.is(lanAddress({ lo, eth0: [at('203.0.113.9')] }), '203.0.113.9');
});

test('a machine without a network is told so', (t) => {
  t.throws(() => lanAddress({ lo: [at('127.0.0.1', { internal: true })] }), { message: /no address/ });
  t.throws(() => lanAddress({ eth0: [at('fe80::1', { family: 'IPv6' })] }), { message: /no address/ });
});
