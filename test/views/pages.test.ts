// What single pages promise, beyond what `../views.test.ts` demands of all of them.
import test from 'ava';
import type { Ui } from '../../src/web/view.ts';
import { renderPage } from '../../views/layout.tsx';
import { errorPage } from '../../views/error.tsx';
import { home } from '../../views/home.tsx';
import { signIn } from '../../views/accounts/sign-in.tsx';
import { mailbox } from '../../views/dev/mailbox.tsx';
import { consent } from '../../views/oidc/consent.tsx';
import { signOut } from '../../views/oidc/sign-out.tsx';
import { confirm } from '../../views/qr/confirm.tsx';
import { qrSignIn } from '../../views/qr/sign-in.tsx';
import { ATTACK, createUi, sampleOf, textOf } from './ui.ts';

const ui = createUi('en');
const VISITOR = sampleOf(home, 'landing');

test('what the request brings is escaped in head, header and footer', (t) => {
  const hostile = createUi('en', { csrf: ATTACK, path: `/?q=${ATTACK}`, signedInAs: ATTACK, requestId: ATTACK });
  t.false(renderPage(home, VISITOR, hostile).includes(ATTACK));
  t.false(renderPage(errorPage, { status: 404, code: 'not_found' }, hostile).includes(ATTACK));
});

test('the language links stay on this page and keep its query', (t) => {
  const html = renderPage(home, VISITOR, createUi('en', { path: '/device?user_code=WDJB&lang=en' }));
  t.true(html.includes('href="/device?user_code=WDJB&amp;lang=zh-CN"'));
});

for (const path of ['//other.example/x', '/\\other.example/x', '\\\\other.example/x', '/\t/other.example/x']) {
  test(`the language links of ${JSON.stringify(path)} do not lead to another host`, (t) => {
    t.true(renderPage(home, VISITOR, createUi('en', { path })).includes('href="/other.example/x?lang=en"'));
  });
}

for (const [what, pattern] of [
  ['mailbox', /href="\/mailbox"/],
  ['development badge', /class="badge"/],
] as const) {
  test(`the ${what} appears in development only`, (t) => {
    const page = (mode: Ui['mode']) => renderPage(home, VISITOR, createUi('en', { mode }));
    t.regex(page('development'), pattern);
    t.notRegex(page('production'), pattern);
  });
}

test('the sign-in fields are those that password managers know', (t) => {
  const html = renderPage(signIn, sampleOf(signIn, 'account'), ui);
  t.regex(
    html,
    /<input[^>]* autocomplete="username(?: webauthn)?"[^>]* name="login"|<input[^>]* name="login"[^>]* autocomplete="username(?: webauthn)?"/,
  );
  t.regex(html, /<input type="password"[^>]* autocomplete="current-password"/);
});

test('after a refused sign-in the name is kept and the password is not', (t) => {
  const html = renderPage(signIn, sampleOf(signIn, 'bad_credentials'), ui);
  t.is(html.match(/ value="lin@example.com"/g)?.length, 1);
  t.notRegex(html, /<input type="password"[^>]* value/);
});

test('a person who confirms another device is not sent to scan a QR for it', (t) => {
  t.true(renderPage(signIn, sampleOf(signIn, 'account'), ui).includes('href="/qr?return_to=%2Faccount"'));
  t.false(renderPage(signIn, sampleOf(signIn, 'device'), ui).includes('href="/qr'));
});

test('without script the QR page loads itself again while it waits, and not once it has ended', (t) => {
  t.true(
    renderPage(qrSignIn, sampleOf(qrSignIn, 'pending'), ui).includes(
      '<noscript><meta http-equiv="refresh" content="5"/></noscript>',
    ),
  );
  t.notRegex(renderPage(qrSignIn, sampleOf(qrSignIn, 'expired'), ui), /http-equiv="refresh"/);
});

