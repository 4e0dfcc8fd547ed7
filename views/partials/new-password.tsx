// The field in which a person chooses a password, and what is wrong with one in words that help to find a better.
import type { PasswordProblem } from '../../src/accounts/registration-form.ts';
import type { Ui } from '../../src/web/view.ts';
import { Field } from './form.tsx';

/** Whose password it is, unseen: password managers keep it under this name (HTML, autofill field names). */
export const PasswordOwner = ({ email }: { email: string | undefined }) =>
  email === undefined ? null : (
    <input
      class="visually-hidden"
      type="text"
      autocomplete="username"
      value={email}
      readonly
      tabIndex={-1}
      aria-hidden="true"
    />
  );

export interface NewPasswordProps {
  ui: Ui;
  label: string;
  minPasswordLength: number;
  error?: PasswordProblem | undefined;
  autofocus?: boolean;
}

export const NewPassword = ({ ui: { t }, label, minPasswordLength: min, error, ...rest }: NewPasswordProps) => (
  <Field
    name="password"
    label={label}
    type="password"
    autocomplete="new-password"
    minlength={min}
    hint={t('password.hint', { min })}
    error={error && t(`password.error.${error}`, { min })}
    {...rest}
  />
);
