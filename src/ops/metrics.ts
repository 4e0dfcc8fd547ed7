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
  /** A refusal of an unknown client that was counted instead of recorded. */
  recordLeftOut(): void;
  /** Counts up with each configuration taken into force. */
  configGeneration(generation: number): void;
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

  return {
    request({ route, method, status, seconds }) {
      requests.inc({ route, method: METHODS.has(method) ? method : 'other', status: `${Math.floor(status / 100)}xx` });
      if (seconds !== undefined) durations.observe({ route }, seconds);
    },
    tokenIssued: (grantType) => tokens.inc({ grant_type: grantType }),
    signIn: (outcome) => signIns.inc({ outcome }),
    storageFailed: () => storageErrors.inc(),
    recordLeftOut: () => leftOut.inc(),
    configGeneration: (value) => generation.set(value),
    expose: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}
