// `tokenim serve`: runs the server, in this process or in several, and prints what a new user needs. One process's life is
// in `serving.ts`, several are in `workers.ts`, what is printed in `announcement.ts`.
import cluster from 'node:cluster';
import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { configPathOf, loadConfig } from '../config/load.ts';
import { DomainError } from '../lib/errors.ts';
import { announce, type Announced } from './announcement.ts';
import {
  type CommonOptions,
  leaf,
  loadOptions,
  type Shell,
  wholeNumber,
  withStore,
  type Workplace,
} from './command.ts';
import { disableDemoKeys } from './demo-key.ts';
import { answer, notice } from './io.ts';
import { lanAddress } from './lan.ts';
import { mailWarning } from './mail.ts';
import { nodeWarning } from './node-version.ts';
import { serve } from './serving.ts';
import { runWorkers, serveAsWorker } from './workers.ts';

interface ServeOptions extends CommonOptions {
  lan?: true;
  workers: number;
  watch?: true;
}

export function addServeCommand(program: Command, shell: Shell): void {
  leaf(program, 'serve', 'run the server')
    .option('--lan', 'development: serve at the address of this machine in its network, so that a phone can scan')
    .option('--watch', 'take changed configuration files by itself, as `reload.watch` does')
    .option('--workers <number>', 'how many processes serve', wholeNumber, 1)
    .action((options: ServeOptions) => start(shell, options));
}

async function start(shell: Shell, options: ServeOptions): Promise<void> {
  const stop = shell.interruption();
  const secretFiles = new Set<string>();
  const load = () => configure(shell, options, secretFiles);
  const config = await load();
  const lan = options.lan ?? false;
  const onHangup = shell.onHangup ?? (() => () => undefined);
  const path = configPathOf(loadOptions(shell, options));
  const files = { path, secretFiles, watch: options.watch ?? false, onHangup };
  if (cluster.isWorker) {
    return serveAsWorker(onHangup, (told, hangups) =>
      serve(config, { lan, load, files: { ...files, onHangup: hangups }, stop: AbortSignal.any([stop, told]) }),
    );
  }

  for (const warning of [nodeWarning(process.versions.node), mailWarning(config)]) {
    if (warning !== undefined) notice(shell.io, warning);
  }
  const prepare = (workplace: Workplace) => (config.mode === 'production' ? disableDemoKeys(workplace) : undefined);
  const listening = async (workplace: Workplace): Promise<void> => {
    const around = { env: shell.env, configPath: options.config, lan };
    print(shell, options, await announce(workplace, around));
  };
  if (options.workers === 1) return serve(config, { lan, load, files, stop, prepare, listening });
  await withStore(shell, config, async (workplace) => prepare(workplace));
  await runWorkers(options.workers, { stop, onHangup }, () => withStore(shell, config, listening));
}

/** With `--lan` the address of this machine is both what is bound and the issuer. */
async function configure(shell: Shell, options: ServeOptions, secretFiles: Set<string>): Promise<Config> {
  const loading = { ...loadOptions(shell, options), secretFiles };
  const config = await loadConfig(loading);
  if (!options.lan) return config;
  if (config.mode === 'production') {
    throw new DomainError('invalid', 'lan_in_production', {
      detail: '--lan is for development; production has an issuer',
    });
  }
  const host = lanAddress();
  return loadConfig({ ...loading, host, issuer: `http://${host}:${config.port}` });
}

function print({ io }: Shell, { json }: ServeOptions, lines: readonly Announced[]): void {
  const byName = Object.fromEntries(lines.map(({ name, line }) => [name, line]));
  answer(io, json, byName, () =>
    lines
      .map(({ purpose, line }) => `\n${purpose}:\n  ${line}`)
      .join('\n')
      .concat('\n'),
  );
}
