// How a page is answered: language, caching, and no cookie without need. The pages themselves: `test/views.test.ts`.
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { h } from 'preact';
import type { Context } from 'koa';
import { page } from '../../src/web/render.ts';
import { stateOf } from '../../src/web/request-state.ts';
import type { View } from '../../src/web/view.ts';
import type { TestHost } from './host.ts';
import { cookieOf, startHost } from './host.ts';

const plain: View<{ text: string }> = {
  name: 'test/plain',
  title: ({ text }) => text,
  body: ({ text }) => h('p', null, text),
  samples: { default: { text: '' } },
};
const withForm: View<{ text: string }> = {
  ...plain,
  body: (_props, ui) => h('p', null, h('input', { type: 'hidden', name: 'csrf', value: ui.csrf })),
};

function startWithPages(t: ExecutionContext): Promise<TestHost> {
  return startHost(t, {
    mountRoutes: (router) => {
      router.get('/plain', (ctx: Context) => {
        stateOf(ctx).signedInAs = 'Lin';
        page(ctx, plain, { text: '<b>bold</b>' }, { status: 422 });
      });
      router.get('/form', (ctx: Context) => page(ctx, withForm, { text: 'form' }));
    },
  });
}

test('a page is HTML, escaped, never cached, with the status that was asked for', async (t) => {
  const host = await startWithPages(t);
  const answer = await host.ask('/plain');
  t.is(answer.status, 422);
  t.is(answer.headers['content-type'], 'text/html; charset=utf-8');
  t.is(answer.headers['cache-control'], 'no-store');
  t.true(answer.text.includes('&lt;b>bold') || answer.text.includes('&lt;b&gt;bold'));
  t.true(answer.text.includes('Lin'));
});

test('a page without a form sets no cookie, one with a form gets the token', async (t) => {
  const host = await startWithPages(t);
  t.is((await host.ask('/plain')).headers['set-cookie'], undefined);
  const form = await host.ask('/form');
  t.not(cookieOf(form, 'tim_csrf'), '');
  t.regex(form.text, /name="csrf" value="[\w-]{43}"/);
});

test('the language comes from the browser until the person chooses one', async (t) => {
  const host = await startWithPages(t);
  const language = async (path: string, headers = {}) =>
    /<html lang="([^"]+)"/.exec((await host.ask(path, { headers })).text)?.[1];
  t.is(await language('/plain'), 'en');
  t.is(await language('/plain', { 'Accept-Language': 'zh-CN,zh;q=0.9' }), 'zh-CN');
  t.is(await language('/plain?lang=zh-TW', { 'Accept-Language': 'zh-CN' }), 'zh-TW');
  t.is(await language('/plain', { 'Accept-Language': 'zh-CN', Cookie: 'lang=zh-TW' }), 'zh-TW');
  t.is(await language('/plain?lang=en', { Cookie: 'lang=zh-TW' }), 'en');
});

test('a chosen language is remembered, one that we do not have is not', async (t) => {
  const host = await startWithPages(t);
  t.is(cookieOf(await host.ask('/plain?lang=zh-TW'), 'lang'), 'lang=zh-TW');
  t.is((await host.ask('/plain?lang=xx')).headers['set-cookie'], undefined);
  t.is((await host.ask('/plain?lang=en&lang=zh-TW')).headers['set-cookie'], undefined);
});
