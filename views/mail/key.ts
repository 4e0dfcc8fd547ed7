// To the owner of an API key, or the maintainers of the service account that owns it: it will expire, has expired, or leaked.
import type { MessageKey, Translate } from '../../src/web/i18n.ts';
import type { Letter } from './letter.tsx';

const NEWS = {
  expires: { subject: 'mail.key.expires.subject', text: 'mail.key.expires.text', closing: 'mail.key.expires.closing' },
  expired: { subject: 'mail.key.expired.subject', text: 'mail.key.expired.text', closing: 'mail.key.expired.closing' },
  leaked: { subject: 'mail.key.leaked.subject', text: 'mail.key.leaked.text', closing: 'mail.key.leaked.closing' },
} as const satisfies Record<string, Record<'subject' | 'text' | 'closing', MessageKey>>;

export interface KeyNews {
  what: keyof typeof NEWS;
  /** The name that its owner gave it. */
  name: string;
  clientId: string;
  /** The moment, in the reader's language. */
  expires: string;
  /** Days until it expires. */
  days: number;
  /** The service account, where no person owns it. */
  service?: string | undefined;
  href: string;
}

const MORE = {
  expires: { subject: 'mail.keys.expires.subject', text: 'mail.keys.expires.text' },
  expired: { subject: 'mail.keys.expired.subject', text: 'mail.keys.expired.text' },
  leaked: { subject: 'mail.keys.leaked.subject', text: 'mail.keys.leaked.text' },
} as const satisfies Record<keyof typeof NEWS, Record<'subject' | 'text', MessageKey>>;

/** Of many keys at once: there is more than is written about one by one. */
export const moreKeysLetter = (
  t: Translate,
  { what, service, href }: Pick<KeyNews, 'what' | 'service' | 'href'>,
): Letter => ({
  subject: t(MORE[what].subject),
  paragraphs: [t(MORE[what].text)],
  facts: service === undefined ? [] : [{ label: t('keys.service'), value: service }],
  action: { label: t('mail.keys.action'), href },
  closing: t('mail.keys.closing'),
});

export function keyLetter(t: Translate, { what, name, clientId, expires, days, service, href }: KeyNews): Letter {
  const { subject, text, closing } = NEWS[what];
  return {
    subject: t(subject, { name, days }),
    paragraphs: [t(text, { days })],
    facts: [
      { label: t('keys.name'), value: name },
      { label: 'client_id', value: clientId },
      ...(service === undefined ? [] : [{ label: t('keys.service'), value: service }]),
      ...(what === 'leaked' ? [] : [{ label: t('keys.expires'), value: expires }]),
    ],
    action: { label: t('mail.key.action'), href },
    closing: t(closing),
  };
}
