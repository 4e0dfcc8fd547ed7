// The phone's confirm sheet: everything a person needs to tell their own sign-in from somebody else's (RFC 8628 §5.4,
// RFC 10027). `assets/qr-confirm.js` claims the code, so that the other screen can say "scanned".
import type { View, Ui } from '../../src/web/view.ts';
import { Alert, Card } from '../partials/card.tsx';
import { ClientCard, SignedInPerson, Unchecked, type ClientFace, type Person } from '../partials/client.tsx';
import { Decision, Field, PostForm } from '../partials/form.tsx';
import { Icon } from '../partials/icon.tsx';
import { ScopeChoices, type ScopeChoice } from '../partials/scope-choices.tsx';
import { ScopeList, type Scope } from '../partials/scope-list.tsx';
import { Countdown, UserCode } from '../partials/user-code.tsx';
import { browserText } from '../partials/origin.ts';

type Doubt = { code: 'new_browser' | 'other_place' | 'other_network' };

export interface ConfirmProps {
  action: string;
  /** Takes the claim of this code by this person, sent once by the script while the page is visible. */
  scanUrl: string;
  /** Which edition of the client this shows, where it had several. */
  edition?: string;
  client: ClientFace;
  /** To be compared with the other screen, or to be typed from it: then it is shown nowhere on the phone. */
  userCode: { kind: 'shown'; code: string } | { kind: 'asked'; isWrong: boolean };
  /** Required. */
  scopes: readonly Scope[];
  /** Optional. */
  choices: readonly ScopeChoice[];
  /** Asked for, and beyond what the person may give now. */
  unavailableScopes: readonly Scope[];
  /** Where the request came from. */
  device: { ip: string; userAgent?: string | undefined; location?: string | undefined };
  /** Where the phone is. */
  ownLocation?: string | undefined;
  /** What does not fit, if anything. */
  doubts: readonly Doubt[];
  /** Seconds. */
  expiresIn: number;
  person: Person;
  switchAction: string;
}

export const confirm: View<ConfirmProps> = {
  name: 'qr/confirm',
  title: (_props, { t }) => t('confirm.title'),
  scripts: ['qr-confirm.js'],
  body: (props, ui) => (
    <div id="confirm" data-scan-url={props.scanUrl} data-csrf={ui.csrf}>
      <Card
        title={ui.t('confirm.title')}
        lead={ui.t('confirm.lead', { client: props.client.name, person: props.person.name })}
      >
        <ClientCard client={props.client} />
        <Unchecked client={props.client} ui={ui} />
        {props.userCode.kind === 'shown' ? (
          <UserCode code={props.userCode.code} label={ui.t('confirm.compare')} />
        ) : null}
        <Origin props={props} ui={ui} />
        <Doubts props={props} ui={ui} />
        <ScopeList ui={ui} label={ui.t('confirm.scopes')} scopes={props.scopes} />
        <ScopeList ui={ui} label={ui.t('consent.unavailable')} scopes={props.unavailableScopes} kind="unavailable" />
        <Alert tone="warning" title={ui.t('confirm.warning.title')}>
          {ui.t('confirm.warning')}
        </Alert>
        <Answer props={props} ui={ui} />
        <SignedInPerson ui={ui} person={props.person} switchAction={props.switchAction} />
      </Card>
    </div>
  ),
  samples: {
    browser: sample({
      ip: '203.0.113.24',
      userAgent:
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
      location: 'Rotterdam, NL',
    }),
    terminal: sample({ ip: '2001:db8::7', userAgent: 'curl/8.9.1' }),
    unknown_browser: sample({ ip: '203.0.113.24' }),
    stranger: {
      ...sample({ ip: '203.0.113.24', location: 'Rotterdam, Netherlands' }),
      ownLocation: 'Essen, Germany',
      doubts: [{ code: 'new_browser' }, { code: 'other_place' }],
    },
    unchecked: {
      ...sample({ ip: '203.0.113.24' }),
      client: { name: 'TokenIM', unchecked: { at: new Date('2026-11-21T09:30:00Z') } },
    },
    other_network: { ...sample({ ip: '203.0.113.24' }), doubts: [{ code: 'other_network' }] },
    choices: {
      ...sample({ ip: '203.0.113.24' }),
      choices: [
        { name: 'calls:read', description: 'See call records', isChosen: true },
        { name: 'offline_access', isChosen: false },
      ],
      unavailableScopes: [{ name: 'calls:start', description: 'Start calls' }],
    },
    asked: { ...sample({ ip: '203.0.113.24' }), userCode: { kind: 'asked', isWrong: false } },
    asked_again: { ...sample({ ip: '203.0.113.24' }), userCode: { kind: 'asked', isWrong: true } },
  },
};

