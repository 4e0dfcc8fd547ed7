// The form that a passkey fills: `assets/passkey.js` asks the authenticator and sends the answer. Hidden where the browser has no
// WebAuthn, or runs no scripts.
import type { ComponentChildren } from 'preact';
import type { Ui } from '../../src/web/view.ts';
import { Icon } from './icon.tsx';
import { PostForm } from './form.tsx';

export interface PasskeyCeremony {
  /** Options as JSON (WebAuthn Level 3, §5.1.8 and §5.1.9). */
  options: string;
  /** Comes back with the answer. */
  ticket: string;
}

export interface PasskeyFormProps {
  ui: Ui;
  action: string;
  ceremony: PasskeyCeremony;
  kind: 'get' | 'create';
  label: string;
  /** The browser offers passkeys in the field for the user name as well. */
  isOfferedInField?: boolean;
  isPrimary?: boolean;
  /** Without it the page is of no use, so it says why there is none. */
  isNeeded?: boolean;
  hidden?: Readonly<Record<string, string | undefined>>;
  children?: ComponentChildren;
}

export const PASSKEY_SCRIPT = 'passkey.js';

export const PasskeyForm = (props: PasskeyFormProps) => {
  const {
    ui,
    action,
    ceremony,
    kind,
    label,
    isOfferedInField = false,
    isPrimary = true,
    isNeeded = false,
    hidden = {},
    children,
  } = props;
  return (
    <>
      <div
        class="passkey"
        hidden
        data-passkey={kind}
        data-options={ceremony.options}
        data-offered={isOfferedInField ? 'field' : undefined}
      >
        <PostForm ui={ui} action={action} class="stack" hidden={{ ...hidden, ticket: ceremony.ticket, response: '' }}>
          {children}
          <button type="submit" class={isPrimary ? 'button primary' : 'button secondary'}>
            <Icon name="key" />
            {label}
          </button>
          <p class="field-error" role="alert" data-failed={ui.t('passkey.failed')} />
        </PostForm>
      </div>
      {isNeeded ? <WhyNone ui={ui} /> : null}
    </>
  );
};

const WhyNone = ({ ui: { t } }: { ui: Ui }) => (
  <>
    <p class="muted" hidden data-passkey-missing>
      {t('passkey.unknown')}
    </p>
    <noscript>
      <p class="muted">{t('passkey.no_script')}</p>
    </noscript>
  </>
);
