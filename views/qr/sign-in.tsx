// `/qr`: the browser's side of signing in with the phone (RFC 8628 §3.3.1). `assets/qr-sign-in.js` polls while the page is
// open; without it the page loads itself again. Nothing here tells who scanned before the phone has approved.
import type { View, Ui } from '../../src/web/view.ts';
import { Card } from '../partials/card.tsx';
import {
  Ended,
  type LiveState,
  QrGuide,
  QrPanel,
  type QrPanelProps,
  RateLimited,
  SECONDS_BETWEEN_RELOADS,
  stateTexts,
} from './waiting.tsx';

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

export interface QrLive extends Omit<QrPanelProps, 'ui' | 'children'> {
  userCode: string;
  verificationUri: string;
  poll: QrPoll;
}

export interface QrEnded {
  state: 'denied' | 'expired' | 'failed';
  refreshAction: string;
}

export type QrSignInProps = QrLive | QrEnded | { state: 'rate_limited'; retryAfterMinutes: number };

const PASSWORD_HREF = '/account';
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
    return (
      <Card title={ui.t('qr.title')}>
        {props.state === 'rate_limited' ? (
          <RateLimited ui={ui} minutes={props.retryAfterMinutes} passwordHref={PASSWORD_HREF} />
        ) : (
          <Ended ui={ui} {...props} passwordHref={PASSWORD_HREF} />
        )}
      </Card>
    );
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
      <QrPanel ui={ui} {...props} />
      <QrGuide ui={ui} {...props} passwordHref={PASSWORD_HREF} />
    </Card>
  </div>
);

function pollAttributes(poll: QrPoll, ui: Ui): Record<string, string | number> {
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
    ...stateTexts(STATUSES, ui),
  };
}

function live(state: LiveState): QrLive {
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
