// Asks before an application's request signs the person out (OpenID Connect RP-Initiated Logout 1.0 §2). The provider
// takes any value of `logout` for a yes, so the button that stays sends none.
import type { View } from '../../src/web/view.ts';
import { Card } from '../partials/card.tsx';
import { Button, PostForm } from '../partials/form.tsx';
import type { ClientFace } from '../partials/client.tsx';

export interface SignOutProps {
  action: string;
  /** Fields that the provider wants back, such as its own `xsrf`. */
  hidden: Readonly<Record<string, string>>;
  /** The application that asks, when it named itself. */
  client?: ClientFace | undefined;
}

export const signOut: View<SignOutProps> = {
  name: 'oidc/sign-out',
  title: (_props, { t }) => t('sign_out.title'),
  body: ({ action, hidden, client }, ui) => (
    <Card
      title={ui.t('sign_out.title')}
      lead={client === undefined ? ui.t('sign_out.lead') : ui.t('sign_out.lead.client', { client: client.name })}
    >
      <PostForm ui={ui} action={action} hidden={hidden}>
        <div class="decision">
          <Button kind="secondary" label={ui.t('sign_out.stay')} />
          <Button name="logout" value="yes" label={ui.t('sign_out.confirm')} />
        </div>
      </PostForm>
    </Card>
  ),
  samples: {
    own: { action: '/session/end/confirm', hidden: { xsrf: '5c1e' } },
    application: { action: '/session/end/confirm', hidden: { xsrf: '5c1e' }, client: { name: 'Harbour CRM' } },
  },
};
