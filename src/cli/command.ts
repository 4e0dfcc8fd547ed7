// The frame that all commands share: their common options, how their arguments are read, and the store they work on.
// `run.ts` puts the commands together.
import { type Command, InvalidArgumentError } from 'commander';
import { type Administration, createAdministration } from '../compose/administration.ts';
import { composeDomain, type Domain } from '../compose/domain.ts';
import type { Config, ConfigSource } from '../config/config.ts';
import { loadConfig, type LoadOptions } from '../config/load.ts';
import { digestOf, snapshotOf } from '../config/snapshot.ts';
import { createConfigSource } from '../config/source.ts';
import { systemClock } from '../lib/clock.ts';
import { parseDuration } from '../lib/duration.ts';
import { messageOf } from '../lib/errors.ts';
import { openStorage } from '../storage/open.ts';
import type { Store } from '../storage/port.ts';
import { notice, type Streams } from './io.ts';

/** What a command knows of the process around it. */
export interface Shell {
  io: Streams;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** From the first call on, SIGINT and SIGTERM abort the signal instead of ending the process; a second one ends it. */
  interruption(): AbortSignal;
  /** The program ends with 1 although nothing was thrown: the answer is "no". */
  fail(): void;
  /** The program ends with 2: there is something to do, and nothing was done. */
  differ(): void;
  /** Calls the listener at each SIGHUP, which then no longer ends the process; answers how to stop that. */
  onHangup?(listener: () => void): () => void;
}

export interface CommonOptions {
  json?: boolean;
  /** File or folder of the configuration. */
  config?: string;
}

/** The record of who acts on the command line. */
export const OPERATOR = { actor: 'operator' };

/** A command with the options that every command has. */
export const leaf = (parent: Command, usage: string, description: string): Command =>
  parent
    .command(usage)
    .description(description)
    .option('--json', 'write JSON alone to standard output')
    .option('--config <path>', 'configuration file or folder');

/** For options that may be given more than once; `a b` is the same as giving both. */
export const collect = (value: string, former: readonly string[] = []): string[] => [
  ...former,
  ...value.split(/[\s,]+/).filter(Boolean),
];

/** Seconds of `30s 10m 24h 90d`; `0` is none. */
export function duration(text: string): number {
  const seconds = text === '0' ? 0 : parseDuration(text);
  if (seconds === undefined) throw new InvalidArgumentError('Write a duration such as 30s, 10m, 24h or 90d.');
  return seconds;
}

export function wholeNumber(text: string): number {
  if (!/^[1-9][0-9]{0,6}$/.test(text)) throw new InvalidArgumentError('Write a number from 1 on.');
  return Number(text);
}

export const loadOptions = ({ env, cwd }: Shell, { config }: CommonOptions): LoadOptions => ({
  env,
  cwd,
  ...(config !== undefined && { configPath: config }),
});

/** The domain on an open store, without a server. */
export interface Workplace {
  config: Config;
  /** With the clients that no file manages. */
  source: ConfigSource;
  store: Store;
  domain: Domain;
  administration: Administration;
}

/** Opens the configured store for the time of `work`. Throws `ConfigError` and what `openStorage` throws. */
export async function withDomain<T>(
  shell: Shell,
  options: CommonOptions,
  work: (workplace: Workplace) => Promise<T>,
): Promise<T> {
  return withStore(shell, await loadConfig(loadOptions(shell, options)), work);
}

export async function withStore<T>(
  { io }: Shell,
  config: Config,
  work: (workplace: Workplace) => Promise<T>,
): Promise<T> {
  const onError = (error: unknown): void => notice(io, messageOf(error));
  const clock = systemClock;
  const store = await openStorage(config.storage, { dataFolder: config.dataFolder, clock, onError });
  const source = createConfigSource(config);
  const domain = composeDomain({ config: source, store, clock, onError });
  try {
    // Lifetimes and addresses of stored clients count too: for a rotation, and when sessions end.
    await domain.clients.inForce.readAll();
    return await work({ config, source, store, domain, administration: createAdministration(domain) });
  } finally {
    await domain.close();
    await store.close();
  }
}

/** For answers that are worked out from the files: running servers go by what was applied. */
export async function tellUnapplied({ io }: Shell, { config, domain }: Workplace): Promise<void> {
  const applied = await domain.applied.find();
  if (!applied || applied.digest === digestOf(snapshotOf(config))) return;
  notice(
    io,
    'The files are not applied: this is what they would give, not what running servers do; see `tokenim config plan`.',
  );
}
