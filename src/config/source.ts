// The snapshot of the configuration in force. Who serves a request reads it once, so that no request sees two.
import type { Config, ConfigSource } from './config.ts';

/** A source that answers `config` until it is replaced. */
export function createConfigSource(config: Config): ConfigSource & { replace(next: Config): void } {
  let inForce = config;
  return {
    current: () => inForce,
    replace(next) {
      inForce = next;
    },
  };
}
