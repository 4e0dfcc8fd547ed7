// Every page in every state and language: complete, translated, escaped, and within the strict content security policy.
// A new view is found by itself; it only has to lie under `views/` and bring its samples.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import test from 'ava';
import { packageRoot } from '../src/lib/package-root.ts';
import { LOCALES, translator, type MessageKey } from '../src/web/i18n.ts';
import type { Ui, View } from '../src/web/view.ts';
import { parseUserAgent } from '../views/partials/user-agent.ts';
import { renderPage } from '../views/layout.tsx';
import { errorPage } from '../views/error.tsx';
import { home } from '../views/home.tsx';
import { mailbox } from '../views/dev/mailbox.tsx';
import { consent } from '../views/oidc/consent.tsx';
import { signOut } from '../views/oidc/sign-out.tsx';
import { confirm } from '../views/qr/confirm.tsx';
import { qrSignIn } from '../views/qr/sign-in.tsx';

const viewsFolder = join(dirname(fileURLToPath(import.meta.url)), '..', 'views');
const usedKeys = new Set<MessageKey>();
const views = await findViews();
const cases = views.flatMap((view) => Object.entries(view.samples).map(([state, props]) => ({ view, state, props })));

function createUi(locale: Ui['locale'], overrides: Partial<Ui> = {}): Ui {
  const translate = translator(locale);
  return {
    t: (key, params) => {
      usedKeys.add(key);
      return translate(key, params);
    },
    locale,
    csrf: 'csrf-value',
    requestId: 'request-1',
    path: '/device?user_code=WDJB',
    mode: 'production',
    ...overrides,
  };
}

