// The letter that proves a mailbox when somebody registered its address.
import type { Translate } from '../../src/web/view.ts';
import type { Letter } from './letter.tsx';

export const activationLetter = (t: Translate, { href, validUntil }: { href: string; validUntil: string }): Letter => ({
  subject: t('mail.activation.subject'),
  paragraphs: [t('mail.activation.text')],
  action: { label: t('mail.activation.action'), href },
  facts: [{ label: t('mail.valid_until'), value: validUntil }],
  closing: t('mail.activation.closing'),
});
