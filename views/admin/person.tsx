// `/admin/people/<id>`: one account, what it may do and why, what is open in its name, and what administrators do about it.
import type { View } from '../../src/web/view.ts';
import { AccountState } from '../partials/account-state.tsx';
import { AdminPage } from '../partials/admin-page.tsx';
import { keySamples } from '../partials/api-key.tsx';
import { AccountLink, RecordList, recordSamples } from '../partials/record-list.tsx';
import { describe } from '../partials/scope-list.tsx';
import { dayText } from '../partials/time.tsx';
import { Acts, Apps, Keys, type PersonPart, type PersonProps, Roles, Section, SeenEntry } from './person-parts.tsx';

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

const Facts = ({ of: { person, factors, maintainers }, ui }: PersonPart) => (
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
    isOwn: false,
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
    own: { ...full, isOwn: true },
    leaving: { ...full, person: { ...full.person, state: 'leaving', deletionAt: new Date('2026-12-05T08:30:00Z') } },
    service: {
      ...full,
      ...empty,
      person: { ...full.person, name: 'reports', isService: true },
      maintainers: [{ id: 'a1', name: 'lin@example.com', isKnown: true }],
    },
  };
}
