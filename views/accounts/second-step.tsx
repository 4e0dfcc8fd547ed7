// The second factor: after a right password (`accounts/routes/second-step.ts`), and once more before something dangerous
// (`accounts/routes/confirm.ts`), where who has none gives the password.
import type { ComponentChildren } from 'preact';
import type { Ui, View } from '../../src/web/view.ts';
import { Alert, Card } from '../partials/card.tsx';
import { ClientMark, type ClientFace } from '../partials/client.tsx';
import { Button, Field, PostForm } from '../partials/form.tsx';
import { type PasskeyCeremony, PASSKEY_SCRIPT, PasskeyForm } from '../partials/passkey.tsx';

export type SecondStepError = { code: 'wrong' | 'unavailable' } | { code: 'throttled'; retryAfterMinutes: number };

export interface SecondStepProps {
  action: string;
  purpose: 'sign_in' | 'confirm';
  client?: ClientFace | undefined;
  passkey?: PasskeyCeremony | undefined;
  takesCode: boolean;
  takesRecoveryCode: boolean;
  takesPassword: boolean;
  returnTo?: string | undefined;
  /** Where to begin again, or go back to. */
  cancelHref: string;
  error?: SecondStepError | undefined;
}

export const secondStep: View<SecondStepProps> = {
  name: 'accounts/second-step',
  title: ({ purpose }, { t }) => t(`second.${purpose}.title`),
  scripts: [PASSKEY_SCRIPT],
  body: (props, ui) => {
    const { t } = ui;
    const ways = [props.passkey !== undefined, props.takesCode, props.takesPassword].filter(Boolean).length;
    return (
      <Card
        title={t(`second.${props.purpose}.title`)}
        lead={t(`second.${props.purpose}.lead`)}
        mark={props.client === undefined ? undefined : <ClientMark client={props.client} />}
      >
        {props.error === undefined ? null : <Alert tone="bad">{errorText(props.error, ui)}</Alert>}
        {props.passkey === undefined ? null : (
          <PasskeyForm
            ui={ui}
            action={props.action}
            ceremony={props.passkey}
            kind="get"
            label={t('second.passkey')}
            hidden={{ return_to: props.returnTo }}
            isNeeded={!props.takesCode}
          />
        )}
        {props.passkey !== undefined && ways > 1 ? <p class="divider">{t('sign_in.or')}</p> : null}
        {props.takesCode ? <CodeForm props={props} ui={ui} /> : null}
        {props.takesPassword ? <PasswordForm props={props} ui={ui} /> : null}
        {props.takesRecoveryCode ? <RecoveryForm props={props} ui={ui} isOpen={ways === 0} /> : null}
        <p class="fine">
          <a href={props.cancelHref}>{t(`second.${props.purpose}.cancel`)}</a>
        </p>
      </Card>
    );
  },
  samples: {
    everything: {
      action: '/account/sign-in/second',
      purpose: 'sign_in',
      passkey: { options: '{}', ticket: 'sealed' },
      takesCode: true,
      takesRecoveryCode: true,
      takesPassword: false,
      cancelHref: '/account/sign-in',
    },
    code_wrong: {
      action: '/interaction/k3v9/second',
      purpose: 'sign_in',
      client: { name: 'Harbour CRM', uri: 'https://crm.example' },
      takesCode: true,
      takesRecoveryCode: true,
      takesPassword: false,
      cancelHref: '/interaction/k3v9',
      error: { code: 'wrong' },
    },
    throttled: {
      action: '/account/sign-in/second',
      purpose: 'sign_in',
      takesCode: true,
      takesRecoveryCode: false,
      takesPassword: false,
      cancelHref: '/account/sign-in',
      error: { code: 'throttled', retryAfterMinutes: 15 },
    },
    confirm_password: {
      action: '/account/confirm',
      purpose: 'confirm',
      takesCode: false,
      takesRecoveryCode: false,
      takesPassword: true,
      returnTo: '/account/security',
      cancelHref: '/account/security',
      error: { code: 'unavailable' },
    },
    confirm_passkey: {
      action: '/account/confirm',
      purpose: 'confirm',
      passkey: { options: '{}', ticket: 'sealed' },
      takesCode: false,
      takesRecoveryCode: true,
      takesPassword: false,
      returnTo: '/account/security',
      cancelHref: '/account/security',
    },
  },
};

interface Part {
  props: SecondStepProps;
  ui: Ui;
}

const StepForm = ({ props, ui, children }: Part & { children: ComponentChildren }) => (
  <PostForm ui={ui} action={props.action} class="stack" hidden={{ return_to: props.returnTo }}>
    {children}
  </PostForm>
);

const CodeForm = ({ props, ui }: Part) => (
  <StepForm props={props} ui={ui}>
    <Field
      name="code"
      label={ui.t('second.code')}
      hint={ui.t('second.code.hint')}
      autocomplete="one-time-code"
      inputmode="numeric"
      maxlength={10}
      autofocus={props.passkey === undefined}
    />
    <Button label={ui.t('second.submit')} kind={props.passkey === undefined ? 'primary' : 'secondary'} />
  </StepForm>
);

const PasswordForm = ({ props, ui }: Part) => (
  <StepForm props={props} ui={ui}>
    <Field name="password" label={ui.t('sign_in.password')} type="password" autocomplete="current-password" autofocus />
    <Button label={ui.t('second.submit')} />
  </StepForm>
);

const RecoveryForm = ({ props, ui, isOpen }: Part & { isOpen: boolean }) => (
  <details class="more" open={isOpen}>
    <summary>{ui.t('second.recovery.summary')}</summary>
    <StepForm props={props} ui={ui}>
      <Field
        name="recovery_code"
        label={ui.t('second.recovery')}
        hint={ui.t('second.recovery.hint')}
        autocomplete="off"
        autocapitalize="characters"
        maxlength={20}
      />
      <Button label={ui.t('second.submit')} kind="secondary" />
    </StepForm>
  </details>
);

function errorText(error: SecondStepError, { t }: Ui): string {
  if (error.code === 'throttled') return t('sign_in.error.throttled', { minutes: error.retryAfterMinutes });
  return error.code === 'wrong' ? t('second.error.wrong') : t('sign_in.error.unavailable');
}
