// `/admin/roles`: all roles of the configuration.
import type { View } from '../../src/web/view.ts';
import { AdminPage } from '../partials/admin-page.tsx';
import { type RoleFace, RoleFacts, roleSamples } from '../partials/role-facts.tsx';

export interface RolesProps {
  roles: readonly RoleFace[];
}

export const rolesPage: View<RolesProps> = {
  name: 'admin/roles',
  title: (_props, { t }) => t('admin.nav.roles'),
  body: ({ roles }, ui) => (
    <AdminPage ui={ui} tab="/admin/roles" title={ui.t('admin.nav.roles')} lead={ui.t('admin.roles.lead')}>
      {roles.map((role) => (
        <section class="entry" aria-label={role.name}>
          <div class="key-head">
            <a href={`/admin/roles/${encodeURIComponent(role.name)}`}>
              <code>{role.name}</code>
            </a>
            <span>{role.description}</span>
            <span class="muted">{ui.t('admin.role.holders', { count: role.holders })}</span>
          </div>
          <RoleFacts of={role} ui={ui} />
          <p hidden={role.scopes.length === 0}>
            {role.scopes.map(({ name, description }) => (
              <code class="chip" title={description}>
                {name}
              </code>
            ))}
          </p>
        </section>
      ))}
    </AdminPage>
  ),
  samples: { none: { roles: [] }, some: { roles: Object.values(roleSamples) } },
};
