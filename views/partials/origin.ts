// Where a request came from, in the reader's words: the browser that it claims, and the approximate place of its address.
import type { Place } from '../../src/geo/place.ts';
import type { Ui } from '../../src/web/view.ts';
import { parseUserAgent } from './user-agent.ts';

type Words = Pick<Ui, 't' | 'locale'>;

/** Only names from our own lists; never the text that was sent. */
export function browserText(userAgent: string | undefined, { t }: Pick<Words, 't'>): string {
  const browser = parseUserAgent(userAgent);
  if (browser === undefined) return t('confirm.browser.unknown');
  const { name, system } = browser;
  return system === undefined ? name : t('confirm.browser.on', { browser: name, system });
}

export function placeText({ names }: Place, { t, locale }: Words): string {
  const { country, city } = names[locale];
  return city === undefined || city === country ? country : t('place.city', { city, country });
}
