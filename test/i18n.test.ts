// The three catalogues say the same things, and a request gets the language its reader asked for (RFC 9110 §12.5.4).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../src/lib/package-root.ts';
import { isMessageKey, LOCALES, negotiateLocale, translator } from '../src/web/i18n.ts';

const readCatalogue = (locale: string): Record<string, string> =>
  JSON.parse(readFileSync(join(packageRoot, 'views', 'locales', `${locale}.json`), 'utf8')) as Record<string, string>;

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).toSorted();

const english = readCatalogue('en');

for (const locale of LOCALES.filter((other) => other !== 'en')) {
  test(`${locale} has exactly the keys of English, in the same order`, (t) => {
    t.deepEqual(Object.keys(readCatalogue(locale)), Object.keys(english));
  });

  test(`${locale} uses the placeholders of English in every text`, (t) => {
    for (const [key, text] of Object.entries(readCatalogue(locale))) {
      t.deepEqual(placeholders(text), placeholders(english[key] ?? ''), key);
    }
  });
}

test('no text is empty or has spaces around it', (t) => {
  for (const locale of LOCALES) {
    for (const [key, text] of Object.entries(readCatalogue(locale)))
      t.true(text !== '' && text === text.trim(), `${locale} ${key}`);
  }
});

test('a parameter takes the place of its name', (t) => {
  t.is(translator('en')('consent.title', { client: 'Harbour CRM' }), 'Allow Harbour CRM?');
  t.is(translator('zh-CN')('sign_in.error.throttled', { minutes: 15 }), '尝试次数过多，请约 15 分钟后再试。');
});

test('a parameter that looks like a placeholder or a replacement pattern is shown as it is', (t) => {
  t.is(translator('en')('confirm.lead', { client: '{person}', person: '$&' }), '{person} wants to sign in as $&.');
});

test('only keys of the catalogues are message keys', (t) => {
  t.true(isMessageKey('error.not_found.title'));
  t.false(isMessageKey('error.no_such_code.title'));
  t.false(isMessageKey('toString'));
});

test('the language chosen by the person beats what the browser prefers', (t) => {
  t.is(negotiateLocale('zh-TW', 'en'), 'zh-TW');
});

test('a cookie with an unknown language is ignored', (t) => {
  t.is(negotiateLocale('../../etc', 'zh-CN'), 'zh-CN');
});

const negotiations = [
  [undefined, 'en'],
  ['', 'en'],
  ['*', 'en'],
  ['fr-FR, de;q=0.8', 'en'],
  ['fr, zh;q=0.5', 'zh-CN'],
  ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
  ['zh-SG', 'zh-CN'],
  ['zh-Hans-HK', 'zh-CN'],
  ['zh-TW', 'zh-TW'],
  ['zh-HK', 'zh-TW'],
  ['zh-MO', 'zh-TW'],
  ['ZH-hant', 'zh-TW'],
  ['zh-Hant-CN', 'zh-TW'],
  ['en-GB;q=0.4, zh-TW;q=0.9', 'zh-TW'],
  ['zh;q=0, en-US', 'en'],
  ['zh-CN;q=nonsense, en', 'en'],
] as const;

for (const [acceptLanguage, locale] of negotiations) {
  test(`Accept-Language "${acceptLanguage}" is answered in ${locale}`, (t) => {
    t.is(negotiateLocale(undefined, acceptLanguage), locale);
  });
}