test('the QR page shows the user code and the address beside the QR (RFC 8628 §3.3.1)', (t) => {
  const text = textOf(renderPage(qrSignIn, sampleOf(qrSignIn, 'pending'), ui));
  t.true(text.includes('WDJB-MJHT'));
  t.true(text.includes('https://id.tokenim.example/device'));
});

for (const [name, html] of [
  ['consent', renderPage(consent, sampleOf(consent, 'new_scopes'), ui)],
  ['the confirm sheet', renderPage(confirm, sampleOf(confirm, 'browser'), ui)],
] as const) {
  test(`on ${name} denying is one press like approving, and comes first so that Enter never approves`, (t) => {
    const buttons = html.matchAll(/<button type="submit"[^>]* name="decision" value="(\w+)"/g);
    t.deepEqual(
      [...buttons].map(([, value]) => value),
      ['deny', 'approve'],
    );
  });
}

test('consent keeps new scopes apart from those granted before', (t) => {
  const text = textOf(renderPage(consent, sampleOf(consent, 'more_scopes'), ui));
  const [asked = '', granted = ''] = text.split('You already allowed it to:');
  t.true(asked.includes('See call records') && !granted.includes('See call records'));
  t.true(granted.includes('Read messages') && !asked.includes('Read messages'));
});

test('the confirm sheet warns before its buttons', (t) => {
  const html = renderPage(confirm, sampleOf(confirm, 'browser'), ui);
  t.true(html.includes('Nobody from TokenIM'));
  t.true(html.indexOf('Nobody from TokenIM') < html.indexOf('name="decision"'));
});

test('the confirm sheet never shows a user agent as it was sent', (t) => {
  const device = { ip: '203.0.113.24', userAgent: 'YourBank/1.0 (approve now)' };
  const html = renderPage(confirm, { ...sampleOf(confirm, 'browser'), device }, ui);
  t.false(html.includes('YourBank'));
  t.true(html.includes('Unknown browser'));
});

test('staying signed in sends no logout value, since the provider takes any for a yes', (t) => {
  const html = renderPage(signOut, sampleOf(signOut, 'own'), ui);
  t.deepEqual(html.match(/name="logout"[^>]*/g), ['name="logout" value="yes"']);
});

test('an application cannot have a script address as its home page, nor a logo from another host', (t) => {
  const client = { name: 'CRM', uri: 'javascript:alert(1)', logoUri: 'https://tracker.example/pixel.gif' };
  const html = renderPage(consent, { ...sampleOf(consent, 'nothing'), client }, ui);
  t.notRegex(html, /javascript:|tracker\.example|<img/);
});

test('a logo of this server is shown', (t) => {
  t.regex(renderPage(consent, sampleOf(consent, 'nothing'), ui), /<img class="client-mark" src="\/assets\/icon.svg"/);
});

test('links in a mail can be followed, and the text around them stays text', (t) => {
  const message = { href: '/m/1', to: 'lin@example.com', subject: 'Hello', sentAt: new Date(0) };
  const open = { ...message, text: '<b>Open</b> https://a.example/?a=1&b=2 now' };
  const html = renderPage(mailbox, { messages: [], listHref: '/mailbox', sent: false, open }, ui);
  t.true(html.includes('&lt;b>Open&lt;/b> <a href="https://a.example/?a=1&amp;b=2">'));
});

test('an error without words of its own gets those of its status, its code and the request id', (t) => {
  const text = textOf(renderPage(errorPage, { status: 404, code: 'account_unknown' }, ui));
  t.true(text.includes('Nothing here'));
  t.true(text.includes('account_unknown (404)'));
  t.true(text.includes('request-1'));
});

test('an error of which not even the status is known gets general words', (t) => {
  t.true(renderPage(errorPage, { status: 422, code: 'toString' }, ui).includes('That did not work'));
});

test('a throttled person is told how many minutes to wait, rounded up', (t) => {
  const page = renderPage(errorPage, { status: 429, code: 'throttled', retryAfter: 61 }, ui);
  t.true(page.includes('Try again in about 2 min.'));
});
