// The life of one serving process: composed, listening, told to stop, drained, closed.
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdministration } from '../compose/administration.ts';
import type { Server } from '../compose/server.ts';
import type { Config } from '../config/config.ts';
import { packageVersion } from '../lib/package-root.ts';
import { type Listener, listen } from '../ops/listen.ts';
import { createLogger } from '../ops/logger.ts';
import { mailboxToken } from './announcement.ts';
import { OPERATOR, type Workplace } from './command.ts';
import { withoutRuntimeWarning } from './node-version.ts';
import { followFiles, type ReloadingOptions } from './reloading.ts';

/** In production a load balancer first has to see that `/readyz` says no. */
const DRAIN_MS = 2000;
/** Then running requests may end; together within the 10 s that container engines grant. */
const GRACE_MS = 6000;

export interface ServingOptions {
  /** Others than this machine reach the server. */
  lan: boolean;
  /** Reads the configuration again. */
  load(): Promise<Config>;
  /** Where its files are, absolute, and when they are read again. */
  files: Pick<ReloadingOptions, 'path' | 'watch' | 'onHangup'>;
  /** Ends the serving, in peace. */
  stop: AbortSignal;
  /** Before anything is served. */
  prepare?(workplace: Workplace): Promise<void> | undefined;
  /** Once it is served. */
  listening?(workplace: Workplace): Promise<void>;
}

/** Serves until it is told to stop. Throws what `compose` and `listen` throw. */
export async function serve(config: Config, options: ServingOptions): Promise<void> {
  const { lan, load, files, stop, prepare, listening } = options;
  const { compose } = await withoutRuntimeWarning(() => import('../compose/server.ts'));
  // The lines printed at start are not to drown in requests.
  const log = createLogger({ level: config.mode === 'development' ? 'warn' : 'info' });
  const server = await compose(config, { log, load, ...(lan && { mailboxToken: mailboxToken(config) }) });
  try {
    const { store, domain, config: source } = server;
    const workplace = { config, source, store, domain, administration: createAdministration(domain) };
    await prepare?.(workplace);
    const listener = await listen(server.app, config);
    try {
      await record(server, 'server.started');
      const following = await follow(server, files);
      await listening?.(workplace);
      await aborted(stop);
      following.close();
    } finally {
      await leave(server, listener, config);
    }
    await record(server, 'server.stopped');
  } finally {
    await server.close();
  }
}

/** A store that fails here keeps nobody from being served: the next reload tries again. */
async function follow(server: Server, files: ServingOptions['files']): Promise<{ close(): void }> {
  const { reload, config, log } = server;
  await reload.start().catch((err: unknown) => log.error({ err }, 'the applied configuration could not be written'));
  return followFiles({ reload, config, ...files });
}

const record = ({ domain }: Server, type: 'server.started' | 'server.stopped'): Promise<void> =>
  domain.audit.record({
    type,
    outcome: 'success',
    ...OPERATOR,
    details: { version: packageVersion, node: process.versions.node, pid: process.pid },
  });

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function leave(server: Server, listener: Listener, { mode }: Config): Promise<void> {
  server.leave();
  if (mode === 'production') await sleep(DRAIN_MS);
  await listener.close(GRACE_MS);
}
