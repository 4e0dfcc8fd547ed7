// `/admin`: how many there are of what, and the ways on.
import type { View } from '../../src/web/view.ts';
import { AdminPage } from '../partials/admin-page.tsx';
import { Alert } from '../partials/card.tsx';

export interface OverviewProps {
  people: number;
  services: number;
  /** Of both. */
  disabled: number;
  roles: number;
  clients: number;
  /** The reader may also change something. */
  mayWrite: boolean;
  /** Changed files were not taken. */
  isRefused: boolean;
}

export const overview: View<OverviewProps> = {
  name: 'admin/overview',
  title: (_props, { t }) => t('admin.title'),
  body: ({ people, services, disabled, roles, clients, mayWrite, isRefused }, ui) => (
    <AdminPage
      ui={ui}
      tab="/admin"
      title={ui.t('admin.title')}
      lead={ui.t(mayWrite ? 'admin.lead' : 'admin.lead.read_only')}
    >
      {isRefused ? (
        <Alert tone="bad">
          <a href="/admin/configuration">{ui.t('admin.config.refused')}</a>
        </Alert>
      ) : null}
      <dl class="figures">
        {(
          [
            ['/admin/people', 'admin.people', people],
            ['/admin/people?kind=service', 'admin.services', services],
            ['/admin/people?status=disabled', 'admin.disabled', disabled],
            ['/admin/roles', 'admin.nav.roles', roles],
            ['/admin/clients', 'admin.nav.clients', clients],
          ] as const
        ).map(([href, label, count]) => (
          <div>
            <dt>
              <a href={href}>{ui.t(label)}</a>
            </dt>
            <dd>{new Intl.NumberFormat(ui.locale).format(count)}</dd>
          </div>
        ))}
      </dl>
    </AdminPage>
  ),
  samples: {
    administrator: { people: 1204, services: 12, disabled: 3, roles: 6, clients: 9, mayWrite: true, isRefused: true },
    auditor: { people: 1, services: 0, disabled: 0, roles: 1, clients: 0, mayWrite: false, isRefused: false },
  },
};
