// Asking for a mail: a forgotten password, or an activation link that was lost. The answer is `link-sent.tsx` in any case.
import type { View } from '../../src/web/view.ts';
import { Card } from '../partials/card.tsx';
import { AddressField, Button, PostForm } from '../partials/form.tsx';

export interface AskForLinkProps {
  purpose: 'activation' | 'reset';
  action: string;
  /** Path of this server to go on to; sent back as `return_to`. */
  returnTo?: string | undefined;
  /** What was typed before an error. */
  email?: string | undefined;
  error?: 'invalid' | undefined;
}

export const askForLink: View<AskForLinkProps> = {
  name: 'accounts/ask-for-link',
  title: ({ purpose }, { t }) => t(`ask.${purpose}.title`),
  body: (props, ui) => (
    <Card title={ui.t(`ask.${props.purpose}.title`)} lead={ui.t(`ask.${props.purpose}.lead`)}>
      <PostForm ui={ui} action={props.action} class="stack" hidden={{ return_to: props.returnTo }}>
        <AddressField
          label={ui.t('register.email')}

          value={props.email}
          autofocus
          error={props.error && ui.t('register.error.email')}
        />
        <Button label={ui.t('ask.submit')} />
      </PostForm>
      <p class="links">
        <a href="/account/sign-in">{ui.t('ask.sign_in')}</a>
      </p>
    </Card>
  ),
  samples: {
    reset: { purpose: 'reset', action: '/account/reset', returnTo: '/d/ab12' },
    activation: { purpose: 'activation', action: '/account/activate/resend' },
    invalid: { purpose: 'reset', action: '/account/reset', email: 'lin@', error: 'invalid' },
  },
};