const DENY_FORM = 'deny';

/** Where a code is typed, denying is a form of its own: it needs no code, and Enter after the code approves. */
const Answer = ({ props: { action, edition, choices, userCode }, ui }: { props: ConfirmProps; ui: Ui }) => {
  const [approve, deny] = [ui.t('confirm.approve'), ui.t('confirm.deny')];
  if (userCode.kind === 'shown') {
    return (
      <PostForm ui={ui} action={action} hidden={{ edition }} class="stack">
        <ScopeChoices ui={ui} scopes={choices} />
        <Decision approve={approve} deny={deny} />
      </PostForm>
    );
  }
  return (
    <>
      <PostForm ui={ui} action={action} hidden={{ edition }} class="stack">
        <ScopeChoices ui={ui} scopes={choices} />
        <Field
          name="user_code"
          class="code-input"
          label={ui.t('confirm.type')}
          hint={ui.t('confirm.type.hint')}
          error={userCode.isWrong ? ui.t('confirm.type.wrong') : undefined}
          autocomplete="off"
          autocapitalize="characters"
          maxlength={32}
        />
        <Decision approve={approve} deny={deny} denyForm={DENY_FORM} />
      </PostForm>
      <PostForm ui={ui} action={action} id={DENY_FORM} />
    </>
  );
};

/** Beside the warning that always stands there: this one has a reason. */
const Doubts = ({ props: { doubts, device, ownLocation }, ui }: { props: ConfirmProps; ui: Ui }) =>
  doubts.length === 0 ? null : (
    <div class={doubts.some(({ code }) => code === 'other_place') ? 'alert bad' : 'alert warning'}>
      <Icon name="alert" />
      <div>
        <strong>{ui.t('confirm.doubt.title')}</strong>
        {doubts.map((doubt) => (
          <p>{doubtText(doubt, { place: device.location ?? '', own: ownLocation ?? '' }, ui)}</p>
        ))}
      </div>
    </div>
  );

function doubtText({ code }: Doubt, where: { place: string; own: string }, { t }: Ui): string {
  if (code === 'other_place') return t('confirm.doubt.other_place', where);
  return code === 'new_browser' ? t('confirm.doubt.new_browser') : t('confirm.doubt.other_network');
}

const Origin = ({ props: { device, expiresIn }, ui }: { props: ConfirmProps; ui: Ui }) => (
  <dl class="facts">
    <dt>{ui.t('confirm.browser')}</dt>
    <dd>{browserText(device.userAgent, ui)}</dd>
    <dt>{ui.t('confirm.address')}</dt>
    <dd>
      <bdi class="address">{device.ip}</bdi>
    </dd>
    {device.location === undefined ? null : (
      <>
        <dt>{ui.t('confirm.location')}</dt>
        <dd>
          <bdi>{device.location}</bdi>
        </dd>
      </>
    )}
    <dt>{ui.t('confirm.expires')}</dt>
    <dd>
      <Countdown seconds={expiresIn} />
    </dd>
  </dl>
);

function sample(device: ConfirmProps['device']): ConfirmProps {
  return {
    action: '/d/ab12cd',
    scanUrl: '/d/ab12cd/scan',
    client: { name: 'TokenIM Web', uri: 'https://id.tokenim.example' },
    userCode: { kind: 'shown', code: 'WDJB-MJHT' },
    scopes: [{ name: 'openid' }, { name: 'profile' }, { name: 'messages:read', description: 'Read messages' }],
    choices: [],
    unavailableScopes: [],
    device,
    doubts: [],
    expiresIn: 127,
    person: { name: 'Lin Xiaoyu', email: 'lin@example.com' },
    switchAction: '/d/ab12cd/switch',
  };
}
