// Contract §1: requests for another Host are answered 421 with the right address named.
import test from 'ava';
import type { Context } from 'koa';
import type { HostOptions } from './host.ts';
import { AS_BROWSER, startHost } from './host.ts';

const withPages: HostOptions = {
  mountRoutes: (router) => {
    for (const path of ['/page', '/healthz', '/readyz', '/metrics']) {
      router.get(path, (ctx: Context) => {
        ctx.body = 'served';
      });
    }
  },
};

test('another Host is answered 421 with the right address', async (t) => {
  const host = await startHost(t, withPages);
  const answer = await host.ask('/page', { headers: { Host: 'evil.example' } });
  t.is(answer.status, 421);
  t.is(answer.headers['content-type'], 'application/problem+json');
  t.like(JSON.parse(answer.text), { code: 'misdirected', detail: `This server answers at ${host.origin}` });
});

test('a reader at a wrong address gets a page that names the right one', async (t) => {
  const host = await startHost(t, withPages);
  const answer = await host.ask('/page', { headers: { ...AS_BROWSER, Host: 'evil.example' } });
  t.is(answer.status, 421);
  t.true(answer.text.includes(host.origin));
  t.false(answer.text.includes('evil.example'));
});

for (const name of ['localhost', 'localhost:1', 'localhost.', 'user@localhost', 'localhost/x', '[::1', '']) {
  test(`the Host "${name}" is not ours`, async (t) => {
    const host = await startHost(t, withPages);
    t.is((await host.ask('/page', { headers: { Host: name } })).status, 421);
  });
}

test('the same host in other letters or with the default port is ours', async (t) => {
  const host = await startHost(t, { ...withPages, config: { issuer: 'https://id.tokenim.example' } });
  t.is((await host.ask('/page', { headers: { Host: 'ID.TokenIM.example' } })).status, 200);
  t.is((await host.ask('/page', { headers: { Host: 'id.tokenim.example:443' } })).status, 200);
});

test('health addresses answer under any Host', async (t) => {
  const host = await startHost(t, withPages);
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    t.is((await host.ask(path, { headers: { Host: '10.0.0.7:3000' } })).status, 200, path);
  }
});

test('in development a page visit to 127.0.0.1 or [::1] is sent to the issuer', async (t) => {
  const host = await startHost(t, withPages);
  for (const name of ['127.0.0.1', '[::1]']) {
    const answer = await host.ask('/page?a=1', { headers: { ...AS_BROWSER, Host: `${name}:${host.port}` } });
    t.is(answer.status, 307, name);
    t.is(answer.headers.location, `${host.origin}/page?a=1`);
  }
});

test('a redirect to the issuer cannot be bent to another site', async (t) => {
  const host = await startHost(t, withPages);
  const answer = await host.ask('//evil.example/', { headers: { ...AS_BROWSER, Host: `127.0.0.1:${host.port}` } });
  t.is(new URL(String(answer.headers.location)).origin, host.origin);
});

test('what is no page visit is not redirected', async (t) => {
  const host = await startHost(t, withPages);
  const headers = { Host: `127.0.0.1:${host.port}` };
  t.is((await host.ask('/page', { headers })).status, 421);
  t.is((await host.ask('/page', { method: 'POST', headers: { ...headers, ...AS_BROWSER } })).status, 421);
});

test('in production 127.0.0.1 is a wrong address like any other', async (t) => {
  const host = await startHost(t, { ...withPages, config: { mode: 'production' } });
  const headers = { ...AS_BROWSER, Host: `127.0.0.1:${host.port}` };
  t.is((await host.ask('/page', { headers })).status, 421);
});

test('X-Forwarded-Host counts from a trusted proxy only', async (t) => {
  const config = { issuer: 'https://id.tokenim.example', trusted_proxies: ['127.0.0.1'] };
  const host = await startHost(t, { ...withPages, config });
  const headers = { Host: 'backend:3000', 'X-Forwarded-Host': 'id.tokenim.example' };
  t.is((await host.ask('/page', { headers })).status, 200);
  host.configure({ trusted_proxies: [] });
  t.is((await host.ask('/page', { headers })).status, 421);
});

test('the authority of an absolute request target counts, not the Host beside it', async (t) => {
  const host = await startHost(t, withPages);
  t.is((await host.ask('http://evil.example/page')).status, 421);
  t.is((await host.ask(`${host.origin}/page`)).status, 200);
});
