// The one-time link that makes the first administrator (contract §1): the form, and what to do when the link is spent.
import type { PasswordProblem } from '../../src/accounts/registration-form.ts';
import type { View, Ui } from '../../src/web/view.ts';
import { Card, Outcome } from '../partials/card.tsx';
import { AddressField, Button, LinkButton, PostForm } from '../partials/form.tsx';
import { NewPassword } from '../partials/new-password.tsx';

export interface SetUpForm {
  state: 'form';
  action: string;
  minPasswordLength: number;
  email?: string | undefined;
  errors?: {
    email?: 'invalid' | 'taken' | undefined;
    password?: PasswordProblem | undefined;
  };
}

export type SetUpProps = SetUpForm | { state: 'expired' };

export const setUp: View<SetUpProps> = {
  name: 'accounts/set-up',
  title: ({ state }, { t }) => t(state === 'form' ? 'set_up.title' : 'set_up.expired.title'),
  body: (props, ui) => {
    return props.state === 'form' ? <Form props={props} ui={ui} /> : <Expired ui={ui} />;
  },
  samples: {
    empty: { state: 'form', action: '/set-up/9f', minPasswordLength: 12 },
    taken: {
      state: 'form',
      action: '/set-up/9f',
      minPasswordLength: 12,
      email: 'lin@example.com',
      errors: { email: 'taken' },
    },
    both_wrong: {
      state: 'form',
      action: '/set-up/9f',
      minPasswordLength: 12,
      email: 'lin@',
      errors: { email: 'invalid', password: 'too_short' },
    },
    common: { state: 'form', action: '/set-up/9f', minPasswordLength: 12, errors: { password: 'common' } },
    too_long: { state: 'form', action: '/set-up/9f', minPasswordLength: 12, errors: { password: 'too_long' } },
    expired: { state: 'expired' },
  },
};

const Form = ({ props, ui }: { props: SetUpForm; ui: Ui }) => {
  const { t } = ui;
  const { email, password } = props.errors ?? {};
  const min = props.minPasswordLength;
  return (
    <Card title={t('set_up.title')} lead={t('set_up.lead')}>
      <PostForm ui={ui} action={props.action} class="stack">
        <AddressField
          label={t('set_up.email')}
          value={props.email}
          autofocus={props.errors === undefined}
          error={email && t(`set_up.error.email.${email}`)}
        />
        <NewPassword ui={ui} label={t('set_up.password')} minPasswordLength={min} error={password} />
        <Button label={t('set_up.submit')} />
      </PostForm>
    </Card>
  );
};

const Expired = ({ ui: { t } }: { ui: Ui }) => (
  <Outcome icon="clock" tone="warning" title={t('set_up.expired.title')} text={t('set_up.expired.text')}>
    <p class="command">
      <code>npx tokenim admin link</code>
    </p>
    <LinkButton kind="secondary" href="/account" label={t('sign_in.submit')} />
  </Outcome>
);
