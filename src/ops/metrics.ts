// Meters for Prometheus, in a registry of our own. Labels are bounded: no client, account or address. `routes.ts` shows them.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestMeter } from '../web/log.ts';

/** From a cached answer to a slow password hash. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export interface Metrics extends RequestMeter {
  /** @param grantType RFC 6749 `grant_type` of a successful token request. */
  tokenIssued(grantType: string): void;
  signIn(outcome: 'succeeded' | 'failed' | 'throttled'): void;
  storageFailed(): void;
  /** What became of an attempt to hand a mail to the relay. */
  mail(outcome: 'sent' | 'postponed' | 'given_up'): void;
  /** Mail that waits, asked for at each scrape. */
  watchMail(read: () => Promise<{ queued: number; oldestSeconds: number }>): void;
  /** A refusal of an unknown client that was counted instead of recorded. */
  recordLeftOut(): void;
  /** Counts up with each configuration taken into force. */
  configGeneration(generation: number): void;
  /** Whether the files, when they were last read, could be taken into force. */
  configReload(outcome: 'taken' | 'refused'): void;
  /** The text exposition format, with its content type. */
  expose(): Promise<{ type: string; text: string }>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const requests = new Counter({
    name: 'tokenim_http_requests_total',
    help: 'HTTP requests answered, by route and class of status',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'tokenim_http_request_duration_seconds',
    help: 'Time from request to the end of the answer',
    labelNames: ['route'],
    buckets: DURATION_BUCKETS,
    registers,
  });
  const tokens = new Counter({
    name: 'tokenim_tokens_issued_total',
    help: 'Successful token requests, by grant type',
    labelNames: ['grant_type'],
    registers,
  });
  const signIns = new Counter({
    name: 'tokenim_sign_ins_total',
    help: 'Attempts to sign in with a password, by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const storageErrors = new Counter({
    name: 'tokenim_storage_errors_total',
    help: 'Storage operations that failed because the store was not reachable in time',
    registers,
  });
  const mails = new Counter({
    name: 'tokenim_mail_attempts_total',
    help: 'Attempts to hand a mail to the relay, by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const leftOut = new Counter({
    name: 'tokenim_records_left_out_total',
    help: 'Refusals of unknown clients beyond those recorded each minute',
    registers,
  });
  const generation = new Gauge({
    name: 'tokenim_config_generation',
    help: 'How many configurations this process has taken into force',
    registers,
  });
  const upToDate = new Gauge({
    name: 'tokenim_config_last_reload_successful',
    help: 'Whether the configuration files, when they were last read, were taken into force (1) or refused (0)',
    registers,
  });
  const reloads = new Counter({
    name: 'tokenim_config_reloads_total',
    help: 'Changed configurations that this process was asked to take, by outcome',
    labelNames: ['outcome'],
    registers,
  });
  generation.set(1);
  upToDate.set(1);

  return {
    request({ route, method, status, seconds }) {
      requests.inc({ route, method: METHODS.has(method) ? method : 'other', status: `${Math.floor(status / 100)}xx` });
      if (seconds !== undefined) durations.observe({ route }, seconds);
    },
    tokenIssued: (grantType) => tokens.inc({ grant_type: grantType }),
    signIn: (outcome) => signIns.inc({ outcome }),
    storageFailed: () => storageErrors.inc(),
    mail: (outcome) => mails.inc({ outcome }),
    watchMail: (read) => watchMail(registry, read),
    recordLeftOut: () => leftOut.inc(),
    configGeneration: (value) => generation.set(value),
    configReload(outcome) {
      upToDate.set(outcome === 'taken' ? 1 : 0);
      reloads.inc({ outcome });
    },
    expose: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

/** A store that cannot be read leaves the former figures: the scrape must not fail with it. */
function watchMail(registry: Registry, read: () => Promise<{ queued: number; oldestSeconds: number }>): void {
  const registers = [registry];
  const oldest = new Gauge({
    name: 'tokenim_mail_oldest_seconds',
    help: 'Age of the mail that has waited longest for the relay',
    registers,
  });
  const queued = new Gauge({
    name: 'tokenim_mail_queued',
    help: 'Mails that wait for the relay, in the whole installation',
    registers,
    async collect() {
      const state = await read().catch(() => undefined);
      if (state === undefined) return;
      queued.set(state.queued);
      oldest.set(state.oldestSeconds);
    },
  });
}
