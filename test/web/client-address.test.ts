// Who a request comes from: forwarding headers count from trusted proxies only.
import test from 'ava';
import type { Context } from 'koa';
import { normaliseAddress, parseTrustedProxies } from '../../src/web/middleware/client-address.ts';
import { stateOf } from '../../src/web/request-state.ts';
import type { HostOptions } from './host.ts';
import { startHost } from './host.ts';

const whoAmI: HostOptions = {
  mountRoutes: (router) => {
    router.get('/who', (ctx: Context) => {
      const { address, requestId, behindUnknownProxy } = stateOf(ctx);
      ctx.body = { address, requestId, behindUnknownProxy, koa: ctx.ip, host: ctx.host, secure: ctx.secure };
    });
  },
};
const TRUST_LOOPBACK = { ...whoAmI, config: { trusted_proxies: ['127.0.0.0/8', '10.0.0.0/8'] } };

test('without trusted proxies a forwarded address is ignored', async (t) => {
  const host = await startHost(t, whoAmI);
  const answer = await host.ask('/who', { headers: { 'X-Forwarded-For': '203.0.113.9' } });
  t.like(JSON.parse(answer.text), { address: '127.0.0.1', koa: '127.0.0.1', behindUnknownProxy: true });
});

test('the address is the last one in X-Forwarded-For that is no trusted proxy', async (t) => {
  const host = await startHost(t, TRUST_LOOPBACK);
  const chain = '198.51.100.1, 203.0.113.9, 10.1.2.3';
  const answer = await host.ask('/who', { headers: { 'X-Forwarded-For': chain } });
  t.like(JSON.parse(answer.text), { address: '203.0.113.9', koa: '203.0.113.9', behindUnknownProxy: false });
});

test('a word that is no address ends the search at the proxy that passed it on', async (t) => {
  const host = await startHost(t, TRUST_LOOPBACK);
  const answer = await host.ask('/who', { headers: { 'X-Forwarded-For': '203.0.113.9, unknown, 10.1.2.3' } });
  t.is(JSON.parse(answer.text).address, '10.1.2.3');
});

test('one address has one spelling', (t) => {
  t.is(normaliseAddress('::ffff:192.0.2.1'), '192.0.2.1');
  t.is(normaliseAddress('::FFFF:c000:0201'), '192.0.2.1');
  t.is(normaliseAddress('2001:DB8:0:0::1'), '2001:db8::1');
  t.is(normaliseAddress('[2001:db8::1]:4711'), '2001:db8::1');
  t.is(normaliseAddress('192.0.2.1:4711'), '192.0.2.1');
  t.is(normaliseAddress('fe80::1%eth0'), 'fe80::1');
  t.is(normaliseAddress('192.0.2.256'), undefined);
  t.is(normaliseAddress(''), undefined);
});

test('a range without a length does not become the whole internet', (t) => {
  for (const network of ['10.0.0.0/', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', 'proxy.example', '']) {
    t.throws(() => parseTrustedProxies([network]), { code: 'trusted_proxies_invalid' }, network);
  }
});

test('a trusted range holds for an IPv4-mapped address too', (t) => {
  const proxies = parseTrustedProxies(['10.0.0.0/8', '2001:db8::/32', '192.0.2.7']);
  t.true(proxies.has(normaliseAddress('::ffff:10.9.9.9') ?? ''));
  t.true(proxies.has('2001:db8:1::1'));
  t.true(proxies.has('192.0.2.7'));
  t.false(proxies.has('192.0.2.8'));
  t.false(proxies.has('unknown'));
});

test('a reload changes which proxies are trusted', async (t) => {
  const host = await startHost(t, whoAmI);
  host.configure({ trusted_proxies: ['127.0.0.1'] });
  const answer = await host.ask('/who', { headers: { 'X-Forwarded-For': '203.0.113.9' } });
  t.is(JSON.parse(answer.text).address, '203.0.113.9');
});

test('an unknown sender chooses neither the request id, the host nor the scheme', async (t) => {
  const host = await startHost(t, whoAmI);
  const headers = { 'X-Request-Id': 'chosen-by-me', 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' };
  const answer = await host.ask('/who', { headers });
  const seen = JSON.parse(answer.text);
  t.is(answer.headers['x-request-id'], seen.requestId);
  t.not(seen.requestId, 'chosen-by-me');
  t.is(seen.host, `localhost:${host.port}`);
  t.false(seen.secure);
});

test('a trusted proxy passes its request id on, unless it could break a log line', async (t) => {
  const host = await startHost(t, TRUST_LOOPBACK);
  const good = await host.ask('/who', { headers: { 'X-Request-Id': 'edge-0123456789' } });
  const bad = await host.ask('/who', { headers: { 'X-Request-Id': 'edge" 0123456789' } });
  t.is(good.headers['x-request-id'], 'edge-0123456789');
  t.regex(String(bad.headers['x-request-id']), /^[0-9a-f-]{36}$/);
});

test('with an https issuer every request counts as secure, for the server never ends TLS itself', async (t) => {
  const host = await startHost(t, { ...whoAmI, config: { issuer: 'https://id.tokenim.example' } });
  const answer = await host.ask('/who');
  t.like(JSON.parse(answer.text), { secure: true, host: 'id.tokenim.example' });
});
