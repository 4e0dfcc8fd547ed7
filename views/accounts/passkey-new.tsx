// Adding a passkey: a name for it, then the browser asks for the fingerprint, the face or the PIN.
import type { View } from '../../src/web/view.ts';
import { Alert, Card } from '../partials/card.tsx';
import { Field } from '../partials/form.tsx';
import { type PasskeyCeremony, PASSKEY_SCRIPT, PasskeyForm } from '../partials/passkey.tsx';

export interface PasskeyNewProps {
  action: string;
  ceremony: PasskeyCeremony;
  name: string;
  returnTo?: string | undefined;
  error?: 'passkey_refused' | 'passkey_known' | 'passkeys_too_many' | undefined;
}

export const passkeyNew: View<PasskeyNewProps> = {
  name: 'accounts/passkey-new',
  title: (_props, { t }) => t('passkey_new.title'),
  scripts: [PASSKEY_SCRIPT],
  body: ({ action, ceremony, name, returnTo, error }, ui) => (
    <Card title={ui.t('passkey_new.title')} lead={ui.t('passkey_new.lead')}>
      {error === undefined ? null : <Alert tone="bad">{ui.t(`passkey_new.error.${error}`)}</Alert>}
      <PasskeyForm
        ui={ui}
        action={action}
        ceremony={ceremony}
        kind="create"
        label={ui.t('passkey_new.submit')}
        hidden={{ return_to: returnTo }}
        isNeeded
      >
        <Field
          name="name"
          label={ui.t('security.passkey.name')}
          hint={ui.t('passkey_new.name.hint')}
          value={name}
          autocomplete="off"
          maxlength={60}
        />
      </PasskeyForm>
      <p class="fine">
        <a href="/account/security">{ui.t('second.confirm.cancel')}</a>
      </p>
    </Card>
  ),
  samples: {
    empty: { action: '/account/security/passkeys', ceremony: { options: '{}', ticket: 'sealed' }, name: '' },
    refused: {
      action: '/account/security/passkeys',
      ceremony: { options: '{}', ticket: 'sealed' },
      name: 'Phone',
      returnTo: '/account',
      error: 'passkey_refused',
    },
    known: {
      action: '/account/security/passkeys',
      ceremony: { options: '{}', ticket: 'sealed' },
      name: 'Phone',
      error: 'passkey_known',
    },
    too_many: {
      action: '/account/security/passkeys',
      ceremony: { options: '{}', ticket: 'sealed' },
      name: 'Phone',
      error: 'passkeys_too_many',
    },
  },
};
