// `/admin/people`: accounts, found by the beginning of a name.
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Done } from '../../src/web/done.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { AccountState, type AccountStateName } from '../partials/account-state.tsx';
import { AdminPage } from '../partials/admin-page.tsx';
import { Field, LinkButton, QueryForm } from '../partials/form.tsx';
import { Pager } from '../partials/pager.tsx';

export interface PersonFace {
  id: string;
  /** What the account is called by: address or user name. */
  name: string;
  fullName?: string | undefined;
  state: AccountStateName;
  isService: boolean;
  /** Granted explicitly. */
  roles: readonly string[];
}

export interface PeopleProps {
  found: readonly PersonFace[];
  q?: string | undefined;
  filter?: string | undefined;
  older?: string | undefined;
  mayWrite: boolean;
  done?: Done | undefined;
}

const FILTERS: readonly [filter: string | undefined, query: string, label: MessageKey][] = [
  [undefined, '', 'admin.people'],
  ['service', '?kind=service', 'admin.services'],
  ['pending', '?status=pending', 'admin.pending'],
  ['disabled', '?status=disabled', 'admin.disabled'],
];

export const people: View<PeopleProps> = {
  name: 'admin/people',
  title: (_props, { t }) => t('admin.nav.people'),
  body: ({ found, q, filter, older, mayWrite, done }, ui) => (
    <AdminPage ui={ui} tab="/admin/people" title={ui.t('admin.nav.people')} done={done}>
      <QueryForm action="/admin/people" class="search" submit={ui.t('admin.search')}>
        <Field name="q" label={ui.t('admin.people.search')} value={q} autocomplete="off" maxlength={254} optional />
      </QueryForm>
      <p class="links">
        {FILTERS.map(([name, query, label]) => (
          <a href={`/admin/people${query}`} aria-current={q === undefined && name === filter ? 'true' : undefined}>
            {ui.t(label)}
          </a>
        ))}
      </p>
      {found.length === 0 ? <p>{ui.t('admin.people.none')}</p> : null}
      <ul class="keys">
        {found.map((person) => (
          <Entry of={person} ui={ui} />
        ))}
      </ul>
      <Pager older={older} ui={ui} />
      {mayWrite ? (
        <div class="acts start">
          <LinkButton kind="secondary" href="/admin/people/new" label={ui.t('admin.people.new')} />
        </div>
      ) : null}
    </AdminPage>
  ),
  samples: {
    none: { found: [], q: 'zz', mayWrite: false },
    some: {
      found: [
        { id: 'a1', name: 'lin@example.com', fullName: '林小雨', state: 'active', isService: false, roles: ['admin'] },
        { id: 'a2', name: 'wang@example.com', state: 'disabled', isService: false, roles: [] },
        { id: 'a3', name: 'new@example.com', state: 'pending', isService: false, roles: ['support', 'developer'] },
        { id: 's1', name: 'reports', state: 'active', isService: true, roles: ['member'] },
        { id: 'a4', name: 'bye@example.com', state: 'leaving', isService: false, roles: [] },
      ],
      older: '/admin/people?after=a4',
      mayWrite: true,
      done: 'recorded',
    },
  },
};

const Entry = ({ of: { id, name, fullName, state, isService, roles }, ui }: { of: PersonFace; ui: Ui }) => (
  <li>
    <div class="key-head">
      <a href={`/admin/people/${encodeURIComponent(id)}`}>
        <bdi>{name}</bdi>
      </a>
      {fullName === undefined ? null : <bdi>{fullName}</bdi>}
      <AccountState of={state} ui={ui} />
      {isService ? <span class="chip">{ui.t('admin.service')}</span> : null}
    </div>
    {roles.length === 0 ? null : (
      <p>
        {roles.map((role) => (
          <code class="chip">{role}</code>
        ))}
      </p>
    )}
  </li>
);
