// To the owner of an account: a way to prove themselves was added, taken away or used up.
import type { MessageKey, Translate } from '../../src/web/i18n.ts';
import type { Letter } from './letter.tsx';

const NEWS = {
  passkey_added: { subject: 'mail.factor.passkey_added.subject', text: 'mail.factor.passkey_added.text' },
  passkey_removed: { subject: 'mail.factor.passkey_removed.subject', text: 'mail.factor.passkey_removed.text' },
  totp_added: { subject: 'mail.factor.totp_added.subject', text: 'mail.factor.totp_added.text' },
  totp_removed: { subject: 'mail.factor.totp_removed.subject', text: 'mail.factor.totp_removed.text' },
  codes_made: { subject: 'mail.factor.codes_made.subject', text: 'mail.factor.codes_made.text' },
  code_used: { subject: 'mail.factor.code_used.subject', text: 'mail.factor.code_used.text' },
  factors_reset: { subject: 'mail.factor.factors_reset.subject', text: 'mail.factor.factors_reset.text' },
} as const satisfies Record<string, { subject: MessageKey; text: MessageKey }>;

export interface SecondFactorNews {
  what: keyof typeof NEWS;
  at: string;
  address?: string | undefined;
  securityHref: string;
}

export function secondFactorLetter(t: Translate, { what, at, address, securityHref }: SecondFactorNews): Letter {
  const { subject, text } = NEWS[what];
  return {
    subject: t(subject),
    paragraphs: [t(text)],
    facts: [
      { label: t('mail.time'), value: at },
      ...(address === undefined ? [] : [{ label: t('mail.address'), value: address }]),
    ],
    action: { label: t('mail.factor.action'), href: securityHref },
    closing: t('mail.factor.closing'),
  };
}