for (const { view, state, props } of cases) {
  const name = `${view.name}, ${state}`;

  test(`${name}: is a complete document in every language`, (t) => {
    for (const locale of LOCALES) {
      const html = renderPage(view, props, createUi(locale));
      t.true(html.startsWith(`<!doctype html><html lang="${locale}">`));
      t.is(html.match(/<h1[ >]/g)?.length, 1, 'one heading of the first level');
      t.regex(html, /<title>[^<]+ · TokenIM<\/title>/);
      t.notRegex(textOf(html), /\{\w+\}|undefined|\[object|NaN/, 'no hole in a text');
    }
  });

  test(`${name}: every form that posts carries the CSRF field`, (t) => {
    const html = renderPage(view, props, createUi('en'));
    for (const form of html.match(/<form[^]*?<\/form>/g) ?? []) {
      t.regex(form, /^<form method="post"/);
      t.true(form.includes('<input type="hidden" name="csrf" value="csrf-value"'));
    }
  });

  test(`${name}: has no inline script, style or handler and loads nothing from elsewhere`, (t) => {
    const html = renderPage(view, props, createUi('en', { signedInAs: 'Lin', mode: 'development' }));
    t.notRegex(html, /<script(?![^>]* src="\/assets\/)|<style|\sstyle=|<[^>]*\son\w+=|javascript:/i);
    t.notRegex(html, /<(?:script|link|img|iframe|object)[^>]*(?:src|href)="(?!\/(?!\/)|data:image\/)/);
  });

  test(`${name}: every label, hint and error belongs to a field`, (t) => {
    const html = renderPage(view, props, createUi('en'));
    const ids = new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
    const references = [...html.matchAll(/\s(?:for|aria-describedby)="([^"]+)"/g)].flatMap(([, list = '']) => list.split(' '));
    t.deepEqual(references.filter((id) => !ids.has(id)), []);
  });

  test(`${name}: what comes from outside is escaped`, (t) => {
    for (const hostile of withHostileTexts(props)) {
      t.false(renderPage(view, hostile, createUi('en')).includes(ATTACK), JSON.stringify(hostile));
    }
  });
}

test('each view has a name of its own, which is its path', (t) => {
  const names = views.map((view) => view.name);
  t.deepEqual(names, [...new Set(names)]);
});

test('what the request brings is escaped in head, header and footer', (t) => {
  const html = renderPage(home, {}, createUi('en', { csrf: ATTACK, path: `/?q=${ATTACK}`, signedInAs: ATTACK }));
  t.false(html.includes(ATTACK));
  t.true(html.includes('&lt;img src=x onerror=alert(1)>'));
});

test('the language links stay on this page and keep its query', (t) => {
  const html = renderPage(home, {}, createUi('en', { path: '/device?user_code=WDJB&lang=en' }));
  t.true(html.includes('href="/device?user_code=WDJB&amp;lang=zh-CN"'));
});

for (const path of ['//other.example/x', '/\\other.example/x', '\\\\other.example/x', '/ /other.example/x']) {
  test(`the language links of ${path} do not lead to another host`, (t) => {
    t.true(renderPage(home, {}, createUi('en', { path })).includes('href="/other.example/x?lang=en"'));
  });
}

test('the mailbox and the development badge appear in development only', (t) => {
  const page = (mode: Ui['mode']) => renderPage(home, {}, createUi('en', { mode }));
  t.regex(page('development'), /\/mailbox[^]*|class="badge"/);
  t.notRegex(page('production'), /\/mailbox|class="badge"/);
});

test('without script the QR page loads itself again while it waits, and not once it has ended', (t) => {
  const page = (state: string) => renderPage(qrSignIn, sampleOf(qrSignIn, state), createUi('en'));
  t.true(page('pending').includes('<noscript><meta http-equiv="refresh" content="5"/></noscript>'));
  t.notRegex(page('expired'), /http-equiv="refresh"/);
});

test('the QR page shows the user code and the address beside the QR (RFC 8628 §3.3.1)', (t) => {
  const text = textOf(renderPage(qrSignIn, sampleOf(qrSignIn, 'pending'), createUi('en')));
  t.true(text.includes('WDJB-MJHT'));
  t.true(text.includes('https://id.tokenim.example/device'));
});

for (const [view, state] of [[consent, 'new_scopes'], [confirm, 'browser']] as const) {
  test(`${view.name}: denying is one press like approving, and comes first so that Enter never approves`, (t) => {
    const html = renderPage<unknown>(view, sampleOf<unknown>(view, state), createUi('en'));
    const decisions = [...html.matchAll(/<button type="submit"[^>]* name="decision" value="(\w+)"/g)].map(([, value]) => value);
    t.deepEqual(decisions, ['deny', 'approve']);
  });
}

test('the confirm sheet warns before the buttons and never shows a user agent as it was sent', (t) => {
  const props = { ...sampleOf(confirm, 'browser'), device: { ip: '203.0.113.24', userAgent: 'YourBank/1.0 (approve now)' } };
  const html = renderPage(confirm, props, createUi('en'));
  t.true(html.indexOf('Nobody from TokenIM') < html.indexOf('name="decision"'));
  t.false(html.includes('YourBank'));
  t.true(html.includes('Unknown browser'));
});

test('staying signed in sends no logout value, since the provider takes any for a yes', (t) => {
  const html = renderPage(signOut, sampleOf(signOut, 'own'), createUi('en'));
  t.deepEqual(html.match(/name="logout" value="\w+"/g), ['name="logout" value="yes"']);
});

test('an application cannot have a script address as its home page, nor a logo from another host', (t) => {
  const client = { name: 'CRM', uri: 'javascript:alert(1)', logoUri: 'https://tracker.example/pixel.gif' };
  const html = renderPage(consent, { ...sampleOf(consent, 'nothing'), client }, createUi('en'));
  t.notRegex(html, /javascript:|tracker\.example|<img/);
});

test('a logo of this server is shown', (t) => {
  t.regex(renderPage(consent, sampleOf(consent, 'nothing'), createUi('en')), /<img class="client-mark" src="\/assets\/icon.svg" alt=""/);
});

test('links in a mail can be followed, and text around them stays text', (t) => {
  const open = { href: '/m/1', to: 'a@b.c', subject: 'Hi', sentAt: new Date(0), text: `<b>x</b> https://a.example/?a=1&b=2 end` };
  const html = renderPage(mailbox, { messages: [], listHref: '/mailbox', open }, createUi('en'));
  t.true(html.includes('&lt;b>x&lt;/b> <a href="https://a.example/?a=1&amp;b=2">'));
});

test('an error without words of its own gets general ones, its code and the request id', (t) => {
  const text = textOf(renderPage(errorPage, { status: 400, code: 'toString' }, createUi('en')));
  t.true(text.includes('That did not work'));
  t.true(text.includes('toString (400)'));
  t.true(text.includes('request-1'));
});

const agents = [
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0', 'Edge', 'Windows'],
  ['Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36', 'Chrome', 'Android'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604', 'Safari', 'iOS'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox', 'Linux'],
  ['tokenim-cli/0.1.0', 'TokenIM', undefined],
] as const;

for (const [userAgent, name, system] of agents) {
  test(`${name} on ${system} is recognised`, (t) => {
    t.deepEqual(parseUserAgent(userAgent), system === undefined ? { name } : { name, system });
  });
}

test('every text of the catalogues is used', (t) => {
  for (const { view, props } of cases) {
    for (const ui of [createUi('en', { signedInAs: 'Lin', mode: 'development' }), createUi('en')]) renderPage(view, props, ui);
  }
  const code = sourcesOf(join(viewsFolder, '..', 'src')) + sourcesOf(viewsFolder);
  const catalogue = JSON.parse(readFileSync(join(packageRoot, 'views', 'locales', 'en.json'), 'utf8')) as Record<MessageKey, string>;
  const keys = Object.keys(catalogue) as MessageKey[];
  t.deepEqual(keys.filter((key) => !usedKeys.has(key) && !code.includes(`'${key}'`)), []);
});

const ATTACK = `"'><img src=x onerror=alert(1)>`;
/** Properties whose values are words of the program, never of a person. */
const VOCABULARY = new Set(['state', 'purpose', 'code', 'error', 'errors', 'svg']);

/** One copy of the props per text in them, with the attack in its place. */
function withHostileTexts(value: unknown): unknown[] {
  if (typeof value === 'string') return [ATTACK];
  if (typeof value !== 'object' || value === null || value instanceof Date) return [];
  const parts = Object.entries(value).filter(([key]) => !VOCABULARY.has(key));
  return parts.flatMap(([key, part]) =>
    withHostileTexts(part).map((hostile) =>
      Array.isArray(value) ? value.with(Number(key), hostile) : { ...value, [key]: hostile },
    ),
  );
}

function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, ' ');
}

function sampleOf<Props>(view: View<Props>, state: string): Props {
  const props = view.samples[state];
  if (props === undefined) throw new Error(`${view.name} has no sample ${state}`);
  return props;
}

async function findViews(): Promise<View<unknown>[]> {
  const files = readdirSync(viewsFolder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
  const modules = await Promise.all(
    files.map((file) => import(pathToFileURL(join(viewsFolder, file)).href) as Promise<Record<string, unknown>>),
  );
  return modules.flatMap((exports) => Object.values(exports).filter(isView));
}

function isView(value: unknown): value is View<unknown> {
  return typeof value === 'object' && value !== null && 'samples' in value && 'body' in value;
}

function sourcesOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
  return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
}
