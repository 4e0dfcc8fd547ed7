// To whom asked to delete the account: until when it can be kept.
import type { Translate } from '../../src/web/i18n.ts';
import type { Letter } from './letter.tsx';

export const deletionLetter = (t: Translate, { date, href }: { date: string; href: string }): Letter => ({
  subject: t('mail.deletion.subject'),
  paragraphs: [t('mail.deletion.text', { date })],
  action: { label: t('delete.keep'), href },
  closing: t('mail.deletion.closing'),
});
