// One line and one measure per request, without secrets.
import test from 'ava';
import type { Context } from 'koa';
import { stateOf } from '../../src/web/request-state.ts';
import { maskPath } from '../../src/web/route-name.ts';
import type { HostOptions, TestHost } from './host.ts';
import { startHost } from './host.ts';

const SECRET = 'k3ep-ME-secret_0123456789';
const withSecrets: HostOptions = {
  mountRoutes: (router) => {
    router.get('/d/:handle', (ctx: Context) => {
      ctx.body = 'ok';
    });
    router.get('/events', (ctx: Context) => {
      ctx.type = 'text/event-stream';
      ctx.body = ':\n\n';
    });
  },
  provider: (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next();
    stateOf(ctx).route = 'interaction';
    ctx.respond = false;
    ctx.res.statusCode = 200;
    ctx.res.end('{}');
    return undefined;
  },
};

/** The log lines called `request`, once there are `count` of them: the line follows the answer. */
async function requestLines(host: TestHost, count: number): Promise<Record<string, unknown>[]> {
  for (;;) {
    const lines = host
      .logged()
      .trim()
      .split('\n')
      .filter((line) => line.includes('"msg":"request"'));
    if (lines.length >= count) return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a request is logged with method, path, status, time, id and address', async (t) => {
  const host = await startHost(t, withSecrets);
  const answer = await host.ask('/nothing');
  const [line] = await requestLines(host, 1);
  t.like(line, {
    request_id: answer.headers['x-request-id'],
    method: 'GET',
    path: '/nothing',
    status: 404,
    address: '127.0.0.1',
    error_code: 'not_found',
  });
  t.is(typeof line?.['ms'], 'number');
});

test('secrets in path, query, headers and body stay out of the log', async (t) => {
  const host = await startHost(t, withSecrets);
  const headers = { Authorization: `Bearer ${SECRET}`, Cookie: `_session=${SECRET}`, Referer: `http://x/${SECRET}` };
  await host.ask(`/d/${SECRET}?code=${SECRET}`, { headers });
  await host.ask(`/interaction/${SECRET}`, { method: 'POST', headers, body: `password=${SECRET}` });
  await host.ask(`/unknown/${SECRET}/lin@example.com`);
  const paths = (await requestLines(host, 3)).map((line) => line['path']);
  t.deepEqual(paths, ['/d/:handle', '/interaction/…', '/unknown/…/…']);
  t.false(host.logged().includes(SECRET));
});

test('an address asked by a wrong method keeps its secret too', async (t) => {
  const host = await startHost(t, withSecrets);
  await host.ask('/d/wdjb-mjht', { method: 'POST' });
  const [line] = await requestLines(host, 1);
  t.like(line, { path: '/d/:handle', status: 405 });
});

test('measures carry the route and never the address', async (t) => {
  const host = await startHost(t, withSecrets);
  await host.ask(`/d/${SECRET}`);
  await host.ask(`/interaction/${SECRET}`);
  await host.ask(`/unknown/${SECRET}`);
  await requestLines(host, 3);
  t.deepEqual(
    host.measures.map(({ route, status }) => ({ route, status })),
    [
      { route: '/d/:handle', status: 200 },
      { route: 'interaction', status: 200 },
      { route: 'other', status: 404 },
    ],
  );
});

test('a stream of events has no duration', async (t) => {
  const host = await startHost(t, withSecrets);
  await host.ask('/events');
  await host.ask('/d/x');
  await requestLines(host, 2);
  t.is(host.measures[0]?.seconds, undefined);
  t.is(typeof host.measures[1]?.seconds, 'number');
});

test('only plain words of an unknown path are kept', (t) => {
  t.is(maskPath('/.well-known/openid-configuration'), '/.well-known/openid-configuration');
  t.is(maskPath('/session/end'), '/session/end');
  t.is(maskPath('/set-up/Ab12'), '/set-up/…');
  t.is(maskPath('/d/abcdefghijklmnopqrstuvwxyz'), '/d/…');
});
