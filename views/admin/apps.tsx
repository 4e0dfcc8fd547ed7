// `/admin/clients`: every application, whatever manages it.
import type { Ui, View } from '../../src/web/view.ts';
import { AdminPage } from '../partials/admin-page.tsx';
import { type AppFace, appSamples, AppState, ManagedBy, useText } from '../partials/app-facts.tsx';
import { LinkButton } from '../partials/form.tsx';
import { Pager } from '../partials/pager.tsx';

export interface AppsProps {
  apps: readonly AppFace[];
  older?: string | undefined;
  mayWrite: boolean;
}

export const appsPage: View<AppsProps> = {
  name: 'admin/apps',
  title: (_props, { t }) => t('admin.nav.clients'),
  body: ({ apps, older, mayWrite }, ui) => (
    <AdminPage ui={ui} tab="/admin/clients" title={ui.t('admin.nav.clients')} lead={ui.t('admin.apps.lead')}>
      {mayWrite ? (
        <div class="acts start">
          <LinkButton href="/admin/clients/new" label={ui.t('admin.app.new')} />
        </div>
      ) : null}
      <ul class="keys">
        {apps.map((app) => (
          <Entry of={app} ui={ui} />
        ))}
      </ul>
      <Pager older={older} ui={ui} />
    </AdminPage>
  ),
  samples: {
    all: { apps: Object.values(appSamples), older: '/admin/clients?after=app_000000000000000c', mayWrite: true },
    read_only: { apps: [appSamples.file], mayWrite: false },
  },
};

const Entry = ({ of: app, ui }: { of: AppFace; ui: Ui }) => (
  <li>
    <div class="key-head">
      <a href={`/admin/clients/${encodeURIComponent(app.clientId)}`}>
        <bdi>{app.name}</bdi>
      </a>
      <AppState of={app} ui={ui} />
    </div>
    <p>
      <code class="muted">{app.clientId}</code>
    </p>
    <p class="muted">
      <ManagedBy of={app} ui={ui} />
    </p>
    <p class="muted">{useText(app, ui)}</p>
  </li>
);
