// `/qr`: the browser's side of signing in with the phone (RFC 8628 §3.3.1). `assets/qr-sign-in.js` polls while the page is
// open; without it the page loads itself again. Nothing here tells who scanned before the phone has approved.
import type { View, Ui } from '../../src/web/view.ts';
import type { MessageKey } from '../../src/web/i18n.ts';
import { Alert, Card } from '../partials/card.tsx';
import { Button, Field, LinkButton, PostForm } from '../partials/form.tsx';
import { Countdown, UserCode } from '../partials/user-code.tsx';

/** What the script needs to poll; the device code is this browser's alone. */
export interface QrPoll {
  tokenEndpoint: string;
  clientId: string;
  deviceCode: string;
  /** Seconds between two polls of the token endpoint. */
  interval: number;
  /** Server-sent events `{"state","seq"}`: hints that cost nothing when they are wrong. */
  eventsUri: string;
  /** The same for a browser that gets no events. */
  stateUrl: string;
  /** Takes the digits of the check, as JSON. */
  checkUri: string;
  /** Takes the ID token and opens the web session. */
  sessionUrl: string;
}

export interface QrLive {
  state: 'pending' | 'scanned' | 'confirming' | 'approved';
  /** The QR as SVG markup drawn by this server: dark on white, with its quiet zone. Inserted without escaping. */
  svg: string;
  userCode: string;
  verificationUri: string;
  /** Seconds. */
  expiresIn: number;
  refreshAction: string;
  /** The form for the digits that the phone shows; seen only while they are owed. */
  digits: { action: string; isWrong: boolean };
  poll: QrPoll;
}

export interface QrEnded {
  state: 'denied' | 'expired' | 'failed';
  refreshAction: string;
}

export type QrSignInProps = QrLive | QrEnded | { state: 'rate_limited'; retryAfterMinutes: number };

const SECONDS_BETWEEN_RELOADS = 5;
const STATUSES = ['pending', 'scanned', 'confirming', 'approved', 'denied', 'expired', 'offline', 'failed'] as const;

export const qrSignIn: View<QrSignInProps> = {
  name: 'qr/sign-in',
  title: (_props, { t }) => t('qr.title'),
  scripts: ['qr-sign-in.js'],
  // Not while digits are typed: the form's own answer leads on.
  refreshWithoutScript: (props) =>
    'poll' in props && props.state !== 'confirming' ? SECONDS_BETWEEN_RELOADS : undefined,
  body: (props, ui) => {
    if ('poll' in props) return <Live props={props} ui={ui} />;
    return props.state === 'rate_limited' ? <RateLimited props={props} ui={ui} /> : <Ended props={props} ui={ui} />;
  },
  samples: {
    pending: live('pending'),
    scanned: live('scanned'),
    confirming: live('confirming'),
    wrong_digits: { ...live('confirming'), digits: { action: '/qr/digits', isWrong: true } },
    approved: live('approved'),
    denied: { state: 'denied', refreshAction: '/qr/refresh' },
    expired: { state: 'expired', refreshAction: '/qr/refresh' },
    failed: { state: 'failed', refreshAction: '/qr/refresh' },
    rate_limited: { state: 'rate_limited', retryAfterMinutes: 1 },
  },
};

const Live = ({ props, ui }: { props: QrLive; ui: Ui }) => (
  <div id="qr" data-state={props.state} {...pollAttributes(props.poll, ui)}>
    <Card title={ui.t('qr.title')} wide>
      <div class="qr-panel">
        <div class="qr-code" role="img" aria-label={ui.t('qr.label')} dangerouslySetInnerHTML={{ __html: props.svg }} />
        <Status text={ui.t(`qr.status.${props.state}`)} />
        <DigitsForm digits={props.digits} ui={ui} />
        <p class="qr-expiry">
          {ui.t('qr.expires')} <Countdown seconds={props.expiresIn} />
        </p>
        <RefreshForm action={props.refreshAction} ui={ui} />
      </div>
      <div class="qr-guide">
        <ol class="steps">
          <li>{ui.t('qr.step.open')}</li>
          <li>{ui.t('qr.step.scan')}</li>
          <li>{ui.t('qr.step.confirm')}</li>
        </ol>
        <UserCode code={props.userCode} label={ui.t('qr.code')} />
        <p class="qr-manual">
          {ui.t('qr.manual')} <span class="address">{props.verificationUri}</span>
        </p>
        <PasswordInstead ui={ui} />
      </div>
    </Card>
  </div>
);

