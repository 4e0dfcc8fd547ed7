// "This was not me" was said: what has ended, and what to do now. Who signed in knew the password; who was approved had a phone
// that is signed in, or talked the person into it.
import type { View } from '../../src/web/view.ts';
import { Outcome } from '../partials/card.tsx';
import { LinkButton } from '../partials/form.tsx';

export interface DisownedProps {
  /** Somebody proved to be the person, or a phone of theirs approved it. */
  state: 'signed_in' | 'approved';
  passwordHref: string;
  signInsHref: string;
}

export const disowned: View<DisownedProps> = {
  name: 'accounts/disowned',
  title: (_props, { t }) => t('disowned.title'),
  body: ({ state, passwordHref, signInsHref }, { t }) => (
    <Outcome
      icon="shield"
      tone="good"
      title={t('disowned.title')}
      text={t(state === 'approved' ? 'disowned.text.approved' : 'disowned.text')}
    >
      <LinkButton href={passwordHref} label={t('disowned.password')} />
      <LinkButton kind="secondary" href={signInsHref} label={t('disowned.back')} />
    </Outcome>
  ),
  samples: {
    signed_in: { state: 'signed_in', passwordHref: '/account/security/password', signInsHref: '/account/sign-ins' },
    approved: { state: 'approved', passwordHref: '/account/security/password', signInsHref: '/account/sign-ins' },
  },
};
