// Tells a person of a sign-in from a browser or device that was not seen at their account before.
import type { Ui } from '../../src/web/view.ts';
import type { Letter } from './letter.tsx';

export interface NewSignInFacts {
  at: string;
  /** In words of ours; a User-Agent itself is never repeated. */
  browser: string;
  place?: string | undefined;
  address: string;
  /** The application's name, when it was for one. */
  application?: string | undefined;
  reviewHref: string;
}

export const newSignIn = (t: Ui['t'], facts: NewSignInFacts): Letter => ({
  subject: t('mail.new_sign_in.subject'),
  paragraphs: [t('mail.new_sign_in.text')],
  facts: [
    { label: t('sign_ins.at'), value: facts.at },
    { label: t('confirm.browser'), value: facts.browser },
    ...(facts.application === undefined ? [] : [{ label: t('sign_ins.application'), value: facts.application }]),
    ...(facts.place === undefined ? [] : [{ label: t('confirm.location'), value: facts.place }]),
    { label: t('confirm.address'), value: facts.address },
  ],
  action: { label: t('mail.new_sign_in.action'), href: facts.reviewHref },
  closing: t('mail.new_sign_in.closing'),
});
