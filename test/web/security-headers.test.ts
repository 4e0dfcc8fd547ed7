// Headers that protect every answer, and the few ways to widen them.
import test from 'ava';
import type { Context } from 'koa';
import { allowEmbedding, widenPolicy } from '../../src/web/middleware/security-headers.ts';
import { startHost } from './host.ts';

test('every answer carries the strict policy, errors and the provider included', async (t) => {
  const host = await startHost(t, {
    mountRoutes: (router) => {
      router.get('/page', (ctx: Context) => {
        ctx.body = 'page';
      });
    },
    provider: (ctx, next) => {
      if (ctx.path !== '/token') return next();
      ctx.respond = false;
      ctx.res.statusCode = 200;
      ctx.res.end('{}');
      return undefined;
    },
  });
  for (const path of ['/page', '/token', '/nothing']) {
    const { headers } = await host.ask(path);
    t.is(
      headers['content-security-policy'],
      `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; ` +
        `form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      path,
    );
    t.is(headers['x-content-type-options'], 'nosniff');
    t.is(headers['x-frame-options'], 'DENY');
    t.is(headers['referrer-policy'], 'no-referrer');
    t.is(headers['cross-origin-opener-policy'], 'same-origin');
    t.is(headers['cross-origin-resource-policy'], 'same-origin');
    t.is(headers['cache-control'], 'no-store');
    t.regex(String(headers['permissions-policy']), /camera=\(\)/);
    t.is(headers['x-powered-by'], undefined);
  }
});

test('HSTS goes with an https issuer only', async (t) => {
  const host = await startHost(t);
  t.is((await host.ask('/')).headers['strict-transport-security'], undefined);
  host.configure({ issuer: 'https://id.tokenim.example' });
  t.is((await host.ask('/')).headers['strict-transport-security'], 'max-age=31536000');
});

test('a page may let its form lead to a client and show its logo, and nothing more', async (t) => {
  const host = await startHost(t, {
    mountRoutes: (router) => {
      router.get('/consent', (ctx: Context) => {
        widenPolicy(ctx, {
          formAction: ['https://crm.example/callback?x=;script-src *', 'com.example.app:/callback'],
          imageSource: ['https://cdn.example/logo.png'],
        });
        ctx.body = 'page';
      });
    },
  });
  const policy = String((await host.ask('/consent')).headers['content-security-policy']);
  t.true(policy.includes(`form-action 'self' https://crm.example com.example.app:;`));
  t.true(policy.includes(`img-src 'self' data: https://cdn.example;`));
  t.true(policy.includes(`script-src 'self';`));
});

test('an image for other sites says so', async (t) => {
  const host = await startHost(t, {
    mountRoutes: (router) => {
      router.get('/image', (ctx: Context) => {
        allowEmbedding(ctx);
        ctx.body = 'image';
      });
    },
  });
  t.is((await host.ask('/image')).headers['cross-origin-resource-policy'], 'cross-origin');
});
