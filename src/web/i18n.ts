// Languages: which one a request gets (RFC 9110 §12.5.4) and the translator of each. The texts are `views/locales/*.json`;
// the English catalogue is the type of all keys.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locale } from '../config/config.ts';
import { packageRoot } from '../lib/package-root.ts';
import type en from '../../views/locales/en.json';

export type MessageKey = keyof typeof en;
/** The text of a key in the language of the request, as plain text. */
export type Translate = (key: MessageKey, params?: Record<string, string | number>) => string;
export type Catalogue = Readonly<Record<MessageKey, string>>;

/** In the order of the language links. */
export const LOCALES = ['en', 'zh-CN', 'zh-TW'] as const satisfies readonly Locale[];

const catalogues: Readonly<Record<Locale, Catalogue>> = {
  en: readCatalogue('en'),
  'zh-CN': readCatalogue('zh-CN'),
  'zh-TW': readCatalogue('zh-TW'),
};

/** Answers texts of one language; `{name}` is replaced by the parameter of that name. The result is plain text. */
export function translator(locale: Locale): Translate {
  const catalogue = catalogues[locale];
  return (key, params = {}) =>
    catalogue[key].replace(/\{(\w+)\}/g, (placeholder, name: string) => String(params[name] ?? placeholder));
}

/** The language of a request: the person's own choice, else the best of `Accept-Language`, else English. */
export function negotiateLocale(cookieValue: string | undefined, acceptLanguage: string | undefined): Locale {
  if (isLocale(cookieValue)) return cookieValue;
  for (const tag of preferredTags(acceptLanguage ?? '')) {
    const locale = localeOfTag(tag);
    if (locale !== undefined) return locale;
  }
  return 'en';
}

export const isLocale = (value: unknown): value is Locale => LOCALES.some((locale) => locale === value);

/** True for a string that is a key of the catalogues, such as a title made from an error code. */
export const isMessageKey = (key: string): key is MessageKey => Object.hasOwn(catalogues.en, key);

function readCatalogue(locale: Locale): Catalogue {
  return JSON.parse(readFileSync(join(packageRoot, 'views', 'locales', `${locale}.json`), 'utf8')) as Catalogue;
}

function preferredTags(acceptLanguage: string): string[] {
  return acceptLanguage
    .split(',')
    .map(parseRange)
    .filter((range) => range.quality > 0)
    .toSorted((a, b) => b.quality - a.quality)
    .map((range) => range.tag);
}

function parseRange(range: string): { tag: string; quality: number } {
  const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { tag, quality: Number.isFinite(quality) ? quality : 0 };
}

/** RFC 5646: the script subtag decides between the two Chinese catalogues, the region where there is no script. */
function localeOfTag(tag: string): Locale | undefined {
  const [language, ...subtags] = tag.split('-');
  if (language === 'en') return 'en';
  if (language !== 'zh') return undefined;
  if (subtags.includes('hant')) return 'zh-TW';
  if (subtags.includes('hans')) return 'zh-CN';
  return subtags.some((subtag) => ['tw', 'hk', 'mo'].includes(subtag)) ? 'zh-TW' : 'zh-CN';
}
