// What pages say of a service account: its state, and why the last step was refused.
import type { ServiceAccountFace } from '../../src/api-keys/service-accounts.ts';
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui } from '../../src/web/view.ts';
import { Alert } from './card.tsx';
import { Field } from './form.tsx';

const STATES: Readonly<Record<ServiceAccountFace['state'], { tone: string; label: MessageKey }>> = {
  active: { tone: 'good', label: 'services.state.active' },
  disabled: { tone: 'warning', label: 'services.state.disabled' },
  disabled_by_administrator: { tone: 'bad', label: 'services.state.disabled_by_administrator' },
};

export const ServiceState = ({ state, ui }: { state: ServiceAccountFace['state']; ui: Ui }) => (
  <span class={`chip ${STATES[state].tone}`}>{ui.t(STATES[state].label)}</span>
);

const ERRORS: Readonly<Record<string, MessageKey>> = {
  username_invalid: 'services.error.username_invalid',
  name_invalid: 'services.error.name_invalid',
  account_exists: 'services.error.account_exists',
  login_invalid: 'services.error.login_invalid',
  invitations_too_many: 'services.error.invitations_too_many',
  service_accounts_too_many: 'services.error.service_accounts_too_many',
  last_maintainer: 'services.error.last_maintainer',
  disabled_by_administrator: 'services.error.disabled_by_administrator',
};

export const ServiceError = ({ code, ui }: { code: string | undefined; ui: Ui }) =>
  code === undefined ? null : <Alert tone="bad">{ui.t(ERRORS[code] ?? 'services.error.other')}</Alert>;

export interface TypedNames {
  name?: string | undefined;
  purpose?: string | undefined;
}

export const ServiceNames = ({ typed: { name, purpose }, ui }: { typed: TypedNames; ui: Ui }) => (
  <>
    <Field
      name="name"
      label={ui.t('services.name')}
      hint={ui.t('services.name.hint')}
      value={name}
      autocomplete="off"
      autocapitalize="none"
      maxlength={64}
    />
    <Field
      name="purpose"
      label={ui.t('services.purpose')}
      hint={ui.t('services.purpose.hint')}
      value={purpose}
      autocomplete="off"
      maxlength={100}
      optional
    />
  </>
);
