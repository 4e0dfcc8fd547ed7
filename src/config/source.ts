// The snapshot of the configuration in force: the files, and over them the clients that no file manages. Who serves a request
// reads it once, so that no request sees two. What is applied, planned and compared is the files' alone.
import { dictionary } from '../lib/dictionary.ts';
import type { ClientConfig, Config, ConfigSource } from './config.ts';

/** The clients beside those of the files; the same object while nothing changed. */
export type StoredLayer = (files: Config) => Readonly<Record<string, ClientConfig>>;

export interface LayeredConfig extends ConfigSource {
  /** Without stored clients. */
  files(): Config;
  replace(next: Config): void;
  /** Puts stored clients beside those of the files, which win where both have an id. Asked again when the files change. */
  layer(stored: StoredLayer): void;
}

/** A source that answers `config` until it is replaced. */
export function createConfigSource(config: Config): LayeredConfig {
  let files = config;
  let inForce = config;
  let storedIn: StoredLayer = () => ({});

  function combine(): void {
    const stored = storedIn(files);
    const clients = dictionary({ ...stored, ...files.clients });
    inForce = Object.keys(stored).length === 0 ? files : { ...files, clients };
  }

  return {
    current: () => inForce,
    files: () => files,
    replace(next) {
      files = next;
      combine();
    },
    layer(stored) {
      storedIn = stored;
      combine();
    },
  };
}
