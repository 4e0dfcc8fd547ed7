// Forms: every one that changes something is a `PostForm`, so none can forget its CSRF field. `web/middleware` checks it.
import type { ComponentChildren } from 'preact';
import type { Ui } from '../../src/web/view.ts';

export interface PostFormProps {
  ui: Ui;
  action: string;
  children?: ComponentChildren;
  class?: string;
  /** For buttons that stand elsewhere. */
  id?: string;
  /** Fields without a face, such as `return_to`; those without a value are left out. */
  hidden?: Readonly<Record<string, string | undefined>>;
}

export const PostForm = ({ ui, action, hidden = {}, children, ...rest }: PostFormProps) => (
  <form method="post" action={action} {...rest}>
    <input type="hidden" name="csrf" value={ui.csrf} />
    {Object.entries(hidden).map(([name, value]) =>
      value === undefined ? null : <input type="hidden" name={name} value={value} />,
    )}
    {children}
  </form>
);

export interface QueryFormProps {
  action: string;
  submit: string;
  children?: ComponentChildren;
  /** `search` for one field with its button beside it. */
  class?: string;
}

/** A question that changes nothing: its answer has an address, without a CSRF field in it. */
export const QueryForm = ({ action, submit, children, class: kind = 'stack' }: QueryFormProps) => (
  <form method="get" action={action} role="search" class={kind}>
    {children}
    <button type="submit" class="button secondary">
      {submit}
    </button>
  </form>
);

export interface FieldProps {
  /** Also the id of the input: one field of a name per page. */
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password' | 'date';
  value?: string | undefined;
  hint?: string | undefined;
  error?: string | undefined;
  /** What password managers and keyboards go by (HTML, autofill field names). */
  autocomplete:
    | 'username'
    | 'username webauthn'
    | 'name'
    | 'nickname'
    | 'email'
    | 'current-password'
    | 'new-password'
    | 'one-time-code'
    | 'off';
  autocapitalize?: 'none' | 'characters';
  inputmode?: 'numeric';
  autofocus?: boolean;
  minlength?: number;
  maxlength?: number;
  class?: string;
  /** May be left empty. */
  optional?: boolean;
}

/** A labelled input, required unless optional; its hint and its error are read out with it. The first wrong one has the focus. */
export const Field = ({ label, hint, error, optional = false, autofocus = false, ...input }: FieldProps) => (
  <div class="field">
    <label for={input.name}>{label}</label>
    <Input
      {...input}
      id={input.name}
      required={!optional}
      spellcheck={false}
      autofocus={autofocus || error !== undefined}
      aria-invalid={error === undefined ? undefined : 'true'}
      aria-describedby={describedBy(input.name, hint, error)}
    />
    {hint === undefined ? null : (
      <p class="hint" id={`${input.name}-hint`}>
        {hint}
      </p>
    )}
    {error === undefined ? null : (
      <p class="field-error" id={`${input.name}-error`}>
        {error}
      </p>
    )}
  </div>
);

type InputProps = Omit<FieldProps, 'label' | 'hint' | 'error' | 'optional'> & {
  id: string;
  required: boolean;
  spellcheck: boolean;
  'aria-invalid': 'true' | undefined;
  'aria-describedby': string | undefined;
};

/** Preact types each kind of input apart, so each is written out. */
const Input = ({ type = 'text', ...attributes }: InputProps) => {
  if (type === 'password') return <input type="password" {...attributes} />;
  if (type === 'date') return <input type="date" {...attributes} />;
  return type === 'email' ? <input type="email" {...attributes} /> : <input type="text" {...attributes} />;
};

/** A list of words, one a line; may be left empty. */
export const Lines = ({
  name,
  label,
  hint,
  value,
}: Pick<FieldProps, 'name' | 'label' | 'value'> & { hint: string }) => (
  <div class="field">
    <label for={name}>{label}</label>
    <textarea id={name} name={name} rows={3} spellcheck={false} aria-describedby={`${name}-hint`}>
      {value}
    </textarea>
    <p class="hint" id={`${name}-hint`}>
      {hint}
    </p>
  </div>
);

export interface CheckboxProps {
  name: string;
  value: string;
  label: string;
  /** In smaller letters behind the label, such as the scope that it explains. */
  note?: string;
  checked: boolean;
}

export const Checkbox = ({ label, note, ...input }: CheckboxProps) => (
  <label class="check">
    <input type="checkbox" {...input} />
    <span>
      {label}
      {note === undefined ? null : <code class="muted"> {note}</code>}
    </span>
  </label>
);

export interface SelectProps {
  /** Also the id: one field of a name per page. */
  name: string;
  label: string;
  options: readonly { value: string; label: string }[];
  /** The one chosen at first. */
  value: string;
  hint?: string | undefined;
}

export const Select = ({ name, label, options, value, hint }: SelectProps) => (
  <div class="field">
    <label for={name}>{label}</label>
    <select id={name} name={name} aria-describedby={hint === undefined ? undefined : `${name}-hint`}>
      {options.map((option) => (
        <option value={option.value} selected={option.value === value}>
          {option.label}
        </option>
      ))}
    </select>
    {hint === undefined ? null : (
      <p class="hint" id={`${name}-hint`}>
        {hint}
      </p>
    )}
  </div>
);

export interface ButtonProps {
  label: string;
  kind?: 'primary' | 'secondary' | 'danger';
  name?: string;
  value?: string;
  /** The id of another form that it submits. */
  form?: string | undefined;
}

/** Submits the form it stands in, with `name=value` where several buttons offer a choice. */
export const Button = ({ label, kind = 'primary', ...rest }: ButtonProps) => (
  <button type="submit" class={`button ${kind}`} {...rest}>
    {label}
  </button>
);

export const LinkButton = ({
  href,
  label,
  kind = 'primary',
}: {
  href: string;
  label: string;
  kind?: 'primary' | 'secondary';
}) => (
  <a class={`button ${kind}`} href={href}>
    {label}
  </a>
);

/** Approve and deny side by side and of one size (RFC 8628 §3.3). Deny comes first, so that Enter never approves. */
export const Decision = ({ approve, deny, denyForm }: { approve: string; deny: string; denyForm?: string }) => (
  <div class="decision">
    <Button kind="secondary" name="decision" value="deny" label={deny} form={denyForm} />
    <Button name="decision" value="approve" label={approve} />
  </div>
);

function describedBy(name: string, hint: string | undefined, error: string | undefined): string | undefined {
  const ids = [error === undefined ? [] : `${name}-error`, hint === undefined ? [] : `${name}-hint`].flat();
  return ids.length === 0 ? undefined : ids.join(' ');
}
