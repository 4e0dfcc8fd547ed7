// "This was not me" was said: what has ended, and what to do now. Whoever signed in knew how, so the next step is the password.
import type { View } from '../../src/web/view.ts';
import { Outcome } from '../partials/card.tsx';
import { LinkButton } from '../partials/form.tsx';

export interface DisownedProps {
  passwordHref: string;
  signInsHref: string;
}

export const disowned: View<DisownedProps> = {
  name: 'accounts/disowned',
  title: (_props, { t }) => t('disowned.title'),
  body: ({ passwordHref, signInsHref }, { t }) => (
    <Outcome icon="shield" tone="good" title={t('disowned.title')} text={t('disowned.text')}>
      <LinkButton href={passwordHref} label={t('disowned.password')} />
      <LinkButton kind="secondary" href={signInsHref} label={t('disowned.back')} />
    </Outcome>
  ),
  samples: { done: { passwordHref: '/account/security/password', signInsHref: '/account/sign-ins' } },
};
