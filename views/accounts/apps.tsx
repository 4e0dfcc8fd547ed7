// `/account/apps`: the applications that the person has let in, and what each may do.
import type { Done } from '../../src/web/done.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { AccountPage } from '../partials/account-page.tsx';
import { ClientCard, type ClientFace } from '../partials/client.tsx';
import { Button, PostForm } from '../partials/form.tsx';
import { describe, type Scope } from '../partials/scope-list.tsx';
import { dayText } from '../partials/time.tsx';

export interface App {
  clientId: string;
  client: ClientFace;
  scopes: readonly Scope[];
  /** What the person left out when it asked. */
  refusedScopes: readonly Scope[];
  since: Date;
  /** How many grants it holds, such as one for each television. */
  devices: number;
}

export interface AppsProps {
  apps: readonly App[];
  done?: Done | undefined;
}

export const apps: View<AppsProps> = {
  name: 'accounts/apps',
  title: (_props, { t }) => t('apps.title'),
  body: (props, ui) => (
    <AccountPage
      ui={ui}
      tab="/account/apps"
      title={ui.t('apps.title')}
      lead={props.apps.length === 0 ? undefined : ui.t('apps.lead')}
      done={props.done}
    >
      {props.apps.length === 0 ? <p>{ui.t('apps.none')}</p> : null}
      {props.apps.map((app) => (
        <AppEntry app={app} ui={ui} />
      ))}
    </AccountPage>
  ),
  samples: {
    none: { apps: [], done: 'access_ended' },
    some: {
      apps: [
        {
          clientId: 'crm',
          client: { name: 'Harbour CRM', uri: 'https://crm.example' },
          scopes: [
            { name: 'openid' },
            { name: 'profile' },
            { name: 'messages:read', description: 'Read messages' },
            { name: 'offline_access' },
          ],
          refusedScopes: [{ name: 'calls:read', description: 'See call records' }, { name: 'email' }],
          since: new Date('2026-11-02T09:30:00Z'),
          devices: 1,
        },
        {
          clientId: 'tv',
          client: { name: '客厅电视' },
          scopes: [{ name: 'openid' }],
          refusedScopes: [],
          since: new Date('2026-10-01T20:00:00Z'),
          devices: 3,
        },
      ],
    },
  },
};

const AppEntry = ({ app, ui }: { app: App; ui: Ui }) => (
  <section class="entry" aria-label={app.client.name}>
    <ClientCard client={app.client} />
    <p class="fine">
      {ui.t('apps.since', { date: dayText(ui.locale, app.since) })}
      {app.devices > 1 ? ` · ${ui.t('apps.devices', { count: app.devices })}` : null}
    </p>
    <ul class="rights">
      {app.scopes.map((scope) => (
        <li title={scope.name}>
          <span>{describe(scope, ui.t)}</span>
          {/* Signing in itself ends with all access only. */}
          {scope.name === 'openid' ? null : <Act act="withdraw" app={app} scope={scope} ui={ui} />}
        </li>
      ))}
    </ul>
    <Refused app={app} ui={ui} />
    <PostForm ui={ui} action="/account/apps/end" hidden={{ client_id: app.clientId }}>
      <Button kind="secondary" label={ui.t('apps.end')} />
    </PostForm>
  </section>
);

const Refused = ({ app, ui }: { app: App; ui: Ui }) =>
  app.refusedScopes.length === 0 ? null : (
    <div class="group">
      <p class="muted">{ui.t('apps.refused')}</p>
      <ul class="rights">
        {app.refusedScopes.map((scope) => (
          <li title={scope.name}>
            <span class="muted">{describe(scope, ui.t)}</span>
            <Act act="allow" app={app} scope={scope} ui={ui} />
          </li>
        ))}
      </ul>
      <p class="fine">{ui.t('apps.refused.hint')}</p>
    </div>
  );

const ACTS = {
  withdraw: { label: 'apps.withdraw', named: 'apps.withdraw.named' },
  allow: { label: 'apps.allow', named: 'apps.allow.named' },
} as const;

const Act = ({ act, app, scope, ui }: { act: keyof typeof ACTS; app: App; scope: Scope; ui: Ui }) => (
  <PostForm ui={ui} action={`/account/apps/${act}`} hidden={{ client_id: app.clientId, scope: scope.name }}>
    <button type="submit" class="link" aria-label={ui.t(ACTS[act].named, { scope: describe(scope, ui.t) })}>
      {ui.t(ACTS[act].label)}
    </button>
  </PostForm>
);
