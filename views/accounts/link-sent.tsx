// "Look into your mailbox": the one answer to registering, to asking for another link and to a forgotten password. It must
// not say whether a mail was sent.
import type { View } from '../../src/web/view.ts';
import { Outcome } from '../partials/card.tsx';
import { Button, LinkButton, PostForm } from '../partials/form.tsx';

export interface LinkSentProps {
  purpose: 'activation' | 'reset';
  /** As it was typed. */
  email: string;
  returnTo?: string | undefined;
}

const RESEND = { activation: '/account/activate/resend', reset: '/account/reset' } as const;

export const linkSent: View<LinkSentProps> = {
  name: 'accounts/link-sent',
  title: (_props, { t }) => t('link_sent.title'),
  body: ({ purpose, email, returnTo }, ui) => (
    <Outcome
      icon="mail"
      tone="neutral"
      title={ui.t('link_sent.title')}
      text={ui.t(`link_sent.text.${purpose}`, { email })}
    >
      <p class="muted">{ui.t('link_sent.nothing')}</p>
      {ui.mode === 'development' ? <LinkButton href="/mailbox" label={ui.t('home.mailbox')} /> : null}
      <PostForm ui={ui} action={RESEND[purpose]} hidden={{ email, return_to: returnTo }}>
        <Button kind="secondary" label={ui.t('link_sent.resend')} />
      </PostForm>
      <LinkButton kind="secondary" href="/account/sign-in" label={ui.t('sign_in.submit')} />
    </Outcome>
  ),
  samples: {
    activation: { purpose: 'activation', email: 'lin@example.com', returnTo: '/d/ab12' },
    reset: { purpose: 'reset', email: 'lin@example.com' },
  },
};
