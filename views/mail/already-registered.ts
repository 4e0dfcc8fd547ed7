// The letter to the owner of an account whose address somebody tried to register: the page told them nothing.
import type { Translate } from '../../src/web/view.ts';
import type { Letter } from './letter.tsx';

export const alreadyRegisteredLetter = (
  t: Translate,
  { signIn, reset }: { signIn: string; reset: string },
): Letter => ({
  subject: t('mail.already_registered.subject'),
  paragraphs: [t('mail.already_registered.text'), t('mail.already_registered.reset', { reset })],
  action: { label: t('sign_in.submit'), href: signIn },
  closing: t('mail.already_registered.closing'),
});
