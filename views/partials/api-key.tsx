// What pages say of an API key: its state, its scopes, and when what happened to it.
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui } from '../../src/web/view.ts';
import type { KeyFace } from '../../src/api-keys/faces.ts';

import { dayText, Time } from './time.tsx';

export const KEY_STATES: Readonly<Record<KeyFace['state'], { tone: string; label: MessageKey }>> = {
  active: { tone: 'good', label: 'keys.state.active' },
  expired: { tone: 'warning', label: 'keys.state.expired' },
  disabled: { tone: 'warning', label: 'keys.state.disabled' },
  revoked: { tone: 'bad', label: 'keys.state.revoked' },
};
/** From here on a key asks for attention. */
const SOON_DAYS = 14;

export const KeyState = ({ of: { state }, ui }: { of: Pick<KeyFace, 'state'>; ui: Ui }) => (
  <span class={`chip ${KEY_STATES[state].tone}`}>{ui.t(KEY_STATES[state].label)}</span>
);

export const Expiry = ({ of: { state, expiresAt, daysLeft }, ui }: { of: KeyFace; ui: Ui }) => {
  if (state !== 'active') return <>{dayText(ui.locale, expiresAt)}</>;
  const left = daysLeft <= 1 ? ui.t('keys.left.today') : ui.t('keys.left', { days: daysLeft });
  return (
    <>
      {dayText(ui.locale, expiresAt)} ·{' '}
      {daysLeft <= SOON_DAYS ? <strong class="soon whole">{left}</strong> : <span class="muted whole">{left}</span>}
    </>
  );
};

export const LastUse = ({ of: { lastUsed }, ui }: { of: Pick<KeyFace, 'lastUsed'>; ui: Ui }) =>
  lastUsed === undefined ? (
    <>{ui.t('keys.never_used')}</>
  ) : (
    <>
      <Time at={lastUsed.at} ui={ui} />
      {lastUsed.address === undefined ? null : (
        <>
          {' '}
          · <bdi class="address">{lastUsed.address}</bdi>
        </>
      )}
      {lastUsed.userAgent === undefined || lastUsed.userAgent === '' ? null : (
        <>
          {' '}
          · <bdi class="muted">{lastUsed.userAgent}</bdi>
        </>
      )}
    </>
  );

const REVOKERS: Readonly<Record<NonNullable<KeyFace['revoked']>['code'], MessageKey>> = {
  owner: 'keys.revoked.owner',
  leak_report: 'keys.revoked.leaked',
  other: 'keys.revoked.other',
};

export const revokedText = ({ at, code }: NonNullable<KeyFace['revoked']>, ui: Ui): string =>
  ui.t(REVOKERS[code], { date: dayText(ui.locale, at) });

/** What has no effect is told apart, and why: of a role, with the roles that would grant it. */
export const KeyScopes = ({ of: { scopes }, ui }: { of: Pick<KeyFace, 'scopes'>; ui: Ui }) => (
  <ul class="rights">
    {scopes.map((scope) => (
      <li>
        <span>
          {scope.description} <code class="muted">{scope.name}</code>
          {scope.isGranted ? null : <span class="field-error"> {withoutEffect(scope, ui)}</span>}
        </span>
      </li>
    ))}
  </ul>
);

function withoutEffect({ because, roles }: KeyFace['scopes'][number], ui: Ui): string {
  if (because === 'never') return ui.t('keys.scope.never');
  if (because === 'resource') return ui.t('keys.scope.resource');
  return roles.length === 0 ? ui.t('keys.scope.nobody') : ui.t('keys.scope.missing', { roles: oneOf(roles, ui) });
}

const oneOf = (roles: readonly string[], { locale }: Ui): string =>
  new Intl.ListFormat(locale, { type: 'disjunction' }).format(roles);

const REASONS: Readonly<Record<string, MessageKey>> = {
  replaced: 'keys.reason.replaced',
  expired: 'keys.reason.expired',
  disabled: 'keys.reason.disabled',
  revoked: 'keys.reason.revoked',
  owner_inactive: 'keys.reason.owner_inactive',
  address_not_allowed: 'keys.reason.address_not_allowed',
};

