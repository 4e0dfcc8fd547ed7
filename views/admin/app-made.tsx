// A new application, or a new secret of one, shown this once.
import type { View } from '../../src/web/view.ts';
import { AdminPage } from '../partials/admin-page.tsx';
import { Alert } from '../partials/card.tsx';
import { COPY_SCRIPT, Copyable } from '../partials/copy.tsx';
import { LinkButton } from '../partials/form.tsx';

export interface AppMadeProps {
  name: string;
  clientId: string;
  /** None of a public application. */
  secret?: string | undefined;
  href: string;
}

export const appMade: View<AppMadeProps> = {
  name: 'admin/app-made',
  scripts: [COPY_SCRIPT],
  title: ({ name }) => name,
  body: ({ name, clientId, secret, href }, ui) => (
    <AdminPage ui={ui} tab="/admin/clients" title={name}>
      <Alert tone={secret === undefined ? 'good' : 'warning'}>
        {ui.t(secret === undefined ? 'admin.app.made.public' : 'admin.app.made.once')}
      </Alert>
      <Copyable ui={ui} id="client-id" label="client_id" text={clientId} />
      {secret === undefined ? null : <Copyable ui={ui} id="client-secret" label="client_secret" text={secret} />}
      <LinkButton href={href} label={ui.t(secret === undefined ? 'admin.app.made.on' : 'admin.app.made.kept')} />
    </AdminPage>
  ),
  samples: {
    confidential: {
      name: 'Harbour Notes',
      clientId: 'app_4kX0d9PqT2mLw7Zb',
      secret: 'NgIYCys35U3oDdY5xi8BKqLZJtNgRwLU3gmXO4h0HvR',
      href: '/admin/clients/app_4kX0d9PqT2mLw7Zb',
    },
    public: { name: 'Harbour Mobile', clientId: 'app_9sYcAq31LbV0ueTi', href: '/admin/clients/app_9sYcAq31LbV0ueTi' },
  },
};
