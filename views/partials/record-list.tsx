// Authorization records as administrators read them: what, by whom, to whom, from where, and all that it says beside. The type
// is shown as it stands, because it is what records are asked for by.
import type { Ui } from '../../src/web/view.ts';
import { browserText } from './origin.ts';
import { Time } from './time.tsx';

/** An account, as far as it is still known. */
export interface Named {
  id: string;
  name: string;
  /** There is a page about it. */
  isKnown: boolean;
}

export interface RecordFace {
  id: string;
  at: Date;
  type: string;
  state: 'success' | 'failure';
  reason?: string | undefined;
  actor?: Named | undefined;
  /** The application that the actor used, where it was one. */
  via?: string | undefined;
  account?: Named | undefined;
  client?: string | undefined;
  scopes: readonly string[];
  address?: string | undefined;
  userAgent?: string | undefined;
  requestId?: string | undefined;
  details: readonly { name: string; value: string }[];
}

export const RecordList = ({ records, ui }: { records: readonly RecordFace[]; ui: Ui }) =>
  records.length === 0 ? (
    <p>{ui.t('admin.records.none')}</p>
  ) : (
    <ol class="log records">
      {records.map((record) => (
        <Entry of={record} ui={ui} />
      ))}
    </ol>
  );

const Entry = ({ of: record, ui }: { of: RecordFace; ui: Ui }) => (
  <li>
    <div class="key-head">
      <code>{record.type}</code>
      {record.state === 'failure' ? (
        <span class="chip bad">{record.reason ?? ui.t('admin.records.failed')}</span>
      ) : null}
      {record.state === 'success' && record.reason !== undefined ? <span class="chip">{record.reason}</span> : null}
      <Time at={record.at} ui={ui} />
    </div>
    <About of={record} ui={ui} />
    {record.scopes.length === 0 ? null : (
      <p>
        {record.scopes.map((scope) => (
          <code class="chip">{scope}</code>
        ))}
      </p>
    )}
    <Details of={record} />
    <p class="fine">
      {record.address === undefined ? null : <bdi class="address">{record.address}</bdi>}
      {record.userAgent === undefined ? null : ` · ${browserText(record.userAgent, ui)}`}
      {record.requestId === undefined ? null : (
        <>
          {' · '}
          {ui.t('admin.records.request')} <code>{record.requestId}</code>
        </>
      )}
    </p>
  </li>
);

/** Who did it, and to whom where that is somebody else. */
const About = ({ of: { actor, via, account, client }, ui }: { of: RecordFace; ui: Ui }) => (
  <p>
    {actor === undefined ? null : (
      <>
        {ui.t('admin.records.by')} <AccountLink of={actor} />
      </>
    )}
    {via === undefined ? null : (
      <span class="muted">
        {' '}
        {ui.t('admin.records.via')} <bdi>{via}</bdi>
      </span>
    )}
    {account === undefined || account.id === actor?.id ? null : (
      <>
        {' → '}
        <AccountLink of={account} />
      </>
    )}
    {client === undefined || client === actor?.id ? null : (
      <>
        {' · '}
        <bdi>{client}</bdi>
      </>
    )}
  </p>
);

export const AccountLink = ({ of: { id, name, isKnown } }: { of: Named }) =>
  isKnown ? (
    <a href={`/admin/people/${encodeURIComponent(id)}`}>
      <bdi>{name}</bdi>
    </a>
  ) : (
    <bdi>{name}</bdi>
  );

const Details = ({ of: { details } }: { of: Pick<RecordFace, 'details'> }) =>
  details.length === 0 ? null : (
    <dl class="facts roomy details">
      {details.map(({ name, value }) => (
        <>
          <dt>{name}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </>
      ))}
    </dl>
  );

export const recordSamples = {
  act: {
    id: 'e1',
    at: new Date('2026-11-21T08:30:00Z'),
    type: 'account.role_granted',
    state: 'success',
    actor: { id: 'a1', name: 'lin@example.com', isKnown: true },
    via: 'tokenim-admin',
    account: { id: 'a2', name: 'wang@example.com', isKnown: true },
    scopes: [],
    address: '192.0.2.7',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0',
    requestId: '4f0c7a52',
    details: [{ name: 'role', value: 'support' }],
  },
  refused: {
    id: 'e2',
    at: new Date('2026-11-21T08:29:00Z'),
    type: 'token.refused',
    state: 'failure',
    reason: 'invalid_scope',
    actor: { id: 'crm', name: 'crm', isKnown: false },
    client: 'crm',
    scopes: ['calls:read'],
    address: '2001:db8::1',
    details: [],
  },
  bare: {
    id: 'e3',
    at: new Date('2026-11-21T08:00:00Z'),
    type: 'server.started',
    state: 'failure',
    scopes: [],
    details: [],
  },
  told: {
    id: 'e4',
    at: new Date('2026-11-20T08:00:00Z'),
    type: 'key.revoked',
    state: 'success',
    reason: 'leaked',
    actor: { id: 'anonymous', name: 'anonymous', isKnown: false },
    client: 'tim_live_h0HvRNLHeGrt',
    scopes: [],
    details: [],
  },
} as const satisfies Record<string, RecordFace>;
