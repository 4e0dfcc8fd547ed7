// `/admin/roles/<id>`: one role, and to whom it was granted.
import type { Done } from '../../src/web/done.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { AccountState } from '../partials/account-state.tsx';
import { actHref } from '../partials/act-link.ts';
import { AdminPage } from '../partials/admin-page.tsx';
import { Pager } from '../partials/pager.tsx';
import { type RoleFace, RoleFacts, roleSamples } from '../partials/role-facts.tsx';
import type { PersonFace } from './people.tsx';

export interface RoleProps {
  role: RoleFace;
  holders: readonly PersonFace[];
  older?: string | undefined;
  mayWrite: boolean;
  done?: Done | undefined;
}

export const rolePage: View<RoleProps> = {
  name: 'admin/role',
  title: ({ role }) => role.name,
  body: ({ role, holders, older, mayWrite, done }, ui) => (
    <AdminPage ui={ui} tab="/admin/roles" title={role.name} lead={role.description} done={done}>
      <RoleFacts of={role} ui={ui} />
      <section class="section">
        <h2>{ui.t('admin.role.scopes')}</h2>
        <ul class="rights">
          {role.scopes.map(({ name, description, via }) => (
            <li>
              <span>
                {description} <code class="muted">{name}</code>
              </span>
              {via === role.name ? null : <span class="muted">{ui.t('admin.role.via', { roles: via })}</span>}
            </li>
          ))}
        </ul>
      </section>
      <section class="section">
        <h2>{ui.t('admin.role.holders', { count: role.holders })}</h2>
        <ul class="rights">
          {holders.map((person) => (
            <li>
              <span>
                <a href={`/admin/people/${encodeURIComponent(person.id)}`}>
                  <bdi>{person.name}</bdi>
                </a>{' '}
                {person.fullName === undefined ? null : <bdi>{person.fullName} </bdi>}
                {person.state === 'active' ? null : <AccountState of={person.state} ui={ui} />}
              </span>
              {mayWrite ? <TakeAway person={person} role={role} ui={ui} /> : null}
            </li>
          ))}
        </ul>
        <Pager older={older} ui={ui} />
      </section>
    </AdminPage>
  ),
  samples: samples(),
};

const TakeAway = ({ person, role, ui }: { person: PersonFace; role: RoleFace; ui: Ui }) => (
  <a
    href={actHref(
      'revoke-role',
      { account: person.id, role: role.name },
      `/admin/roles/${encodeURIComponent(role.name)}`,
    )}
    aria-label={ui.t('admin.act.revoke-role.named', { name: person.name })}
  >
    {ui.t('admin.act.revoke-role')}
  </a>
);

function samples(): Record<string, RoleProps> {
  const person = {
    id: 'a2',
    name: 'wang@example.com',
    fullName: '王小明',
    isService: false,
    roles: ['support'],
  } as const;
  const holders = [
    { ...person, state: 'active' },
    { ...person, id: 'a3', fullName: undefined, state: 'disabled' },
  ] as const;
  return {
    held: {
      role: roleSamples.support,
      holders,
      older: '/admin/roles/support?after=a3',
      mayWrite: true,
      done: 'recorded',
    },
    read_only: { role: roleSamples.support, holders, mayWrite: false },
    nobody: { role: roleSamples.member, holders: [], mayWrite: true },
  };
}
