// `/healthz` the process lives; `/readyz` it can serve; `/metrics` for scrapers on this machine or a private network.
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type Router from '@koa/router';
import type { Context } from 'koa';
import { DomainError } from '../lib/errors.ts';
import { stateOf } from '../web/request-state.ts';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';

export function mountOperations(router: Router, { health, metrics }: { health: Health; metrics: Metrics }): void {
  const privateNetworks = createPrivateNetworks();

  router.get('/healthz', (ctx: Context) => {
    ctx.body = { status: 'alive' };
  });

  router.get('/readyz', async (ctx: Context) => {
    await health.requireReady();
    ctx.body = { status: 'ready' };
  });

  router.get('/metrics', async (ctx: Context) => {
    const { address, behindUnknownProxy } = stateOf(ctx);
    // Behind a proxy that we do not know, everybody seems to come from its private address.
    if (behindUnknownProxy || !isPrivate(privateNetworks, address)) throw new DomainError('not_found', 'not_found');
    const { type, text } = await metrics.expose();
    ctx.set('Content-Type', type);
    ctx.body = text;
  });
}

/** Loopback, link-local and private addresses (RFC 1918, RFC 3927, RFC 4193, RFC 4291). */
function createPrivateNetworks(): BlockList {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addSubnet('10.0.0.0', 8, 'ipv4');
  list.addSubnet('172.16.0.0', 12, 'ipv4');
  list.addSubnet('192.168.0.0', 16, 'ipv4');
  list.addSubnet('169.254.0.0', 16, 'ipv4');
  list.addAddress('::1', 'ipv6');
  list.addSubnet('fc00::', 7, 'ipv6');
  list.addSubnet('fe80::', 10, 'ipv6');
  return list;
}

const isPrivate = (networks: BlockList, address: string): boolean =>
  (isIPv4(address) && networks.check(address, 'ipv4')) || (isIPv6(address) && networks.check(address, 'ipv6'));
