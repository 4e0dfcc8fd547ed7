// What a refusal looks like: problem details for programs, a page for readers, and nothing from the inside.
import test from 'ava';
import type { Context } from 'koa';
import { DomainError } from '../../src/lib/errors.ts';
import type { HostOptions } from './host.ts';
import { AS_BROWSER, startHost } from './host.ts';

const failing: HostOptions = {
  mountRoutes: (router) => {
    router.get('/busy', () => {
      throw new DomainError('throttled', 'sign_in_throttled', { retryAfter: 41.2, detail: 'Later' });
    });
    router.get('/broken', (ctx: Context) => {
      ctx.set('ETag', '"of another answer"');
      throw new Error('secret row 4711');
    });
    router.get('/half', (ctx: Context) => {
      ctx.res.writeHead(200, { 'Content-Type': 'text/plain' });
      ctx.res.write('half');
      throw new Error('too late');
    });
    router.get('/api', (ctx: Context) => {
      ctx.set('WWW-Authenticate', 'Bearer');
      throw new DomainError('unauthenticated', 'token_missing');
    });
    router.get('/thing/:id', (ctx: Context) => {
      ctx.body = 'thing';
    });
    router.post('/thing/:id', (ctx: Context) => {
      ctx.body = 'thing';
    });
  },
};

test('a program gets RFC 9457 problem details with the request id', async (t) => {
  const host = await startHost(t, failing);
  const answer = await host.ask('/busy');
  t.is(answer.status, 429);
  t.is(answer.headers['content-type'], 'application/problem+json');
  t.is(answer.headers['retry-after'], '42');
  t.deepEqual(JSON.parse(answer.text), {
    type: 'about:blank',
    title: 'Too Many Requests',
    status: 429,
    code: 'sign_in_throttled',
    detail: 'Later',
    request_id: answer.headers['x-request-id'],
  });
});

test('a reader gets a page with the request id', async (t) => {
  const host = await startHost(t, failing);
  const answer = await host.ask('/busy', { headers: AS_BROWSER });
  t.is(answer.status, 429);
  t.is(answer.headers['content-type'], 'text/html; charset=utf-8');
  t.is(answer.headers['retry-after'], '42');
  t.is(answer.headers['cache-control'], 'no-store');
  t.true(answer.text.includes(String(answer.headers['x-request-id'])));
});

test('the page speaks the language of the reader', async (t) => {
  const host = await startHost(t, failing);
  const answer = await host.ask('/nothing', { headers: { ...AS_BROWSER, 'Accept-Language': 'zh-TW' } });
  t.regex(answer.text, /<html lang="zh-TW"/);
});

test('an unexpected error is shown as internal and logged under the request id', async (t) => {
  const host = await startHost(t, failing);
  for (const headers of [{}, AS_BROWSER]) {
    const answer = await host.ask('/broken', { headers });
    t.is(answer.status, 500);
    t.false(answer.text.includes('4711'));
    t.false(answer.text.includes('.ts'));
    t.is(answer.headers.etag, undefined);
    const line = host
      .logged()
      .split('\n')
      .find((text) => text.includes(String(answer.headers['x-request-id'])));
    t.true(line?.includes('secret row 4711'));
  }
});

test('an answer that fails half-way is cut, not completed', async (t) => {
  const host = await startHost(t, failing);
  await t.throwsAsync(host.ask('/half'), { code: 'ECONNRESET' });
});

test('a challenge set before the refusal stays', async (t) => {
  const host = await startHost(t, failing);
  const answer = await host.ask('/api');
  t.is(answer.status, 401);
  t.is(answer.headers['www-authenticate'], 'Bearer');
});

test('an unknown address is 404 and is not repeated in the answer', async (t) => {
  const host = await startHost(t, failing);
  for (const headers of [{}, AS_BROWSER]) {
    const answer = await host.ask('/<script>alert(1)</script>?q="><img>', { headers });
    t.is(answer.status, 404);
    t.false(answer.text.includes('<script>alert'));
    t.false(answer.text.includes('<img>'));
  }
});

test('a wrong method is 405 and names the right ones', async (t) => {
  const host = await startHost(t, failing);
  const answer = await host.ask('/thing/1', { method: 'DELETE' });
  t.is(answer.status, 405);
  t.is(answer.headers.allow, 'GET, HEAD, POST');
  t.is(JSON.parse(answer.text).code, 'method_not_allowed');
});

test('OPTIONS names the methods of an address', async (t) => {
  const host = await startHost(t, failing);
  const answer = await host.ask('/thing/1', { method: 'OPTIONS' });
  t.is(answer.status, 204);
  t.is(answer.headers.allow, 'GET, HEAD, POST');
});

test('HEAD is answered like GET without the body', async (t) => {
  const host = await startHost(t, failing);
  const answer = await host.ask('/thing/1', { method: 'HEAD' });
  t.is(answer.status, 200);
  t.is(answer.text, '');
});

for (const path of ['/%', '/thing/%zz', '/%c0%af', 'http://[broken/', '*']) {
  test(`the malformed address ${path} is 400`, async (t) => {
    const host = await startHost(t, failing);
    const answer = await host.ask(path);
    t.is(answer.status, 400);
    t.is(JSON.parse(answer.text).code, 'url_malformed');
    const shown = await host.ask(path, { headers: AS_BROWSER });
    t.is(shown.status, 400);
    t.true(shown.text.includes('url_malformed'));
  });
}

test('the provider gets what no route serves, with its body unread', async (t) => {
  const host = await startHost(t, {
    ...failing,
    provider: async (ctx, next) => {
      if (ctx.path !== '/token') return next();
      ctx.respond = false;
      let received = '';
      for await (const chunk of ctx.req) received += String(chunk);
      ctx.res.end(received);
    },
  });
  const answer = await host.ask('/token', { method: 'POST', body: 'grant_type=x' });
  t.is(answer.text, 'grant_type=x');
  t.is((await host.ask('/thing/1', { method: 'PUT' })).status, 405);
});
