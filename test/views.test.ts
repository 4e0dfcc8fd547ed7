// Every page in every state and language: complete, translated, escaped, and within the strict content security policy.
// A new view is found by itself; it only has to lie under `views/` and bring its samples. Single pages: `views/`.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import test from 'ava';
import { packageRoot } from '../src/lib/package-root.ts';
import { LOCALES, type MessageKey } from '../src/web/i18n.ts';
import type { Ui, View } from '../src/web/view.ts';
import { renderPage } from '../views/layout.tsx';
import { ATTACK, createUi, textOf } from './views/ui.ts';

/** Properties whose values are words of the program, never of a person; an `svg` is drawn by the server. */
const VOCABULARY = new Set(['state', 'purpose', 'code', 'error', 'errors', 'svg', 'done']);

const buildFolder = join(dirname(fileURLToPath(import.meta.url)), '..');
const views = await findViews();
const pages = views.flatMap((view) => Object.entries(view.samples).map(([state, props]) => ({ view, state, props })));

for (const { view, state, props } of pages) {
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

  test(`${name}: every form that is posted carries the CSRF field, and no other does`, (t) => {
    const forms = renderPage(view, props, createUi('en')).match(/<form[^]*?<\/form>/g) ?? [];
    const isGuarded = (form: string) =>
      form.startsWith('<form method="get"')
        ? !form.includes('csrf')
        : form.startsWith('<form method="post"') &&
          form.includes('<input type="hidden" name="csrf" value="csrf-value"');
    t.deepEqual(
      forms.filter((form) => !isGuarded(form)),
      [],
    );
  });

  test(`${name}: has no inline script, style or handler and loads nothing from elsewhere`, (t) => {
    const html = renderPage(view, props, createUi('en', { signedInAs: 'Lin', mode: 'development' }));
    t.notRegex(html, /<script(?![^>]* src="\/assets\/)|<style|\sstyle=|<[^>]*\son\w+=|javascript:/i);
    t.notRegex(html, /<(?:script|link|img|iframe|object)[^>]* (?:src|href)="(?!\/(?!\/)|data:image\/)/);
  });

  test(`${name}: every label, hint and error belongs to a field`, (t) => {
    const html = renderPage(view, props, createUi('en'));
    const ids = new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
    const references = [...html.matchAll(/\s(?:for|aria-describedby)="([^"]+)"/g)];
    t.deepEqual(
      references.flatMap(([, list = '']) => list.split(' ')).filter((id) => !ids.has(id)),
      [],
    );
  });

  const attacks = withAttack(props);
  if (attacks.length > 0) {
    test(`${name}: what comes from outside is escaped`, (t) => {
      for (const hostile of attacks) {
        t.false(renderPage(view, hostile, createUi('en')).includes(ATTACK), JSON.stringify(hostile));
      }
    });
  }
}

test('each view has a name of its own', (t) => {
  const names = views.map((view) => view.name);
  t.deepEqual(names, [...new Set(names)]);
});

test('every text of the catalogues is used', (t) => {
  const used = keysUsedBySamples();
  const code = sourcesOf('src') + sourcesOf('views');
  const english = JSON.parse(readFileSync(join(packageRoot, 'views', 'locales', 'en.json'), 'utf8')) as object;
  t.deepEqual(
    Object.keys(english).filter((key) => !used.has(key) && !code.includes(`'${key}'`)),
    [],
  );
});

function keysUsedBySamples(): Set<string> {
  const used = new Set<string>();
  const english = createUi('en');
  const t: Ui['t'] = (key: MessageKey, params) => {
    used.add(key);
    return english.t(key, params);
  };
  for (const { view, props } of pages) {
    renderPage(view, props, { ...english, t });
    renderPage(view, props, { ...english, t, signedInAs: 'Lin', mode: 'development' });
  }
  return used;
}

/** One copy of the props per text in them, with the attack in its place. */
function withAttack(value: unknown): unknown[] {
  if (typeof value === 'string') return [ATTACK];
  if (typeof value !== 'object' || value === null || value instanceof Date) return [];
  const parts = Object.entries(value).filter(([key]) => !VOCABULARY.has(key));
  return parts.flatMap(([key, part]) =>
    withAttack(part).map((hostile) =>
      Array.isArray(value) ? value.with(Number(key), hostile) : { ...value, [key]: hostile },
    ),
  );
}

async function findViews(): Promise<View<unknown>[]> {
  const modules = await Promise.all(
    compiledFiles('views').map((file) => import(pathToFileURL(file).href) as Promise<Record<string, unknown>>),
  );
  return modules.flatMap((exports) => Object.values(exports).filter(isView));
}

function isView(value: unknown): value is View<unknown> {
  return typeof value === 'object' && value !== null && 'samples' in value && 'body' in value;
}

function sourcesOf(folder: string): string {
  return compiledFiles(folder)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

function compiledFiles(folder: string): string[] {
  const files = readdirSync(join(buildFolder, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.js')).map((file) => join(buildFolder, folder, file));
}
