// What the server calls for its clients, composed from the configuration in force: their keys, and any address that they name.
import type { ConfigSource } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { parseNetworks } from '../lib/networks.ts';
import { createClientKeys } from '../oidc/client-keys.ts';
import { createOutgoing } from '../oidc/outgoing.ts';

export function composeOutgoing(config: ConfigSource, clock: Clock) {
  const fetch = createOutgoing({
    isOpen: () => config.current().mode === 'development',
    privateNetworks: () => parseNetworks(config.current().private_networks),
  });
  return { fetch, clientKeys: createClientKeys({ fetch, clock }) };
}
