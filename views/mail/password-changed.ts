// The letter after a password was changed, so that an owner who did not do it can act.
import type { Translate } from '../../src/web/view.ts';
import type { Letter } from './letter.tsx';

export const passwordChangedLetter = (
  t: Translate,
  { at, address, reset }: { at: string; address: string; reset: string },
): Letter => ({
  subject: t('mail.password_changed.subject'),
  paragraphs: [t('mail.password_changed.text')],
  facts: [
    { label: t('mail.time'), value: at },
    { label: t('mail.address'), value: address },
  ],
  action: { label: t('mail.password_changed.action'), href: reset },
  closing: t('mail.password_changed.closing'),
});
