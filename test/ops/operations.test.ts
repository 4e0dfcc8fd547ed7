// `/healthz`, `/readyz` and `/metrics` by real HTTP.
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { Config } from '../../src/config/config.ts';
import type { Health } from '../../src/ops/health.ts';
import { createHealth } from '../../src/ops/health.ts';
import type { Metrics } from '../../src/ops/metrics.ts';
import { createMetrics } from '../../src/ops/metrics.ts';
import { mountOperations } from '../../src/ops/routes.ts';
import type { TestHost } from '../web/host.ts';
import { startHost } from '../web/host.ts';

interface Operations {
  host: TestHost;
  health: Health;
  metrics: Metrics;
}

async function startOperations(
  t: ExecutionContext,
  { ping = async () => {}, config = {} }: { ping?: () => Promise<void>; config?: Partial<Config> } = {},
): Promise<Operations> {
  const health = createHealth({ ping });
  const metrics = createMetrics();
  const host = await startHost(t, { config, mountRoutes: (router) => mountOperations(router, { health, metrics }) });
  return { host, health, metrics };
}

test('a living process says so, also while its store is away', async (t) => {
  const { host } = await startOperations(t, { ping: () => Promise.reject(new Error('down')) });
  t.is((await host.ask('/healthz')).status, 200);
});

test('a process with its store is ready', async (t) => {
  const { host } = await startOperations(t);
  const answer = await host.ask('/readyz');
  t.is(answer.status, 200);
  t.deepEqual(JSON.parse(answer.text), { status: 'ready' });
});

test('without its store a process is not ready, and says when to ask again but not why', async (t) => {
  const { host } = await startOperations(t, { ping: () => Promise.reject(new Error('redis://user:pass@host')) });
  const answer = await host.ask('/readyz');
  t.is(answer.status, 503);
  t.is(answer.headers['retry-after'], '2');
  t.is(JSON.parse(answer.text).code, 'storage_unavailable');
  t.false(answer.text.includes('redis'));
});

test('a process that is leaving is no longer ready', async (t) => {
  const { host, health } = await startOperations(t);
  health.leave();
  const answer = await host.ask('/readyz');
  t.is(answer.status, 503);
  t.is(JSON.parse(answer.text).code, 'shutting_down');
  t.is((await host.ask('/healthz')).status, 200);
});

test('metrics count what happened, in the exposition format', async (t) => {
  const { host, metrics } = await startOperations(t);
  metrics.request({ route: 'token', method: 'POST', status: 201, seconds: 0.004 });
  metrics.request({ route: 'token', method: 'BREW', status: 404 });
  metrics.tokenIssued('client_credentials');
  metrics.signIn('failed');
  metrics.storageFailed();
  metrics.configGeneration(3);
  const answer = await host.ask('/metrics');
  t.is(answer.status, 200);
  t.regex(String(answer.headers['content-type']), /^text\/plain; version=/);
  for (const line of [
    'tokenim_http_requests_total{route="token",method="POST",status="2xx"} 1',
    'tokenim_http_requests_total{route="token",method="other",status="4xx"} 1',
    'tokenim_http_request_duration_seconds_count{route="token"} 1',
    'tokenim_tokens_issued_total{grant_type="client_credentials"} 1',
    'tokenim_sign_ins_total{outcome="failed"} 1',
    'tokenim_storage_errors_total 1',
    'tokenim_config_generation 3',
  ]) {
    t.true(answer.text.includes(`${line}\n`), line);
  }
  t.true(answer.text.includes('process_cpu_seconds_total'));
});

test('metrics do not exist for a client on the internet', async (t) => {
  const { host } = await startOperations(t, { config: { trusted_proxies: ['127.0.0.1'] } });
  for (const address of ['203.0.113.9', '2001:db8::1', '172.32.0.1']) {
    t.is((await host.ask('/metrics', { headers: { 'X-Forwarded-For': address } })).status, 404, address);
  }
  for (const address of ['10.1.2.3', '192.168.1.1', 'fd00::1', '::1']) {
    t.is((await host.ask('/metrics', { headers: { 'X-Forwarded-For': address } })).status, 200, address);
  }
});

test('metrics do not exist behind a proxy that is not known, whose visitors all look private', async (t) => {
  const { host } = await startOperations(t);
  t.is((await host.ask('/metrics', { headers: { 'X-Forwarded-For': '203.0.113.9' } })).status, 404);
  t.is((await host.ask('/metrics', { headers: { Forwarded: 'for=203.0.113.9' } })).status, 404);
  t.is((await host.ask('/metrics', { headers: { 'X-Forwarded-For': '127.0.0.1' } })).status, 404);
});
