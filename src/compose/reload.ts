// Taking changed files into force without a restart: whole or not at all. One immutable snapshot is swapped; a refusal keeps
// the one in force and says so in the log, the records and the metrics. Every process of an installation reads its own files.
import type { Logger } from 'pino';
import { isSame, needingRestart } from '../config/compare.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/problem.ts';
import { digestOf, snapshotOf } from '../config/snapshot.ts';
import type { LayeredConfig } from '../config/source.ts';
import { messageOf } from '../lib/errors.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { Store } from '../storage/port.ts';
import type { Actor } from './administration.ts';
import { applyPlan } from './apply.ts';
import { createChanges, type Plan } from './changes.ts';
import type { Domain } from './domain.ts';
import { answerOthers, type Reply } from './processes.ts';
import { filesDiffer, refuseGone, type Refusal, Refused, restartText } from './refused.ts';

/**
 * `applied`: somebody has confirmed what it does, elsewhere; `confirmed`: here. `start`: there is nothing to keep instead.
 */
export type ReloadCause = 'signal' | 'watch' | 'applied' | 'confirmed' | 'start';

/** Somebody has looked at what the files of this digest do, and wants it. */
export interface Confirmed {
  by: Actor;
  digest: string;
}

/** What the files say now, beside what is in force. */
export interface FilesPlan {
  plan: Plan;
  next: Config;
  /** What only a restart takes. */
  fixed: string[];
}

export interface ReloadDeps {
  config: Pick<LayeredConfig, 'files' | 'replace'>;
  /** Reads the files again, as at the start of this process; absent where there are none. */
  load?: (() => Promise<Config>) | undefined;
  store: Store;
  domain: Domain;
  metrics: Pick<Metrics, 'configGeneration' | 'configReload'>;
  log: Logger;
  /** Names this process to others. */
  process: string;
  now(): number;
}

export type Reload = ReturnType<typeof createReload>;

/** Where nobody acted here. */
const SERVER = { actor: 'server' };
const actorOf = (cause: ReloadCause, confirmed: Confirmed | undefined): Actor =>
  confirmed?.by ?? (cause === 'signal' ? { actor: 'operator' } : SERVER);
const TRIES = 5;

