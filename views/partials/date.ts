// Dates in the reader's language, and in UTC: the server does not know the reader's zone.
import type { Ui } from '../../src/web/view.ts';

export const dateIn = ({ locale }: Pick<Ui, 'locale'>, date: Date): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(date);
