// How requests leave their records: who acted, from where, and which refusals of strangers are only counted.
import type { Context } from 'koa';
import type { AuditEvent } from '../audit/event.ts';
import { type ConfigSource, isPublicClient } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Metrics } from '../ops/metrics.ts';
import { stateOf } from '../web/request-state.ts';
import type { Actor } from './actor.ts';
import type { Domain } from './domain.ts';
import { createSampler } from './sampler.ts';

/** Refusals of unknown clients that one process records; all are counted in `/metrics`. */
const STRANGERS_RECORDED_PER_MINUTE = 120;

/** Which outcomes of `/metrics` the records tell. */
const SIGN_INS_COUNTED: Readonly<Partial<Record<AuditEvent['type'], 'succeeded' | 'failed' | 'throttled'>>> = {
  'sign_in.succeeded': 'succeeded',
  'sign_in.failed': 'failed',
  'sign_in.second_factor_failed': 'failed',
  'sign_in.throttled': 'throttled',
};

export interface RecordingDeps {
  config: ConfigSource;
  clock: Clock;
  domain: Pick<Domain, 'audit'>;
  metrics: Metrics;
  onError(error: unknown): void;
}

export type Recording = ReturnType<typeof composeRecording>;

export function composeRecording({ config, clock, domain, metrics, onError }: RecordingDeps) {
  const strangers = createSampler({ clock, perMinute: STRANGERS_RECORDED_PER_MINUTE });

  /** Anybody can be refused as often as they like, in a public client's name too; their refusals must not fill the store. */
  const isStrangers = ({ type, outcome, account, client }: AuditEvent): boolean => {
    if (outcome === 'success' || account !== undefined) return false;
    const known = config.current().clients[client ?? ''];
    return client === undefined || (type === 'token.refused' && known !== undefined && isPublicClient(known));
  };

  const actorOf = (ctx: Context, actor: string): Actor => {
    const { requestId, address, via } = stateOf(ctx);
    return { actor, ...(via !== undefined && { via }), requestId, address, userAgent: ctx.get('User-Agent') };
  };

  return {
    actorOf,

    /** Of an event that no page waits for. */
    record(event: AuditEvent): void {
      if (isStrangers(event) && !strangers.take()) return metrics.recordLeftOut();
      domain.audit.record(event).catch(onError);
    },

    /** Of an event that the request is about; by its account, when nobody else is named. */
    recordFrom(ctx: Context, event: AuditEvent): Promise<void> {
      const outcome = SIGN_INS_COUNTED[event.type];
      if (outcome) metrics.signIn(outcome);
      const { requestId, address } = stateOf(ctx);
      const actor = event.actor ?? event.account;
      const from = { requestId, address, userAgent: ctx.get('User-Agent') };
      return domain.audit.record({ ...event, ...from, ...(actor !== undefined && { actor }) });
    },
  };
}
