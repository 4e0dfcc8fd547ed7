// Registering. The answer to a complete form is `link-sent.tsx`, whoever owns the address.
import type { PasswordProblem, RegistrationProblems } from '../../src/accounts/registration-form.ts';
import type { View, Ui } from '../../src/web/view.ts';
import { Card, Outcome } from '../partials/card.tsx';
import { AddressField, Button, Field, LinkButton, PostForm } from '../partials/form.tsx';
import { NewPassword } from '../partials/new-password.tsx';

export interface RegisterForm {
  state: 'form';
  action: string;
  minPasswordLength: number;
  signInHref: string;
  /** Path of this server to go on to; sent back as `return_to`. */
  returnTo?: string | undefined;
  /** What was typed before an error. */
  email?: string | undefined;
  username?: string | undefined;
  name?: string | undefined;
  errors?: RegistrationProblems | undefined;
}

export type RegisterProps = RegisterForm | { state: 'closed' };

export const register: View<RegisterProps> = {
  name: 'accounts/register',
  title: ({ state }, { t }) => t(state === 'form' ? 'register.title' : 'register.closed.title'),
  body: (props, ui) => (props.state === 'form' ? <Form props={props} ui={ui} /> : <Closed ui={ui} />),
  samples: samples(),
};

const Form = ({ props, ui }: { props: RegisterForm; ui: Ui }) => {
  const { t } = ui;
  const { errors = {}, minPasswordLength } = props;
  return (
    <Card title={t('register.title')} lead={t('register.lead')}>
      <PostForm ui={ui} action={props.action} class="stack" hidden={{ return_to: props.returnTo }}>
        <AddressField
          label={t('register.email')}
          value={props.email}
          autofocus={props.errors === undefined}
          error={errors.email && t('register.error.email')}
        />
        <NewPassword
          ui={ui}
          label={t('register.password')}
          minPasswordLength={minPasswordLength}
          error={errors.password}
        />
        <Field
          name="username"
          label={t('register.username')}
          autocomplete="nickname"
          autocapitalize="none"
          optional
          value={props.username}
          hint={t('register.username.hint')}
          error={errors.username && t(`register.error.username.${errors.username}`)}
        />
        <Field
          name="name"
          label={t('register.name')}
          autocomplete="name"
          optional
          value={props.name}
          error={errors.name && t('register.error.name')}
        />
        <Button label={t('register.submit')} />
      </PostForm>
      <p class="links">
        <a href={props.signInHref}>{t('register.sign_in')}</a>
      </p>
    </Card>
  );
};

const Closed = ({ ui: { t } }: { ui: Ui }) => (
  <Outcome icon="person" tone="neutral" title={t('register.closed.title')} text={t('register.closed.text')}>
    <LinkButton kind="secondary" href="/account/sign-in" label={t('sign_in.submit')} />
  </Outcome>
);

function samples(): Record<string, RegisterProps> {
  const empty: RegisterForm = {
    state: 'form',
    action: '/account/register',
    minPasswordLength: 8,
    signInHref: '/account/sign-in',
    returnTo: '/d/ab12',
  };
  const problems: PasswordProblem[] = [
    'too_short',
    'too_long',
    'malformed',
    'personal',
    'common',
    'pattern',
    'guessable',
  ];
  const typed = { ...empty, email: 'lin@', username: 'lin xiaoyu', name: 'Lin Xiaoyu' };
  return {
    empty,
    taken: { ...empty, email: 'lin@example.com', username: 'lin', errors: { username: 'taken' } },
    all_wrong: { ...typed, errors: { email: 'invalid', username: 'invalid', name: 'invalid', password: 'common' } },
    ...Object.fromEntries(
      problems.map((error) => [
        `password_${error}`,
        { ...empty, email: 'lin@example.com', errors: { password: error } },
      ]),
    ),
    closed: { state: 'closed' },
  };
}