/** Announced by screen readers when the script changes it (WCAG 2.2, 4.1.3). */
export const Status = ({ text }: { text: string }) => (
  <p class="qr-status" role="status">
    <span class="dot" aria-hidden="true" />
    <span data-status>{text}</span>
  </p>
);

export const DigitsForm = ({ digits: { action, isWrong }, ui }: { digits: QrLive['digits']; ui: Ui }) => (
  <PostForm ui={ui} action={action} class="qr-digits stack">
    <Field
      name="digits"
      class="code-input"
      label={ui.t('qr.digits')}
      autocomplete="off"
      inputmode="numeric"
      minlength={2}
      maxlength={2}
    />
    <p class="field-error" role="alert" data-digits-wrong={ui.t('qr.digits.wrong')}>
      {isWrong ? ui.t('qr.digits.wrong') : null}
    </p>
    <Button label={ui.t('qr.digits.submit')} />
  </PostForm>
);

const RefreshForm = ({ action, ui }: { action: string; ui: Ui }) => (
  <PostForm ui={ui} action={action} class="qr-refresh">
    <Button label={ui.t('qr.refresh')} />
  </PostForm>
);

const PasswordInstead = ({ ui }: { ui: Ui }) => (
  <p>
    <a href="/account">{ui.t('qr.password')}</a>
  </p>
);

const Ended = ({ props, ui }: { props: QrEnded; ui: Ui }) => (
  <Card title={ui.t('qr.title')}>
    <Alert tone="warning">{ui.t(`qr.status.${props.state}`)}</Alert>
    <PostForm ui={ui} action={props.refreshAction}>
      <Button label={ui.t('qr.refresh')} />
    </PostForm>
    <PasswordInstead ui={ui} />
  </Card>
);

const RateLimited = ({ props, ui }: { props: { retryAfterMinutes: number }; ui: Ui }) => (
  <Card title={ui.t('qr.title')}>
    <Alert tone="warning">{ui.t('qr.status.rate_limited', { minutes: props.retryAfterMinutes })}</Alert>
    <LinkButton kind="secondary" href="/account" label={ui.t('qr.password')} />
  </Card>
);

function pollAttributes(poll: QrPoll, ui: Ui): Record<string, string | number> {
  const texts = STATUSES.map((status) => [`data-text-${status}`, ui.t(`qr.status.${status}` satisfies MessageKey)]);
  return {
    'data-token-endpoint': poll.tokenEndpoint,
    'data-client-id': poll.clientId,
    'data-device-code': poll.deviceCode,
    'data-interval': poll.interval,
    'data-events-uri': poll.eventsUri,
    'data-state-url': poll.stateUrl,
    'data-check-uri': poll.checkUri,
    'data-session-url': poll.sessionUrl,
    'data-csrf': ui.csrf,
    ...Object.fromEntries(texts),
  };
}

function live(state: QrLive['state']): QrLive {
  return {
    state,
    svg: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29"><path fill="#fff" d="M0 0h29v29H0z"/></svg>',
    userCode: 'WDJB-MJHT',
    verificationUri: 'https://id.tokenim.example/device',
    expiresIn: 179,
    refreshAction: '/qr/refresh',
    digits: { action: '/qr/digits', isWrong: false },
    poll: {
      tokenEndpoint: '/token',
      clientId: 'tokenim-web',
      deviceCode: 'GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS',
      interval: 5,
      eventsUri: '/qr/events/k3Jd.Zm9v',
      stateUrl: '/qr/state',
      checkUri: '/qr/check/ab12cd.ef34gh',
      sessionUrl: '/qr/session',
    },
  };
}
