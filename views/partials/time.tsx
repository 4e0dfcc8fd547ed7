// Days and moments as pages and mails say them: in the reader's language, and in UTC, because the server does not know the
// reader's zone.
import type { Locale } from '../../src/config/config.ts';
import type { Ui } from '../../src/web/view.ts';

/** Such as `Nov 21, 2026`. */
export const dayText = (locale: Locale, at: Date): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(at);

/** Such as `Nov 21, 2026, 09:30 UTC`. */
export const momentText = (locale: Locale, at: Date): string => {
  const how = { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23', timeZone: 'UTC' } as const;
  return `${new Intl.DateTimeFormat(locale, how).format(at)} UTC`;
};

export const Time = ({ at, ui: { locale } }: { at: Date; ui: Pick<Ui, 'locale'> }) => (
  <time class="muted" datetime={at.toISOString()}>
    {momentText(locale, at)}
  </time>
);
