// Signing in with a password. `src/accounts/login.ts` decides; the page never tells whether an account exists.
import type { AccountLinks } from '../../src/web/account-links.ts';
import type { View, Ui } from '../../src/web/view.ts';
import { Alert, Card } from '../partials/card.tsx';
import { ClientMark, type ClientFace } from '../partials/client.tsx';
import { Icon } from '../partials/icon.tsx';
import { Button, Field, PostForm } from '../partials/form.tsx';
import { type PasskeyCeremony, PASSKEY_SCRIPT, PasskeyForm } from '../partials/passkey.tsx';

export type SignInError =
  | { code: 'bad_credentials' | 'passkey' | 'unavailable' }
  /** The password was right; a button sends the link again. */
  | { code: 'not_activated'; email: string }
  | { code: 'throttled'; retryAfterMinutes: number };

export interface SignInProps {
  action: string;
  /** Why the person is asked: for an application, to confirm another device, or for this server's own pages. */
  purpose: 'application' | 'device' | 'account';
  client?: ClientFace | undefined;
  /** Offered first, and in the field for the user name. */
  passkey?: PasskeyCeremony | undefined;
  passkeyAction?: string | undefined;
  /** Takes a POST that shows a code to scan, in the middle of an application's request. */
  scanAction?: string | undefined;
  /** Path of this server to go on to; sent back as `return_to`. */
  returnTo?: string | undefined;
  /** What was typed before an error. */
  login?: string | undefined;
  error?: SignInError | undefined;
  links?: AccountLinks | undefined;
  /** Somebody registered in this browser a while ago: after a refusal the page reminds of the mail. */
  registered?: boolean | undefined;
}

export const signIn: View<SignInProps> = {
  name: 'accounts/sign-in',
  title: (_props, { t }) => t('sign_in.title'),
  scripts: [PASSKEY_SCRIPT],
  body: (props, ui) => (
    <Card
      title={ui.t('sign_in.title')}
      lead={lead(props, ui)}
      mark={props.client === undefined ? undefined : <ClientMark client={props.client} />}
    >
      {props.error === undefined ? null : <Alert tone="bad">{errorText(props.error, ui)}</Alert>}
      <ActivateFirst props={props} ui={ui} />
      <PasskeyInstead props={props} ui={ui} />
      <SignInForm props={props} ui={ui} />
      <Links links={props.links} ui={ui} />
      <PhoneInstead props={props} ui={ui} />
    </Card>
  ),
  samples: {
    account: {
      action: '/sign-in',
      purpose: 'account',
      returnTo: '/account',
      passkey: { options: '{}', ticket: 'sealed' },
      passkeyAction: '/sign-in/passkey',
      links: { reset: '/account/reset', register: '/account/register' },
    },
    passkey_refused: { action: '/sign-in', purpose: 'account', error: { code: 'passkey' } },
    registration_closed: { action: '/sign-in', purpose: 'account', links: { reset: '/account/reset' } },
    application: {
      action: '/interaction/k3v9/login',
      purpose: 'application',
      client: { name: 'Harbour CRM', uri: 'https://crm.example' },
      scanAction: '/interaction/k3v9/qr',
    },
    unnamed_application: { action: '/interaction/k3v9/login', purpose: 'application' },
    device: { action: '/sign-in', purpose: 'device', returnTo: '/d/ab12' },
    bad_credentials: {
      action: '/sign-in',
      purpose: 'account',
      login: 'lin@example.com',
      error: { code: 'bad_credentials' },
    },
    not_activated: {
      action: '/sign-in',
      purpose: 'account',
      login: 'lin',
      error: { code: 'not_activated', email: 'lin@example.com' },
    },
    registered_here: {
      action: '/sign-in',
      purpose: 'account',
      login: 'lin@example.com',
      error: { code: 'bad_credentials' },
      registered: true,
    },
    throttled_long: {
      action: '/sign-in',
      purpose: 'account',
      login: 'lin@example.com',
      error: { code: 'throttled', retryAfterMinutes: 600 },
    },
    throttled: {
      action: '/sign-in',
      purpose: 'account',
      login: 'lin@example.com',
      error: { code: 'throttled', retryAfterMinutes: 15 },
    },
    unavailable: { action: '/sign-in', purpose: 'account', login: 'lin@example.com', error: { code: 'unavailable' } },
  },
};

