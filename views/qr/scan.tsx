// Signing in to an application by scanning: as `sign-in.tsx`, but the device code stays on the server, which also finishes.
// `assets/scan-sign-in.js` asks how it stands; without it the page loads itself again.
import type { Ui, View } from '../../src/web/view.ts';
import { Card } from '../partials/card.tsx';
import { ClientMark, type ClientFace } from '../partials/client.tsx';
import { Button, PostForm } from '../partials/form.tsx';
import {
  Ended,
  type LiveState,
  QrGuide,
  QrPanel,
  RateLimited,
  SECONDS_BETWEEN_RELOADS,
  stateTexts,
} from './waiting.tsx';

export interface ScanCode {
  state: LiveState | 'denied' | 'expired';
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

const STATUSES = ['pending', 'scanned', 'confirming', 'approved', 'denied', 'expired', 'offline'] as const;

export const scanSignIn: View<ScanProps> = {
  name: 'qr/scan',
  title: (_props, { t }) => t('qr.title'),
  scripts: ['scan-sign-in.js'],
  // Not while digits are typed: the form's own answer leads on.
  refreshWithoutScript: ({ scan: { state } }) =>
    state === 'pending' || state === 'scanned' ? SECONDS_BETWEEN_RELOADS : undefined,
  body: (props, ui) => {
    const { scan, action, passwordHref } = props;
    if (scan.state !== 'rate_limited' && scan.state !== 'denied' && scan.state !== 'expired') {
      return <Live scan={{ ...scan, state: scan.state }} props={props} ui={ui} />;
    }
    return (
      <Card title={ui.t('qr.title')} lead={lead(props, ui)} mark={mark(props)}>
        {scan.state === 'rate_limited' ? (
          <RateLimited ui={ui} minutes={scan.retryAfterMinutes} passwordHref={passwordHref} />
        ) : (
          <Ended ui={ui} state={scan.state} refreshAction={action} passwordHref={passwordHref} />
        )}
      </Card>
    );
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

const Live = ({ scan, props, ui }: { scan: ScanCode & { state: LiveState }; props: ScanProps; ui: Ui }) => (
  <div
    id="scan"
    data-state={scan.state}
    data-state-url={props.stateUrl}
    data-events-uri={scan.eventsUri}
    {...stateTexts(STATUSES, ui)}
  >
    <Card title={ui.t('qr.title')} lead={lead(props, ui)} mark={mark(props)} wide>
      <QrPanel
        ui={ui}
        {...scan}
        refreshAction={props.action}
        digits={{ action: props.digitsAction, isWrong: scan.digitsWrong === true }}
      >
        <PostForm ui={ui} action={props.finishAction} class="qr-finish">
          <Button label={ui.t('scan.continue')} />
        </PostForm>
      </QrPanel>
      <QrGuide ui={ui} {...scan} passwordHref={props.passwordHref} />
    </Card>
  </div>
);

const mark = ({ client }: ScanProps) => (client === undefined ? undefined : <ClientMark client={client} />);

const lead = ({ client }: ScanProps, { t }: Ui): string =>
  client === undefined ? t('sign_in.lead.application_unnamed') : t('sign_in.lead.application', { client: client.name });

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
