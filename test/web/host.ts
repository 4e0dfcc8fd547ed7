// A real host on a free port for the tests of `src/web`, with routes of the test's own, and a plain HTTP client that sends
// exactly what it is told to.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import type Router from '@koa/router';
import type { ExecutionContext } from 'ava';
import type { Middleware } from 'koa';
import type { Config } from '../../src/config/config.ts';
import type { RequestMeasure } from '../../src/web/log.ts';
import { createLogger } from '../../src/ops/logger.ts';
import { listen } from '../../src/ops/listen.ts';
import { createApp } from '../../src/web/app.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Ask {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
}

export interface TestHost {
  origin: string;
  port: number;
  ask(path: string, options?: Ask): Promise<Answer>;
  /** Everything written to the log so far. */
  logged(): string;
  measures: RequestMeasure[];
  /** Puts other settings in force, as a reload does. */
  configure(changes: Partial<Config>): void;
}

export interface HostOptions {
  config?: Partial<Config>;
  mountRoutes?: (router: Router) => void;
  provider?: Middleware;
}

export const JSON_TYPE = { 'Content-Type': 'application/json' };
export const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };
export const AS_BROWSER = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** Starts a host whose issuer is its own address, unless `config` names another. */
export async function startHost(t: ExecutionContext, options: HostOptions = {}): Promise<TestHost> {
  const lines: string[] = [];
  const measures: RequestMeasure[] = [];
  const log = createLogger({ level: 'debug', destination: { write: (line) => lines.push(line) } });
  let config = testConfig(options.config);
  const app = createApp({
    config: { current: () => config },
    log,
    meter: { request: (measure) => measures.push(measure) },
    mountRoutes: options.mountRoutes ?? (() => undefined),
    ...(options.provider !== undefined && { provider: options.provider }),
  });
  const listener = await listen(app, { host: '127.0.0.1', port: 0 });
  t.teardown(() => listener.close(0));
  const origin = `http://localhost:${listener.port}`;
  if (options.config?.issuer === undefined) config = { ...config, issuer: origin };
  return {
    origin,
    port: listener.port,
    ask: (path, ask) => send(listener.port, new URL(config.issuer).host, path, ask),
    logged: () => lines.join(''),
    measures,
    configure: (changes) => {
      config = { ...config, ...changes };
    },
  };
}

function send(port: number, host: string, path: string, { method = 'GET', headers, body }: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method, headers: { Host: host, ...headers }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A complete configuration with values that no test cares for. */
export function testConfig(changes: Partial<Config> = {}): Config {
  const seconds = 600;
  return {
    mode: 'development',
    issuer: 'http://localhost',
    host: '127.0.0.1',
    port: 0,
    dataFolder: '/nowhere',
    storage: 'sqlite::memory:',
    registration: 'open',
    trusted_proxies: [],
    private_networks: [],
    secrets: {
      pepper: ['pepper'.repeat(6)],
      key_encryption_key: ['kek'.repeat(12)],
      cookie_keys: ['cookie'.repeat(6)],
    },
    lifetimes: {
      access_token: seconds,
      refresh_token: seconds,
      grant: seconds,
      authorization_code: seconds,
      id_token: seconds,
      session_idle: seconds,
      session_absolute: seconds,
      device_code: seconds,
      qr_link: seconds,
      activation: seconds,
      reset: seconds,
      account_deletion: seconds,
    },
    signing_keys: { cache: seconds, publish_before: 2 * seconds },
    qr: { check: 'risk' },
    limits: {
      sign_in: { per_account: 10, per_address: 50, total: 2000 },
      second_factor: { per_account: 10, per_address: 100 },
      account_mail: { per_recipient: 5, per_address: 30, total: 5000 },
      notices: { per_subject: 10, per_author: 100 },
      user_code: { per_account: 20, per_address: 30, total: 1000 },
      authorization: { per_address: 1000, total: 10_000 },
      scan: { per_account: 60, per_address: 600 },
      device_authorization: { per_address: 60, per_client: 600, total: 5000 },
      event_streams: { per_address: 1000, total: 60_000 },
      client_registration: { per_address: 20, total: 200 },
      leaked_key: { per_address: 120, total: 3000 },
    },
    password: { memory_kib: 19_456, iterations: 2, parallelism: 1 },
    audit: { keep: seconds },
    sign_ins: { keep: seconds },
    reload: { watch: false, confirm_above: 100 },
    resources: {},
    scopes: {},
    roles: {},
    clients: {},
    client_registration: { enabled: false, scopes: [], grants: ['authorization_code'] },
    origins: {},
    files: [],
    ...changes,
  };
}

/** The value of a cookie that an answer sets, ready to be sent back. */
export function cookieOf({ headers }: Answer, name: string): string {
  const set = headers['set-cookie']?.find((cookie) => cookie.startsWith(`${name}=`));
  return set?.split(';')[0] ?? '';
}
