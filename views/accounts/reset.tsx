// The link that sets a new password.
import type { PasswordProblem } from '../../src/accounts/registration-form.ts';
import type { View, Ui } from '../../src/web/view.ts';
import { Card, Outcome } from '../partials/card.tsx';
import { Button, Checkbox, LinkButton, PostForm } from '../partials/form.tsx';
import { NewPassword, PasswordOwner } from '../partials/new-password.tsx';

export interface ResetForm {
  state: 'form';
  action: string;
  email: string;
  minPasswordLength: number;
  endOthers: boolean;
  error?: PasswordProblem | undefined;
}

export type ResetProps = ResetForm | { state: 'done'; signInHref: string } | { state: 'expired' };

export const reset: View<ResetProps> = {
  name: 'accounts/reset',
  title: ({ state }, { t }) => t(`reset.${state}.title`),
  body: (props, ui) => {
    const { t } = ui;
    if (props.state === 'form') return <Form props={props} ui={ui} />;
    return props.state === 'done' ? (
      <Outcome icon="check" tone="good" title={t('reset.done.title')} text={t('reset.done.text')}>
        <LinkButton href={props.signInHref} label={t('sign_in.submit')} />
      </Outcome>
    ) : (
      <Outcome icon="clock" tone="warning" title={t('reset.expired.title')} text={t('reset.expired.text')}>
        <LinkButton href="/account/reset" label={t('activate.again')} />
        <LinkButton kind="secondary" href="/account/sign-in" label={t('sign_in.submit')} />
      </Outcome>
    );
  },
  samples: {
    form: {
      state: 'form',
      action: '/account/reset/9f',
      email: 'lin@example.com',
      minPasswordLength: 8,
      endOthers: true,
    },
    weak: {
      state: 'form',
      action: '/account/reset/9f',
      email: 'lin@example.com',
      minPasswordLength: 8,
      endOthers: false,
      error: 'pattern',
    },
    done: { state: 'done', signInHref: '/account/sign-in' },
    expired: { state: 'expired' },
  },
};

const Form = ({ props, ui }: { props: ResetForm; ui: Ui }) => (
  <Card title={ui.t('reset.form.title')} lead={ui.t('reset.form.lead', { email: props.email })}>
    <PostForm ui={ui} action={props.action} class="stack">
      <PasswordOwner email={props.email} />
      <NewPassword
        ui={ui}
        label={ui.t('password.new')}
        minPasswordLength={props.minPasswordLength}
        error={props.error}
        autofocus
      />
      <Checkbox name="end_others" value="yes" label={ui.t('password.end_others.all')} checked={props.endOthers} />
      <Button label={ui.t('password.submit')} />
    </PostForm>
  </Card>
);