export const reasonText = (code: string, { t }: Ui): string => t(REASONS[code] ?? 'keys.reason.unknown');

export const keySamples = {
  active: {
    clientId: 'tim_live_h0HvRNLHeGrt',
    name: 'CRM sync',
    service: undefined,
    state: 'active',
    scopes: [
      { name: 'messages:read', description: 'Read your messages', isGranted: true, roles: [] },
      {
        name: 'calls:read',
        description: 'See your call history',
        isGranted: false,
        because: 'role',
        roles: ['support', 'lead'],
      },
      { name: 'old:scope', description: 'old:scope', isGranted: false, because: 'role', roles: [] },
      { name: 'files:read', description: 'Read your files', isGranted: false, because: 'resource', roles: [] },
      { name: 'admin:read', description: 'See who may do what', isGranted: false, because: 'never', roles: [] },
    ],
    resource: 'https://im.tokenim.example/',
    addresses: ['203.0.113.0/24', '2001:db8::/32'],
    createdAt: new Date('2026-10-02T09:30:00Z'),
    expiresAt: new Date('2026-12-31T09:30:00Z'),
    daysLeft: 40,
    lastUsed: { at: new Date('2026-11-21T06:30:00Z'), address: '203.0.113.24', userAgent: 'crm-sync/2.4 (node 24)' },
    revoked: undefined,
    secrets: [
      {
        createdAt: new Date('2026-11-20T09:30:00Z'),
        expiresAt: undefined,
        lastUsedAt: new Date('2026-11-21T06:30:00Z'),
        isLatest: true,
      },
      {
        createdAt: new Date('2026-10-02T09:30:00Z'),
        expiresAt: new Date('2026-11-21T09:30:00Z'),
        lastUsedAt: new Date('2026-11-20T23:10:00Z'),
        isLatest: false,
      },
    ],
  },
  ending: {
    clientId: 'tim_live_QmV4D3FGRzb8',
    name: '夜间报表',
    service: 'reports',
    state: 'active',
    scopes: [{ name: 'messages:read', description: '读取你的消息', isGranted: true, roles: [] }],
    resource: undefined,
    addresses: [],
    createdAt: new Date('2026-08-25T09:30:00Z'),
    expiresAt: new Date('2026-11-23T09:30:00Z'),
    daysLeft: 2,
    lastUsed: undefined,
    revoked: undefined,
    secrets: [
      { createdAt: new Date('2026-08-25T09:30:00Z'), expiresAt: undefined, lastUsedAt: undefined, isLatest: false },
    ],
  },
  revoked: {
    clientId: 'tim_live_B8JPC6WKXTh2',
    name: 'Old laptop',
    service: undefined,
    state: 'revoked',
    scopes: [{ name: 'messages:read', description: 'Read your messages', isGranted: true, roles: [] }],
    resource: undefined,
    addresses: [],
    createdAt: new Date('2026-09-01T09:30:00Z'),
    expiresAt: new Date('2026-11-30T09:30:00Z'),
    daysLeft: 9,
    lastUsed: { at: new Date('2026-11-03T08:00:00Z'), address: '198.51.100.7', userAgent: 'curl/8.5.0' },
    revoked: { at: new Date('2026-11-04T10:00:00Z'), code: 'leak_report' },
    secrets: [],
  },
} as const satisfies Record<string, KeyFace>;

/** What a list says of each. */
export const KeyLines = ({ of: key, ui }: { of: KeyFace; ui: Ui }) => (
  <>
    <p>
      <code class="muted">{key.clientId}</code>
    </p>
    <p class="muted">
      <span class="named">{ui.t('keys.expires')}</span> <Expiry of={key} ui={ui} />
    </p>
    <p class="muted">
      <span class="named">{ui.t('keys.last_used')}</span> <LastUse of={key} ui={ui} />
    </p>
  </>
);
