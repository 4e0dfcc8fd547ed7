// To the maintainers of a service account: somebody changed who looks after it, or what it is; and to who is asked to look after one.
import type { MessageKey, Translate } from '../../src/web/i18n.ts';
import type { Letter } from './letter.tsx';

const NEWS = {
  asked: { subject: 'mail.service.asked.subject', text: 'mail.service.asked.text' },
  joined: { subject: 'mail.service.joined.subject', text: 'mail.service.joined.text' },
  removed: { subject: 'mail.service.removed.subject', text: 'mail.service.removed.text' },
  renamed: { subject: 'mail.service.renamed.subject', text: 'mail.service.renamed.text' },
  disabled: { subject: 'mail.service.disabled.subject', text: 'mail.service.disabled.text' },
  enabled: { subject: 'mail.service.enabled.subject', text: 'mail.service.enabled.text' },
  /** In place of letters one by one. */
  more: { subject: 'mail.service.more.subject', text: 'mail.service.more.text' },
} as const satisfies Record<string, { subject: MessageKey; text: MessageKey }>;

export interface ServiceAccountNews {
  what: keyof typeof NEWS;
  name: string;
  /** Whom it is about, where that is a person. */
  who?: string | undefined;
  /** Who did it, unless it was an administrator. */
  by?: string | undefined;
  href: string;
}

export function serviceAccountLetter(t: Translate, { what, name, who, by, href }: ServiceAccountNews): Letter {
  const { subject, text } = NEWS[what];
  return {
    subject: t(subject, { name }),
    paragraphs: [t(text)],
    facts: [
      { label: t('keys.service'), value: name },
      ...(who === undefined ? [] : [{ label: t('mail.service.who'), value: who }]),
      { label: t('mail.service.by'), value: by ?? t('mail.service.administrator') },
    ],
    action: { label: t('mail.service.action'), href },
    closing: t(what === 'asked' ? 'mail.service.asked.closing' : 'mail.service.closing'),
  };
}
