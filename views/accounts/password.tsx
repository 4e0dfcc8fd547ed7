// `/account/security/password`: changing the password.
import type { PasswordProblem } from '../../src/accounts/registration-form.ts';
import type { View, Ui } from '../../src/web/view.ts';
import { AccountPage } from '../partials/account-page.tsx';
import { Outcome } from '../partials/card.tsx';
import { Button, Checkbox, Field, LinkButton, PostForm } from '../partials/form.tsx';
import { NewPassword, PasswordOwner } from '../partials/new-password.tsx';

export interface PasswordFormProps {
  state: 'form';
  action: string;
  email?: string | undefined;
  minPasswordLength: number;
  endOthers: boolean;
  errors?: { current?: 'wrong' | undefined; password?: PasswordProblem | undefined } | undefined;
}

export type PasswordProps =
  | PasswordFormProps
  | { state: 'done'; endedOthers: boolean }
  /** The account has no password yet; one is set by mail. */
  | { state: 'none' };

export const password: View<PasswordProps> = {
  name: 'accounts/password',
  title: (_props, { t }) => t('password.title'),
  body: (props, ui) => {
    const { t } = ui;
    if (props.state === 'form') return <Form props={props} ui={ui} />;
    if (props.state === 'none') {
      return (
        <AccountPage ui={ui} tab="/account/security" title={t('password.title')} lead={t('password.none')}>
          <LinkButton href="/account/reset" label={t('password.set')} />
        </AccountPage>
      );
    }
    return (
      <Outcome
        icon="check"
        tone="good"
        title={t('password.done.title')}
        text={t(props.endedOthers ? 'password.done.text_ended' : 'password.done.text')}
      >
        <LinkButton href="/account" label={t('account.title')} />
      </Outcome>
    );
  },
  samples: {
    form: {
      state: 'form',
      action: '/account/security/password',
      email: 'lin@example.com',
      minPasswordLength: 8,
      endOthers: true,
    },
    wrong: {
      state: 'form',
      action: '/account/security/password',
      minPasswordLength: 8,
      endOthers: false,
      errors: { current: 'wrong' },
    },
    weak: {
      state: 'form',
      action: '/account/security/password',
      minPasswordLength: 8,
      endOthers: true,
      errors: { password: 'guessable' },
    },
    done: { state: 'done', endedOthers: false },
    done_ended: { state: 'done', endedOthers: true },
    none: { state: 'none' },
  },
};

const Form = ({ props, ui }: { props: PasswordFormProps; ui: Ui }) => (
  <AccountPage ui={ui} tab="/account/security" title={ui.t('password.title')}>
    <PostForm ui={ui} action={props.action} class="stack">
      <PasswordOwner email={props.email} />
      <Field
        name="current_password"
        label={ui.t('password.current')}
        type="password"
        autocomplete="current-password"
        error={props.errors?.current && ui.t('password.error.wrong')}
      />
      <NewPassword
        ui={ui}
        label={ui.t('password.new')}
        minPasswordLength={props.minPasswordLength}
        error={props.errors?.password}
      />
      <Checkbox name="end_others" value="yes" label={ui.t('password.end_others')} checked={props.endOthers} />
      <Button label={ui.t('password.submit')} />
    </PostForm>
    <p class="links">
      <a href="/account/reset">{ui.t('sign_in.forgot')}</a>
    </p>
  </AccountPage>
);
