// `/admin/people/<id>`: one account, what it may do and why, what is open in its name, and what administrators do about it.
import type { ComponentChildren } from 'preact';
import type { KeyFace } from '../../src/api-keys/faces.ts';
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Done } from '../../src/web/done.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { AccountState } from '../partials/account-state.tsx';
import { actHref } from '../partials/act-link.ts';
import { AdminPage } from '../partials/admin-page.tsx';
import { Expiry, KeyState, keySamples, LastUse } from '../partials/api-key.tsx';
import { LinkButton, QueryForm, Select } from '../partials/form.tsx';
import { browserText } from '../partials/origin.ts';
import { AccountLink, type Named, type RecordFace, RecordList, recordSamples } from '../partials/record-list.tsx';
import { describe, type Scope } from '../partials/scope-list.tsx';
import { dayText, Time } from '../partials/time.tsx';
import type { ActName } from './act.tsx';
import type { PersonFace } from './people.tsx';

export interface HeldRole {
  name: string;
  description?: string | undefined;
  state: 'own' | 'default' | 'included';
  /** Roles that include it. */
  via: readonly string[];
}

export interface Seen {
  at: Date;
  lastUsedAt?: Date | undefined;
  /** The application, where it was one. */
  client?: string | undefined;
  address?: string | undefined;
  userAgent?: string | undefined;
  isDisowned?: boolean;
}

export interface PersonProps {
  person: PersonFace & { email?: string | undefined; createdAt: Date; deletionAt?: Date | undefined };
  /** Who look after a service account. */
  maintainers: readonly Named[];
  roles: readonly HeldRole[];
  grantable: readonly string[];
  scopes: readonly Scope[];
  factors: { passkeys: number; totp: number; recoveryCodes: number };
  sessions: readonly Seen[];
  apps: readonly { grantId: string; name: string; scopes: readonly Scope[]; since: Date }[];
  keys: readonly KeyFace[];
  signIns: readonly Seen[];
  records: readonly RecordFace[];
  mayWrite: boolean;
  done?: Done | undefined;
}

type Part = { of: PersonProps; ui: Ui };

export const personPage: View<PersonProps> = {
  name: 'admin/person',
  title: ({ person }) => person.name,
  body: (props, ui) => (
    <AdminPage ui={ui} tab="/admin/people" title={props.person.name} done={props.done}>
      <Facts of={props} ui={ui} />
      {props.mayWrite ? <Acts of={props} ui={ui} /> : null}
      <Roles of={props} ui={ui} />
      <Section title="admin.person.scopes" ui={ui} items={props.scopes}>
        {(scope) => (
          <li>
            <span>
              {describe(scope, ui.t)} <code class="muted">{scope.name}</code>
            </span>
          </li>
        )}
      </Section>
      <Section title="admin.person.sessions" ui={ui} items={props.sessions}>
        {(seen) => <SeenEntry of={seen} ui={ui} />}
      </Section>
      <Apps of={props} ui={ui} />
      <Keys of={props} ui={ui} />
      <Section title="admin.person.sign_ins" ui={ui} items={props.signIns}>
        {(seen) => <SeenEntry of={seen} ui={ui} />}
      </Section>
      <section class="section">
        <h2>{ui.t('admin.person.records')}</h2>
        <RecordList records={props.records} ui={ui} />
        <p>
          <a href={`/admin/records?${new URLSearchParams({ account: props.person.id })}`}>
            {ui.t('admin.person.all_records')}
          </a>
        </p>
      </section>
    </AdminPage>
  ),
  samples: samples(),
};

const hrefOf = (id: string): string => `/admin/people/${encodeURIComponent(id)}`;
const actOn = ({ person }: PersonProps, act: ActName, what: Readonly<Record<string, string>> = {}): string =>
  actHref(act, { account: person.id, ...what }, hrefOf(person.id));

function Section<T>({
  title,
  items,
  children,
  ui,
}: {
  title: MessageKey;
  items: readonly T[];
  children: (item: T) => ComponentChildren;
  ui: Ui;
}) {
  return items.length === 0 ? null : (
    <section class="section">
      <h2>{ui.t(title)}</h2>
      <ul class="rights">{items.map(children)}</ul>
    </section>
  );
}

