// Signing in to an application by scanning: as `sign-in.tsx`, but the device code stays on the server, which also finishes.
// `assets/scan-sign-in.js` asks how it stands; without it the page loads itself again.
import type { Ui, View } from '../../src/web/view.ts';
import { Alert, Card } from '../partials/card.tsx';
import { ClientMark, type ClientFace } from '../partials/client.tsx';
import { Button, LinkButton, PostForm } from '../partials/form.tsx';
import { Countdown, UserCode } from '../partials/user-code.tsx';
import { DigitsForm, type QrLive, Status } from './sign-in.tsx';

export interface ScanCode {
  state: QrLive['state'] | 'denied' | 'expired';
  /** The QR as SVG markup drawn by this server. Inserted without escaping. */
  svg: string;
  userCode: string;
  verificationUri: string;
  /** Server-sent events `{"state","seq"}`: hints only. */
  eventsUri: string;
  /** Seconds. */
  expiresIn: number;
  /** The digits just typed were not those on the phone. */
  digitsWrong?: boolean;
}

export interface ScanProps {
  client?: ClientFace | undefined;
  /** Takes a POST that shows a new code. */
  action: string;
  /** Takes the digits of the check. */
  digitsAction: string;
  /** Takes a POST that signs in, once the phone has approved. */
  finishAction: string;
  /** Answers `{"state"}`. */
  stateUrl: string;
  passwordHref: string;
  scan: ScanCode | { state: 'rate_limited'; retryAfterMinutes: number };
}

const SECONDS_BETWEEN_RELOADS = 5;
const STATUSES = ['pending', 'scanned', 'confirming', 'approved', 'denied', 'expired', 'offline'] as const;

export const scanSignIn: View<ScanProps> = {
  name: 'qr/scan',
  title: (_props, { t }) => t('qr.title'),
  scripts: ['scan-sign-in.js'],
  // Not while digits are typed: the form's own answer leads on.
  refreshWithoutScript: ({ scan: { state } }) =>
    state === 'pending' || state === 'scanned' ? SECONDS_BETWEEN_RELOADS : undefined,
  body: (props, ui) => {
    const { scan } = props;
    if (scan.state === 'rate_limited') return <RateLimited minutes={scan.retryAfterMinutes} props={props} ui={ui} />;
    if (scan.state === 'denied' || scan.state === 'expired') return <Ended state={scan.state} props={props} ui={ui} />;
    return <Live scan={scan} props={props} ui={ui} />;
  },
  samples: {
    pending: sample('pending'),
    scanned: sample('scanned'),
    confirming: sample('confirming'),
    wrong_digits: sample('confirming', true),
    approved: sample('approved'),
    denied: sample('denied'),
    expired: sample('expired'),
    unnamed_application: { ...sample('pending'), client: undefined },
    rate_limited: { ...sample('pending'), scan: { state: 'rate_limited', retryAfterMinutes: 1 } },
  },
};

interface Part {
  props: ScanProps;
  ui: Ui;
}

const Live = ({ scan, props, ui }: Part & { scan: ScanCode }) => (
  <div
    id="scan"
    data-state={scan.state}
    data-state-url={props.stateUrl}
    data-events-uri={scan.eventsUri}
    {...texts(ui)}
  >
    <Card title={ui.t('qr.title')} lead={lead(props, ui)} mark={mark(props)} wide>
      <div class="qr-panel">
        <div class="qr-code" role="img" aria-label={ui.t('qr.label')} dangerouslySetInnerHTML={{ __html: scan.svg }} />
        <Status text={ui.t(`qr.status.${scan.state}`)} />
        <DigitsForm digits={{ action: props.digitsAction, isWrong: scan.digitsWrong === true }} ui={ui} />
        <p class="qr-expiry">
          {ui.t('qr.expires')} <Countdown seconds={scan.expiresIn} />
        </p>
        <NewCode props={props} ui={ui} />
        <PostForm ui={ui} action={props.finishAction} class="qr-finish">
          <Button label={ui.t('scan.continue')} />
        </PostForm>
      </div>
      <div class="qr-guide">
        <ol class="steps">
          <li>{ui.t('qr.step.open')}</li>
          <li>{ui.t('qr.step.scan')}</li>
          <li>{ui.t('qr.step.confirm')}</li>
        </ol>
        <UserCode code={scan.userCode} label={ui.t('qr.code')} />
        <p class="qr-manual">
          {ui.t('qr.manual')} <span class="address">{scan.verificationUri}</span>
        </p>
        <PasswordInstead props={props} ui={ui} />
      </div>
    </Card>
  </div>
);

const Ended = ({ state, props, ui }: Part & { state: 'denied' | 'expired' }) => (
  <Card title={ui.t('qr.title')} lead={lead(props, ui)} mark={mark(props)}>
    <Alert tone="warning">{ui.t(`qr.status.${state}`)}</Alert>
    <PostForm ui={ui} action={props.action}>
      <Button label={ui.t('qr.refresh')} />
    </PostForm>
    <PasswordInstead props={props} ui={ui} />
  </Card>
);

const RateLimited = ({ minutes, props, ui }: Part & { minutes: number }) => (
  <Card title={ui.t('qr.title')} lead={lead(props, ui)} mark={mark(props)}>
    <Alert tone="warning">{ui.t('qr.status.rate_limited', { minutes })}</Alert>
    <LinkButton kind="secondary" href={props.passwordHref} label={ui.t('qr.password')} />
  </Card>
);

const NewCode = ({ props, ui }: Part) => (
  <PostForm ui={ui} action={props.action} class="qr-refresh">
    <Button label={ui.t('qr.refresh')} />
  </PostForm>
);

const PasswordInstead = ({ props, ui }: Part) => (
  <p>
    <a href={props.passwordHref}>{ui.t('qr.password')}</a>
  </p>
);

const mark = ({ client }: ScanProps) => (client === undefined ? undefined : <ClientMark client={client} />);

const lead = ({ client }: ScanProps, { t }: Ui): string =>
  client === undefined ? t('sign_in.lead.application_unnamed') : t('sign_in.lead.application', { client: client.name });

const texts = ({ t }: Ui): Record<string, string> =>
  Object.fromEntries(STATUSES.map((status) => [`data-text-${status}`, t(`qr.status.${status}`)]));

function sample(state: ScanCode['state'], digitsWrong = false): ScanProps {
  return {
    client: { name: 'Harbour CRM', uri: 'https://crm.example' },
    action: '/interaction/k3v9/qr',
    digitsAction: '/interaction/k3v9/qr/digits',
    finishAction: '/interaction/k3v9/qr/finish',
    stateUrl: '/interaction/k3v9/qr/state',
    passwordHref: '/interaction/k3v9',
    scan: {
      state,
      svg: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29"><path fill="#fff" d="M0 0h29v29H0z"/></svg>',
      userCode: 'WDJB-MJHT',
      verificationUri: 'https://id.tokenim.example/device',
      eventsUri: '/qr/events/k3Jd.Zm9v',
      expiresIn: 179,
      digitsWrong,
    },
  };
}
