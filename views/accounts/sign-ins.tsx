// `/account/sign-ins`: where the person is signed in, who signed in before, and the way to end what was not them.
import type { ComponentChildren } from 'preact';
import type { Place } from '../../src/geo/place.ts';
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Done } from '../../src/web/done.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { AccountPage } from '../partials/account-page.tsx';
import { Button, PostForm } from '../partials/form.tsx';
import { browserText, placeText } from '../partials/origin.ts';
import { Time } from '../partials/time.tsx';
import { parseUserAgent } from '../partials/user-agent.ts';

export interface SignInEntry {
  /** The field by which a form names it. */
  target: { session: string } | { sign_in: string };
  at: Date;
  lastUsedAt?: Date | undefined;
  /** RFC 8176. */
  amr: readonly string[];
  /** The application that it was for. */
  application?: string | undefined;
  /** Unknown of a session that is older than the records. */
  origin?: { userAgent: string; address: string; place?: Place | undefined } | undefined;
  isCurrent?: boolean;
  isDisowned?: boolean;
}

export interface SignInsProps {
  endAction: string;
  disownAction: string;
  sessions: readonly SignInEntry[];
  devices: readonly SignInEntry[];
  former: readonly SignInEntry[];
  done?: Done | undefined;
}

export const signIns: View<SignInsProps> = {
  name: 'accounts/sign-ins',
  title: (_props, { t }) => t('sign_ins.title'),
  body: (props, ui) => (
    <AccountPage ui={ui} tab="/account/sign-ins" title={ui.t('sign_ins.title')} done={props.done}>
      <Section title={ui.t('sign_ins.sessions')} entries={props.sessions}>
        {(entry) => <Entry entry={entry} props={props} ui={ui} canEnd />}
      </Section>
      <Section title={ui.t('sign_ins.devices')} entries={props.devices}>
        {(entry) => <Entry entry={entry} props={props} ui={ui} canEnd />}
      </Section>
      <Section title={ui.t('sign_ins.former')} entries={props.former}>
        {(entry) => <Entry entry={entry} props={props} ui={ui} />}
      </Section>
      <p class="fine">{ui.t('sign_ins.approximate')}</p>
    </AccountPage>
  ),
  samples: samples(),
};

const Section = ({
  title,
  entries,
  children,
}: {
  title: string;
  entries: readonly SignInEntry[];
  children: (entry: SignInEntry) => ComponentChildren;
}) =>
  entries.length === 0 ? null : (
    <section class="group">
      <h2>{title}</h2>
      <ul class="sign-ins">{entries.map(children)}</ul>
    </section>
  );

const Entry = ({
  entry,
  props,
  ui,
  canEnd = false,
}: {
  entry: SignInEntry;
  props: SignInsProps;
  ui: Ui;
  canEnd?: boolean;
}) => (
  <li>
    <div class="sign-in">
      <strong>
        <What entry={entry} ui={ui} />
      </strong>
      {entry.isCurrent ? <span class="chip">{ui.t('sign_ins.current')}</span> : null}
      {entry.isDisowned ? <span class="chip bad">{ui.t('sign_ins.disowned')}</span> : null}
      <p class="muted">
        <Where entry={entry} ui={ui} />
      </p>
      <p class="muted">
        <Time at={entry.at} ui={ui} /> · {methodText(entry.amr, ui)}
      </p>
      {entry.lastUsedAt === undefined ? null : (
        <p class="muted">
          {ui.t('sign_ins.last_used')} <Time at={entry.lastUsedAt} ui={ui} />
        </p>
      )}
    </div>
    {entry.isDisowned ? null : <Acts entry={entry} props={props} ui={ui} canEnd={canEnd} />}
  </li>
);

/** What a TV calls itself is no browser that we know: then the application's name says more. */
const What = ({ entry: { application, origin }, ui }: { entry: SignInEntry; ui: Ui }) => {
  if (application === undefined) return <>{browserText(origin?.userAgent, ui)}</>;
  const isKnown = parseUserAgent(origin?.userAgent) !== undefined;
  return (
    <>
      <bdi>{application}</bdi>
      {isKnown ? ` · ${browserText(origin?.userAgent, ui)}` : null}
    </>
  );
};

