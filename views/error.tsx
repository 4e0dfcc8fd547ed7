// The page for every refusal: what happened in plain words, what to do next, and the number that finds it in the log.
// `web/middleware/error-handler.ts` and the provider's `renderError` answer with it.
import { isMessageKey } from '../src/web/i18n.ts';
import type { Translate, View, Ui } from '../src/web/view.ts';
import { Outcome, type Tone } from './partials/card.tsx';
import { LinkButton } from './partials/form.tsx';
import type { IconName } from './partials/icon.tsx';

export interface ErrorProps {
  /** HTTP status. */
  status: number;
  /** Stable code of a DomainError or of RFC 6749 §4.1.2.1; one without words gets those of its status. */
  code: string;
  /** A sentence for the application's developer, such as `error_description`. */
  detail?: string | undefined;
  /** Seconds to wait (RFC 9110 §10.2.3). */
  retryAfter?: number | undefined;
  /** The right address of this server, for `misdirected`. */
  address?: string | undefined;
}

const KNOWN = [
  ['not_found', 404],
  ['invalid', 400],
  ['forbidden', 403],
  ['unauthenticated', 401],
  ['csrf', 403],
  ['too_large', 413],
  ['internal', 500],
  ['expired', 410],
  ['conflict', 409],
  ['method_not_allowed', 405],
  ['client_not_allowed', 403],
  ['last_administrator', 409],
  ['nothing_chosen', 400],
  ['invalid_request', 400],
  ['invalid_client', 400],
  ['unauthorized_client', 400],
  ['redirect_uri_mismatch', 400],
  ['access_denied', 403],
  ['session_not_found', 400],
] as const;

/** What stands in for a code without words of its own. */
const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  410: 'expired',
  413: 'too_large',
  429: 'throttled',
  500: 'internal',
  503: 'unavailable',
};

export const errorPage: View<ErrorProps> = {
  name: 'error',
  title: (props, { t }) => explain(props, t).title,
  body: (props, ui) => {
    const { title, text } = explain(props, ui.t);
    return (
      <Outcome {...faceOf(props.status)} title={title} text={text}>
        {props.retryAfter === undefined ? null : (
          <p>{ui.t('error.retry', { minutes: Math.ceil(props.retryAfter / 60) })}</p>
        )}
        <Next props={props} ui={ui} />
        <Trace props={props} ui={ui} />
      </Outcome>
    );
  },
  samples: {
    ...Object.fromEntries(KNOWN.map(([code, status]) => [code, { status, code }])),
    throttled: { status: 429, code: 'throttled', retryAfter: 300 },
    unavailable: { status: 503, code: 'unavailable', retryAfter: 30 },
    misdirected: { status: 421, code: 'misdirected', address: 'https://id.tokenim.example' },
    with_detail: { status: 400, code: 'invalid_request', detail: "missing required parameter 'client_id'" },
    words_of_status: { status: 400, code: 'invalid_target' },
    general_words: { status: 422, code: 'check_failed' },
  },
};

const Next = ({ props: { code, address }, ui: { t } }: { props: ErrorProps; ui: Ui }) => {
  if (address !== undefined) {
    return (
      <LinkButton href={address} label={t('error.next.address', { address: address.replace(/^https?:\/\//, '') })} />
    );
  }
  return code === 'unauthenticated' ? (
    <LinkButton href="/account" label={t('error.next.sign_in')} />
  ) : (
    <LinkButton kind="secondary" href="/" label={t('error.next.home')} />
  );
};

const Trace = ({ props: { code, status, detail }, ui: { t, requestId } }: { props: ErrorProps; ui: Ui }) => (
  <dl class="facts trace">
    {detail === undefined ? null : (
      <>
        <dt>{t('error.detail')}</dt>
        <dd>
          <bdi>{detail}</bdi>
        </dd>
      </>
    )}
    <dt>{t('error.code')}</dt>
    <dd>
      <code>{`${code} (${status})`}</code>
    </dd>
    <dt>{t('error.request_id')}</dt>
    <dd>
      <code>{requestId}</code>
    </dd>
  </dl>
);

/** The words of the code, else those of the status, else general ones. */
function explain({ code, status }: ErrorProps, t: Translate): { title: string; text: string } {
  for (const name of [code, BY_STATUS[status]]) {
    const title = `error.${name}.title`;
    const text = `error.${name}.text`;
    if (isMessageKey(title) && isMessageKey(text)) return { title: t(title), text: t(text) };
  }
  return { title: t('error.other.title'), text: t('error.other.text') };
}

function faceOf(status: number): { icon: IconName; tone: Tone } {
  if (status >= 500) return { icon: 'alert', tone: 'bad' };
  if (status === 404) return { icon: 'question', tone: 'neutral' };
  if (status === 401 || status === 403) return { icon: 'shield', tone: 'neutral' };
  return status === 410 || status === 429 ? { icon: 'clock', tone: 'warning' } : { icon: 'alert', tone: 'warning' };
}