const SignInForm = ({ props, ui }: { props: SignInProps; ui: Ui }) => (
  <PostForm ui={ui} action={props.action} class="stack" hidden={{ return_to: props.returnTo }}>
    <Field
      name="login"
      label={ui.t('sign_in.login')}
      autocomplete={props.passkey === undefined ? 'username' : 'username webauthn'}
      autocapitalize="none"
      value={props.login}
      autofocus={props.login === undefined}
    />
    <Field
      name="password"
      label={ui.t('sign_in.password')}
      type="password"
      autocomplete="current-password"
      autofocus={props.login !== undefined}
    />
    <Button label={ui.t('sign_in.submit')} />
  </PostForm>
);

const PasskeyInstead = ({ props, ui }: { props: SignInProps; ui: Ui }) =>
  props.passkey === undefined || props.passkeyAction === undefined ? null : (
    <PasskeyForm
      ui={ui}
      action={props.passkeyAction}
      ceremony={props.passkey}
      kind="get"
      label={ui.t('sign_in.passkey')}
      isOfferedInField
      isPrimary={false}
      hidden={{ return_to: props.returnTo }}
    />
  );

const Links = ({ links, ui: { t } }: { links: AccountLinks | undefined; ui: Ui }) =>
  links === undefined ? null : (
    <p class="links">
      <a href={links.reset}>{t('sign_in.forgot')}</a>
      {links.register === undefined ? null : <a href={links.register}>{t('sign_in.register')}</a>}
    </p>
  );

const ActivateFirst = ({ props: { error, registered, returnTo }, ui }: { props: SignInProps; ui: Ui }) => {
  if (error?.code === 'not_activated') {
    return (
      <PostForm ui={ui} action="/account/activate/resend" hidden={{ email: error.email, return_to: returnTo }}>
        <Button kind="secondary" label={ui.t('link_sent.resend')} />
      </PostForm>
    );
  }
  if (error?.code !== 'bad_credentials' || !registered) return null;
  return (
    <p class="note">
      {ui.t('sign_in.registered')} <a href="/account/activate">{ui.t('link_sent.resend')}</a>
    </p>
  );
};

/** Who confirms another device holds the phone already. */
const PhoneInstead = ({ props: { purpose, returnTo, scanAction }, ui }: { props: SignInProps; ui: Ui }) => {
  if (purpose === 'device' || (purpose === 'application' && scanAction === undefined)) return null;
  const label = (
    <>
      <Icon name="phone" />
      {ui.t('sign_in.qr')}
    </>
  );
  return (
    <>
      <p class="divider">{ui.t('sign_in.or')}</p>
      {scanAction === undefined ? (
        <a
          class="button secondary"
          href={returnTo === undefined ? '/qr' : `/qr?${new URLSearchParams({ return_to: returnTo })}`}
        >
          {label}
        </a>
      ) : (
        <PostForm ui={ui} action={scanAction}>
          <button type="submit" class="button secondary">
            {label}
          </button>
        </PostForm>
      )}
    </>
  );
};

function lead({ purpose, client }: SignInProps, { t }: Ui): string {
  if (purpose !== 'application') return t(`sign_in.lead.${purpose}`);
  return client === undefined
    ? t('sign_in.lead.application_unnamed')
    : t('sign_in.lead.application', { client: client.name });
}

function errorText(error: SignInError, { t }: Ui): string {
  if (error.code === 'throttled') {
    const minutes = error.retryAfterMinutes;
    if (minutes < 120) return t('sign_in.error.throttled', { minutes });
    return t('sign_in.error.throttled_long', { hours: Math.ceil(minutes / 60) });
  }
  return t(`sign_in.error.${error.code}`);
}