export function createReload(deps: ReloadDeps) {
  const { config, domain, metrics, log, now } = deps;
  const changes = createChanges(domain);
  let generation = 1;
  let since = now();
  let refused: Refusal | undefined;
  let unsubscribe: (() => Promise<void>) | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** Makes the files the applied configuration, unless they are already. Throws `Refused`. */
  async function claim(next: Config, cause: ReloadCause, confirmed?: Confirmed): Promise<Plan | undefined> {
    const snapshot = snapshotOf(next);
    const digest = digestOf(snapshot);
    if (confirmed && confirmed.digest !== digest) {
      throw new Refused('files_changed', 'the files have changed since somebody looked at what they do; look again');
    }
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      if ((await domain.applied.find())?.digest === digest) return undefined;
      if (cause === 'applied') {
        throw filesDiffer();
      }
      const plan = await changes.plan(snapshot);
      if (cause !== 'start' && !confirmed && plan.needsConfirmation) {
        throw new Refused(
          'confirmation_needed',
          `it takes something from ${plan.people} people; look at \`tokenim config plan\` and confirm with \`tokenim config apply --yes\``,
        );
      }
      if (await applyPlan(deps, actorOf(cause, confirmed), plan, snapshot)) return plan;
    }
    throw new Refused('reload_failed', 'others kept changing the applied configuration');
  }

  async function read(): Promise<Pick<FilesPlan, 'next' | 'fixed'>> {
    if (!deps.load) throw new Refused('reload_failed', 'this process has no files to read');
    const next = await deps.load();
    return { next, fixed: needingRestart(config.files(), next) };
  }

  async function take(cause: ReloadCause, confirmed: Confirmed | undefined): Promise<Config | undefined> {
    const { next, fixed } = await read();
    if (fixed.length > 0) throw new Refused('restart_needed', restartText(fixed));
    if (cause === 'watch') refuseGone(config.files(), next);
    await claim(next, cause, confirmed);
    return isSame(config.files(), next) ? undefined : next;
  }

  async function inForce(next: Config, cause: ReloadCause, by: Actor): Promise<void> {
    config.replace(next);
    await domain.clients.supersede();
    generation += 1;
    since = now();
    metrics.configGeneration(generation);
    metrics.configReload('taken');
    const details = { cause, digest: digestOf(snapshotOf(next)), generation, process: deps.process };
    log.warn({ config: details }, 'a changed configuration is in force');
    await domain.audit.record({ type: 'config.loaded', outcome: 'success', ...by, details });
  }

  async function refuse(error: unknown, cause: ReloadCause, by: Actor): Promise<Refusal> {
    const code =
      error instanceof Refused ? error.code : error instanceof ConfigError ? 'config_invalid' : 'reload_failed';
    refused = { at: now(), code, message: messageOf(error) };
    metrics.configReload('refused');
    // The logger takes `code` for one of those that are redeemed.
    log.error(
      { config: { cause, reason: code, problem: refused.message } },
      'the changed configuration was refused; the former one stays in force',
    );
    const first = refused.message.split('\n', 1)[0] ?? '';
    const details = { cause, problem: first, process: deps.process };
    await domain.audit.record({ type: 'config.refused', outcome: 'failure', reason: code, ...by, details });
    return refused;
  }

  async function once(cause: ReloadCause, confirmed?: Confirmed): Promise<Refusal | undefined> {
    const by = actorOf(cause, confirmed);
    try {
      const next = await take(cause, confirmed);
      if (next) await inForce(next, cause, by);
      else metrics.configReload('taken');
      refused = undefined;
      return undefined;
    } catch (error) {
      // The answer to who looked too long ago: about the files it says nothing.
      if (error instanceof Refused && error.code === 'files_changed') {
        return { at: now(), code: error.code, message: error.message };
      }
      return refuse(error, cause, by);
    }
  }

  /** One after the other; answers why the files were refused, if they were. */
  function reload(cause: ReloadCause, confirmed?: Confirmed): Promise<Refusal | undefined> {
    const answer = turn.then(() => once(cause, confirmed));
    turn = answer.catch((error: unknown) => log.error({ err: error }, 'reload failed'));
    return answer;
  }

  async function judge(digest: string): Promise<Reply> {
    try {
      const { next, fixed } = await read();
      if (fixed.length > 0) return { outcome: 'refused', message: restartText(fixed), restarts: fixed };
      if (digestOf(snapshotOf(next)) !== digest) throw filesDiffer();
      return { outcome: 'ready' };
    } catch (error) {
      return { outcome: 'refused', message: messageOf(error) };
    }
  }

  async function follow(digest: string): Promise<Reply> {
    const isOwn = digestOf(snapshotOf(config.files())) === digest;
    // What is no part of the digest, such as the relay's password, may have changed too.
    const problem = isOwn && !deps.load ? undefined : await reload('applied');
    return problem ? { outcome: 'refused', message: problem.message } : { outcome: 'taken' };
  }

  return {
    reload,

    /** Writes what this process has in force as the applied configuration, and listens for others'. */
    async start(): Promise<void> {
      const onError = (err: unknown): void => log.error({ err }, 'the applied configuration could not be followed');
      unsubscribe = await answerOthers(deps, { judge, follow, onError });
      const plan = await claim(config.files(), 'start');
      await domain.clients.supersede();
      if (plan?.former && plan.changes.length > 0) {
        const { people, changes: made } = plan;
        log.warn({ config: { changes: made.length, people } }, 'started with other files than were applied before');
      }
    },

    /** What the files would change now. Throws `ConfigError` for files with a mistake. */
    async plan(): Promise<FilesPlan> {
      const { next, fixed } = await read();
      return { plan: await changes.plan(snapshotOf(next)), next, fixed };
    },

    /** For pages of administration. */
    state: () => ({
      process: deps.process,
      files: config.files().files,
      digest: digestOf(snapshotOf(config.files())),
      generation,
      since,
      ...(refused && { refused }),
    }),

    async close(): Promise<void> {
      await unsubscribe?.();
      await turn;
    },
  };
}
