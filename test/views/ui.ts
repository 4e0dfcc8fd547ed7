// What every page is given in tests, and the samples that the views bring.
import { translator } from '../../src/web/i18n.ts';
import type { Ui, View } from '../../src/web/view.ts';

export function createUi(locale: Ui['locale'], overrides: Partial<Ui> = {}): Ui {
  return {
    t: translator(locale),
    locale,
    csrf: 'csrf-value',
    requestId: 'request-1',
    path: '/device?user_code=WDJB',
    mode: 'production',
    ...overrides,
  };
}

export function sampleOf<Props>(view: View<Props>, state: string): Props {
  const props = view.samples[state];
  if (props === undefined) throw new Error(`${view.name} has no sample ${state}`);
  return props;
}

/** What a reader sees, without the markup. */
export const textOf = (html: string): string => html.replace(/<[^>]*>/g, ' ');

/** Markup that would run, were it not escaped. */
export const ATTACK = `"'><img src=x onerror=alert(1)>`;
