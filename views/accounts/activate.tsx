// The activation link: one button in the browser that registered; elsewhere the person who reads the mail also chooses the
// password, so that one chosen by a stranger never survives.
import type { PasswordProblem } from '../../src/accounts/registration-form.ts';
import type { View, Ui } from '../../src/web/view.ts';
import { Alert, Card, Outcome } from '../partials/card.tsx';
import { Button, LinkButton, PostForm } from '../partials/form.tsx';
import { NewPassword, PasswordOwner } from '../partials/new-password.tsx';

export interface ActivateForm {
  state: 'form';
  action: string;
  email: string;
  /** The person has to choose a password. */
  choice?: { minPasswordLength: number; error?: PasswordProblem | undefined } | undefined;
}

export type ActivateProps =
  | ActivateForm
  | { state: 'done'; usernameTaken: boolean; signInHref: string }
  | { state: 'already_active'; signInHref: string }
  | { state: 'expired' };

export const activate: View<ActivateProps> = {
  name: 'accounts/activate',
  title: ({ state }, { t }) => t(`activate.${state}.title`),
  body: (props, ui) => {
    if (props.state === 'form') return <Form props={props} ui={ui} />;
    if (props.state === 'expired') return <Expired ui={ui} />;
    const { t } = ui;
    return (
      <Outcome
        icon="check"
        tone="good"
        title={t(`activate.${props.state}.title`)}
        text={t(`activate.${props.state}.text`)}
      >
        {props.state === 'done' && props.usernameTaken ? (
          <Alert tone="warning">{t('activate.username_taken')}</Alert>
        ) : null}
        <LinkButton href={props.signInHref} label={t('sign_in.submit')} />
        {props.state === 'done' ? null : (
          <LinkButton kind="secondary" href="/account/reset" label={t('sign_in.forgot')} />
        )}
      </Outcome>
    );
  },
  samples: {
    button: { state: 'form', action: '/account/activate/9f', email: 'lin@example.com' },
    choose: {
      state: 'form',
      action: '/account/activate/9f',
      email: 'lin@example.com',
      choice: { minPasswordLength: 8 },
    },
    weak: {
      state: 'form',
      action: '/account/activate/9f',
      email: 'lin@example.com',
      choice: { minPasswordLength: 8, error: 'personal' },
    },
    done: { state: 'done', usernameTaken: false, signInHref: '/account/sign-in' },
    username_taken: { state: 'done', usernameTaken: true, signInHref: '/account/sign-in' },
    already_active: { state: 'already_active', signInHref: '/account/sign-in' },
    expired: { state: 'expired' },
  },
};

const Form = ({ props: { action, email, choice }, ui }: { props: ActivateForm; ui: Ui }) => (
  <Card
    title={ui.t('activate.form.title')}
    lead={ui.t(choice === undefined ? 'activate.form.lead' : 'activate.form.lead_choose', { email })}
  >
    <PostForm ui={ui} action={action} class="stack">
      {choice === undefined ? null : (
        <>
          <PasswordOwner email={email} />
          <NewPassword ui={ui} label={ui.t('activate.password')} {...choice} />
        </>
      )}
      <Button label={ui.t('activate.submit')} />
    </PostForm>
    <p class="fine muted">{ui.t('activate.not_you')}</p>
  </Card>
);

const Expired = ({ ui: { t } }: { ui: Ui }) => (
  <Outcome icon="clock" tone="warning" title={t('activate.expired.title')} text={t('activate.expired.text')}>
    <LinkButton href="/account/activate" label={t('activate.again')} />
    <LinkButton kind="secondary" href="/account/sign-in" label={t('sign_in.submit')} />
  </Outcome>
);