const Facts = ({ of: { person, factors, maintainers }, ui }: Part) => (
  <dl class="facts roomy">
    <dt>{ui.t('keys.state')}</dt>
    <dd>
      <AccountState of={person.state} ui={ui} />
      {person.deletionAt === undefined ? null : dayText(ui.locale, person.deletionAt)}
    </dd>
    {person.fullName === undefined ? null : (
      <>
        <dt>{ui.t('account.name')}</dt>
        <dd>
          <bdi>{person.fullName}</bdi>
        </dd>
      </>
    )}
    <dt>{ui.t('admin.person.id')}</dt>
    <dd>
      <code>{person.id}</code>
    </dd>
    <dt>{ui.t('admin.person.since')}</dt>
    <dd>{dayText(ui.locale, person.createdAt)}</dd>
    {person.isService ? (
      <>
        <dt>{ui.t('admin.person.maintainers')}</dt>
        <dd>
          {maintainers.map((one) => (
            <>
              <AccountLink of={one} />{' '}
            </>
          ))}
        </dd>
      </>
    ) : (
      <>
        <dt>{ui.t('admin.person.factors')}</dt>
        <dd>{ui.t('admin.person.factors.text', factors)}</dd>
      </>
    )}
  </dl>
);

const Acts = ({ of, ui }: Part) => {
  const { person, factors, sessions } = of;
  const hasFactors = factors.passkeys + factors.totp + factors.recoveryCodes > 0;
  return (
    <div class="acts start">
      <ActButton
        of={of}
        act={person.state === 'disabled' ? 'enable' : 'disable'}
        label={person.state === 'disabled' ? 'admin.act.enable' : 'admin.act.disable'}
        ui={ui}
      />
      {sessions.length > 0 ? <ActButton of={of} act="sign-out" label="admin.act.sign-out" ui={ui} /> : null}
      {hasFactors ? <ActButton of={of} act="reset-factors" label="admin.act.reset-factors" ui={ui} /> : null}
    </div>
  );
};

const ActButton = ({ of, act, label, ui }: Part & { act: ActName; label: MessageKey }) => (
  <LinkButton kind="secondary" href={actOn(of, act)} label={ui.t(label)} />
);

const Roles = ({ of, ui }: Part) => (
  <section class="section">
    <h2>{ui.t('admin.nav.roles')}</h2>
    <ul class="rights">
      {of.roles.map((role) => (
        <li>
          <span>
            <a href={`/admin/roles/${encodeURIComponent(role.name)}`}>
              <code>{role.name}</code>
            </a>{' '}
            {role.description}{' '}
            {role.state === 'own' ? null : (
              <span class="muted">
                {role.state === 'default'
                  ? ui.t('admin.role.default')
                  : ui.t('admin.role.via', { roles: role.via.join(', ') })}
              </span>
            )}
          </span>
          {of.mayWrite && role.state === 'own' ? (
            <a href={actOn(of, 'revoke-role', { role: role.name })}>{ui.t('admin.act.revoke-role')}</a>
          ) : null}
        </li>
      ))}
    </ul>
    {of.mayWrite && of.grantable.length > 0 ? <GrantRole of={of} ui={ui} /> : null}
  </section>
);

/** Leads to the page that asks; so it is a question itself. */
const GrantRole = ({ of, ui }: Part) => (
  <QueryForm action="/admin/act/grant-role" class="search" submit={ui.t('admin.person.grant')}>
    <input type="hidden" name="account" value={of.person.id} />
    <input type="hidden" name="return_to" value={hrefOf(of.person.id)} />
    <Select
      name="role"
      label={ui.t('admin.act.grant-role')}
      options={of.grantable.map((name) => ({ value: name, label: name }))}
      value={of.grantable[0] ?? ''}
    />
  </QueryForm>
);

const Apps = ({ of, ui }: Part) => (
  <Section title="admin.person.apps" ui={ui} items={of.apps}>
    {({ grantId, name, scopes, since }) => (
      <li>
        <span>
          <bdi>{name}</bdi> <span class="muted">{ui.t('apps.since', { date: dayText(ui.locale, since) })}</span>
          <br />
          {scopes.map((scope) => (
            <code class="chip" title={describe(scope, ui.t)}>
              {scope.name}
            </code>
          ))}
        </span>
        {of.mayWrite ? (
          <a href={actHref('revoke-grant', { grant: grantId }, hrefOf(of.person.id))}>
            {ui.t('admin.act.revoke-grant')}
          </a>
        ) : null}
      </li>
    )}
  </Section>
);

