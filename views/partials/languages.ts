// Each language in its own words, whatever the page's language is.
import type { Locale } from '../../src/config/config.ts';

export const LANGUAGE_NAMES: Readonly<Record<Locale, string>> = {
  en: 'English',
  'zh-CN': '简体中文',
  'zh-TW': '繁體中文',
};
