// The letter with the link that sets a new password.
import type { Translate } from '../../src/web/view.ts';
import type { Letter } from './letter.tsx';

export const passwordResetLetter = (
  t: Translate,
  { href, validUntil }: { href: string; validUntil: string },
): Letter => ({
  subject: t('mail.password_reset.subject'),
  paragraphs: [t('mail.password_reset.text')],
  action: { label: t('mail.password_reset.action'), href },
  facts: [{ label: t('mail.valid_until'), value: validUntil }],
  closing: t('mail.password_reset.closing'),
});