const Keys = ({ of, ui }: Part) => (
  <Section title="admin.nav.keys" ui={ui} items={of.keys}>
    {(key) => (
      <li>
        <span>
          <bdi>{key.name}</bdi> <KeyState of={key} ui={ui} /> <code class="muted">{key.clientId}</code>
          <br />
          <span class="muted">
            {ui.t('keys.expires')}: <Expiry of={key} ui={ui} />
            <br />
            {ui.t('keys.last_used')}: <LastUse of={key} ui={ui} />
          </span>
        </span>
        {of.mayWrite && key.state !== 'revoked' ? (
          <a href={actHref('revoke-key', { key: key.clientId }, hrefOf(of.person.id))}>
            {ui.t('admin.act.revoke-key')}
          </a>
        ) : null}
      </li>
    )}
  </Section>
);

const SeenEntry = ({ of: { at, lastUsedAt, client, address, userAgent, isDisowned }, ui }: { of: Seen; ui: Ui }) => (
  <li>
    <span>
      {client === undefined ? null : (
        <>
          <bdi>{client}</bdi> ·{' '}
        </>
      )}
      {browserText(userAgent, ui)}
      {address === undefined ? null : (
        <>
          {' · '}
          <bdi class="address">{address}</bdi>
        </>
      )}
      {isDisowned ? (
        <>
          {' '}
          <span class="chip bad">{ui.t('sign_ins.disowned')}</span>
        </>
      ) : null}
    </span>
    <Time at={lastUsedAt ?? at} ui={ui} />
  </li>
);

function samples(): Record<string, PersonProps> {
  const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0';
  const full: PersonProps = {
    person: {
      id: 'a2Kd81mPqRz',
      name: 'wang@example.com',
      fullName: '王小明',
      email: 'wang@example.com',
      state: 'active',
      isService: false,
      roles: ['support'],
      createdAt: new Date('2026-03-02T09:30:00Z'),
    },
    maintainers: [],
    roles: [
      { name: 'support', description: 'Helps customers', state: 'own', via: [] },
      { name: 'member', description: 'Uses TokenIM', state: 'default', via: [] },
      { name: 'reader', state: 'included', via: ['support'] },
    ],
    grantable: ['developer', 'admin'],
    scopes: [
      { name: 'messages:read', description: 'Read your messages' },
      { name: 'calls:read', description: 'See your call history' },
    ],
    factors: { passkeys: 2, totp: 1, recoveryCodes: 8 },
    sessions: [
      {
        at: new Date('2026-11-20T08:30:00Z'),
        lastUsedAt: new Date('2026-11-21T08:30:00Z'),
        address: '192.0.2.7',
        userAgent,
      },
    ],
    apps: [
      { grantId: 'g1', name: 'Harbour CRM', scopes: [{ name: 'openid' }], since: new Date('2026-10-01T20:00:00Z') },
    ],
    keys: Object.values(keySamples),
    signIns: [
      { at: new Date('2026-11-01T08:30:00Z'), client: 'Harbour CRM', address: '2001:db8::1', userAgent },
      { at: new Date('2026-10-01T08:30:00Z'), isDisowned: true },
    ],
    records: Object.values(recordSamples),
    mayWrite: true,
    done: 'recorded',
  };
  const empty = {
    sessions: [],
    apps: [],
    keys: [],
    signIns: [],
    records: [],
    factors: { passkeys: 0, totp: 0, recoveryCodes: 0 },
  };
  return {
    full,
    read_only: { ...full, mayWrite: false, done: 'invited' },
    disabled: { ...full, ...empty, person: { ...full.person, state: 'disabled' }, grantable: [] },
    leaving: { ...full, person: { ...full.person, state: 'leaving', deletionAt: new Date('2026-12-05T08:30:00Z') } },
    service: {
      ...full,
      ...empty,
      person: { ...full.person, name: 'reports', isService: true },
      maintainers: [{ id: 'a1', name: 'lin@example.com', isKnown: true }],
    },
  };
}