const Where = ({ entry: { origin }, ui }: { entry: SignInEntry; ui: Ui }) => {
  if (origin === undefined) return <>{ui.t('sign_ins.unknown')}</>;
  const place = origin.place && placeText(origin.place, ui);
  return (
    <>
      {place === undefined ? null : (
        <>
          <bdi>{place}</bdi> ·{' '}
        </>
      )}
      <bdi class="address">{origin.address}</bdi>
    </>
  );
};

/** Nobody disowns the browser that they sit at; it is signed out. */
const Acts = ({
  entry,
  props: { endAction, disownAction },
  ui,
  canEnd,
}: {
  entry: SignInEntry;
  props: SignInsProps;
  ui: Ui;
  canEnd: boolean;
}) => (
  <div class="acts">
    {canEnd ? (
      <PostForm ui={ui} action={endAction} hidden={entry.target}>
        <Button kind="secondary" label={ui.t(entry.isCurrent ? 'account.sign_out' : 'sign_ins.end')} />
      </PostForm>
    ) : null}
    {entry.isCurrent ? null : (
      <PostForm ui={ui} action={disownAction} hidden={entry.target}>
        <Button kind="secondary" label={ui.t('sign_ins.disown')} />
      </PostForm>
    )}
  </div>
);

/** Registered and our own values of `amr`, in the order in which they are said. */
const METHODS: Readonly<Record<string, MessageKey>> = {
  qr: 'sign_ins.method.qr',
  pwd: 'sign_ins.method.pwd',
  otp: 'sign_ins.method.otp',
  hwk: 'sign_ins.method.key',
  swk: 'sign_ins.method.key',
  pop: 'sign_ins.method.key',
};

/** A scan stands for itself: the other methods are those of the phone. */
function methodText(amr: readonly string[], { t }: Ui): string {
  const shown = amr.includes('qr') ? ['qr'] : Object.keys(METHODS).filter((method) => amr.includes(method));
  const keys = new Set(shown.flatMap((method) => METHODS[method] ?? []));
  return keys.size === 0 ? t('sign_ins.method.other') : [...keys].map((key) => t(key)).join(' + ');
}

function samples(): Record<string, SignInsProps> {
  const actions = { endAction: '/account/sign-ins/end', disownAction: '/account/sign-ins/disown' };
  const chrome =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';
  const phone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1';
  const place: Place = {
    country: 'NL',
    names: {
      en: { country: 'Netherlands', city: 'Rotterdam' },
      'zh-CN': { country: '荷兰', city: '鹿特丹' },
      'zh-TW': { country: '荷蘭', city: '鹿特丹' },
    },
  };
  const at = new Date('2026-11-20T09:30:00Z');
  const here = { userAgent: chrome, address: '203.0.113.24', place };
  const current: SignInEntry = {
    target: { session: 's1' },
    at,
    lastUsedAt: new Date('2026-11-21T07:05:00Z'),
    amr: ['pwd'],
    origin: here,
    isCurrent: true,
  };
  const scanned: SignInEntry = {
    target: { session: 's2' },
    at,
    lastUsedAt: at,
    amr: ['pwd', 'qr'],
    application: 'Harbour CRM',
    origin: { userAgent: phone, address: '2001:db8::7' },
  };
  const device: SignInEntry = {
    target: { sign_in: 'd1' },
    at,
    amr: ['pwd', 'qr'],
    application: 'Living Room TV',
    origin: { ...here, userAgent: 'TV/1.0' },
  };
  const stranger: SignInEntry = { target: { sign_in: 'f1' }, at, amr: ['pwd', 'otp'], origin: here, isDisowned: true };
  const former: SignInEntry = { target: { sign_in: 'f2' }, at, amr: ['hwk'], origin: here };
  const bare: SignInEntry = { target: { session: 's3' }, at, lastUsedAt: at, amr: [] };
  return {
    all: { ...actions, sessions: [current, scanned], devices: [device], former: [stranger, former] },
    one: { ...actions, sessions: [{ ...bare, isCurrent: true }], devices: [], former: [], done: 'signed_out' },
  };
}
