// Who may send a form: a page of ours in the same browser, nobody else.
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { Context } from 'koa';
import { readForm, readJson } from '../../src/web/middleware/body.ts';
import { csrfToken, requireCsrf } from '../../src/web/middleware/csrf.ts';
import type { Answer, TestHost } from './host.ts';
import { cookieOf, FORM_TYPE, JSON_TYPE, startHost } from './host.ts';

function startWithForm(t: ExecutionContext): Promise<TestHost> {
  return startHost(t, {
    mountRoutes: (router) => {
      router.get('/form', (ctx: Context) => {
        ctx.body = csrfToken(ctx);
      });
      router.post('/form', async (ctx: Context) => {
        requireCsrf(ctx, await readForm(ctx));
        ctx.body = 'done';
      });
      router.post('/json', async (ctx: Context) => {
        requireCsrf(ctx, await readJson(ctx));
        ctx.body = 'done';
      });
    },
  });
}

/** Opens the form in a new browser. */
async function openForm(host: TestHost): Promise<{ cookie: string; token: string; answer: Answer }> {
  const answer = await host.ask('/form');
  return { cookie: cookieOf(answer, 'tim_csrf'), token: answer.text, answer };
}

const post = (host: TestHost, token: string, headers: Record<string, string>): Promise<Answer> =>
  host.ask('/form', { method: 'POST', headers: { ...FORM_TYPE, ...headers }, body: `csrf=${token}` });

test('a form sent back with its cookie is accepted', async (t) => {
  const host = await startWithForm(t);
  const { cookie, token } = await openForm(host);
  t.is((await post(host, token, { Cookie: cookie })).status, 200);
});

test('the token may come in JSON or in a header', async (t) => {
  const host = await startWithForm(t);
  const { cookie, token } = await openForm(host);
  const headers = { ...JSON_TYPE, Cookie: cookie };
  const member = await host.ask('/json', { method: 'POST', headers, body: JSON.stringify({ csrf: token }) });
  const header = await host.ask('/json', {
    method: 'POST',
    headers: { ...headers, 'X-CSRF-Token': token },
    body: '{}',
  });
  t.is(member.status, 200);
  t.is(header.status, 200);
});

test('a second tab gets the same token and no other cookie', async (t) => {
  const host = await startWithForm(t);
  const { cookie, token } = await openForm(host);
  const second = await host.ask('/form', { headers: { Cookie: cookie } });
  t.is(second.text, token);
  t.is(second.headers['set-cookie'], undefined);
});

test('a form without token, without cookie, or with a token of another browser is refused', async (t) => {
  const host = await startWithForm(t);
  const mine = await openForm(host);
  const foreign = await openForm(host);
  const refused = [
    await post(host, '', { Cookie: mine.cookie }),
    await post(host, mine.token, {}),
    await post(host, foreign.token, { Cookie: mine.cookie }),
    await post(host, mine.cookie.split('=')[1] ?? '', { Cookie: mine.cookie }),
    await post(host, mine.token.slice(0, -1), { Cookie: mine.cookie }),
  ];
  for (const answer of refused) {
    t.is(answer.status, 403);
    t.is(JSON.parse(answer.text).code, 'csrf');
    t.false(answer.text.includes(mine.token));
  }
});

test('a token that is not a string is refused', async (t) => {
  const host = await startWithForm(t);
  const { cookie, token } = await openForm(host);
  const body = JSON.stringify({ csrf: [token] });
  t.is((await host.ask('/json', { method: 'POST', headers: { ...JSON_TYPE, Cookie: cookie }, body })).status, 403);
});

for (const site of ['cross-site', 'same-site']) {
  test(`a ${site} request is refused although token and cookie are right`, async (t) => {
    const host = await startWithForm(t);
    const { cookie, token } = await openForm(host);
    t.is((await post(host, token, { Cookie: cookie, 'Sec-Fetch-Site': site })).status, 403);
  });
}

test('a foreign Origin is refused although token and cookie are right', async (t) => {
  const host = await startWithForm(t);
  const { cookie, token } = await openForm(host);
  t.is((await post(host, token, { Cookie: cookie, Origin: 'http://evil.example' })).status, 403);
  t.is((await post(host, token, { Cookie: cookie, Origin: host.origin })).status, 200);
});

test('the Origin null of a page without referrer is left to the token', async (t) => {
  const host = await startWithForm(t);
  const { cookie, token } = await openForm(host);
  t.is((await post(host, token, { Cookie: cookie, Origin: 'null', 'Sec-Fetch-Site': 'same-origin' })).status, 200);
  t.is((await post(host, token, { Cookie: cookie, Origin: 'null' })).status, 200);
  t.is((await post(host, '', { Cookie: cookie, Origin: 'null' })).status, 403);
});

test('after a change of cookie keys the former one is still accepted while it is listed', async (t) => {
  const host = await startWithForm(t);
  const { cookie, token } = await openForm(host);
  const secrets = { pepper: ['p'], key_encryption_key: ['k'] } as const;
  host.configure({ secrets: { ...secrets, cookie_keys: ['new'.repeat(12), 'cookie'.repeat(6)] } });
  t.is((await post(host, token, { Cookie: cookie })).status, 200);
  host.configure({ secrets: { ...secrets, cookie_keys: ['new'.repeat(12)] } });
  t.is((await post(host, token, { Cookie: cookie })).status, 403);
});

test('the cookie is out of reach of scripts and other sites, and on https of other hosts', async (t) => {
  const host = await startWithForm(t);
  const [plain] = (await openForm(host)).answer.headers['set-cookie'] ?? [];
  t.regex(String(plain), /^tim_csrf=[\w-]{43}; path=\/; samesite=lax; httponly$/i);
  host.configure({ issuer: 'https://id.tokenim.example' });
  const [secured] = (await openForm(host)).answer.headers['set-cookie'] ?? [];
  t.regex(String(secured), /^__Host-tim_csrf=[\w-]{43}; path=\/; samesite=lax; secure; httponly$/i);
});
