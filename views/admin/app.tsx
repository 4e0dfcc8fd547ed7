// `/admin/clients/<client_id>`: all settings of one application, its secrets, and ending it. One of a file can only be looked at.
import type { Done } from '../../src/web/done.ts';
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { actHref } from '../partials/act-link.ts';
import { AdminPage } from '../partials/admin-page.tsx';
import { type AppFace, appSamples, AppState, Chips, Fact, Made, ManagedBy, useText } from '../partials/app-facts.tsx';
import { AppSecrets } from '../partials/app-secrets.tsx';
import { Alert } from '../partials/card.tsx';
import { LinkButton } from '../partials/form.tsx';
import { Time } from '../partials/time.tsx';

export interface AppDetails extends AppFace {
  /** Why it is not in force, or not whole. */
  problems: readonly string[];
  isConfidential: boolean;
  isFirstParty: boolean;
  isNative: boolean;
  uri?: string | undefined;
  grants: readonly string[];
  redirectUris: readonly string[];
  signOutUris: readonly string[];
  origins: readonly string[];
  scopes: readonly { name: string; description: string }[];
  /** Nobody else may sign in; absent: everybody. */
  allowedRoles?: readonly string[] | undefined;
  /** Such as `access_token 5m`. */
  lifetimes: readonly string[];
  /** Every other setting, by its name in a file. */
  others: readonly { name: string; values: readonly string[] }[];
  /** Of a stored one. */
  stored?:
    | {
        made: { at: Date; by: string };
        changed: { at: Date; by: string };
        disabled?: { at: Date; by: string } | undefined;
        expiresAt?: Date | undefined;
        secrets: readonly { id: string; at: Date; by: string }[];
      }
    | undefined;
}

export interface AppProps {
  app: AppDetails;
  mayWrite: boolean;
  /** Why the last form was refused. */
  error?: string | undefined;
  done?: Done | undefined;
}

const ERRORS: Readonly<Record<string, MessageKey>> = {
  managed_by_file: 'admin.app.error.managed_by_file',
  changed_meanwhile: 'admin.app.error.changed_meanwhile',
  too_many_secrets: 'admin.app.error.too_many_secrets',
  last_secret: 'admin.app.error.last_secret',
};

export const appPage: View<AppProps> = {
  name: 'admin/app',
  title: ({ app }) => app.name,
  body: ({ app, mayWrite, error, done }, ui) => (
    <AdminPage ui={ui} tab="/admin/clients" title={app.name} done={done}>
      {error === undefined ? null : <Alert tone="bad">{ui.t(ERRORS[error] ?? 'admin.error.other')}</Alert>}
      {app.stored === undefined ? (
        <Alert tone="neutral">
          <ManagedBy of={app} ui={ui} />
        </Alert>
      ) : null}
      {app.problems.length === 0 ? null : (
        <Alert tone="warning" title={ui.t('admin.app.problems')}>
          {app.problems.map((problem) => (
            <span class="line">{problem}</span>
          ))}
        </Alert>
      )}
      <Settings of={app} ui={ui} />
      <section class="section">
        <h2>{ui.t('admin.app.scopes')}</h2>
        <ul class="rights">
          {app.scopes.map(({ name, description }) => (
            <li>
              <span>
                {description} <code class="muted">{name}</code>
              </span>
            </li>
          ))}
        </ul>
      </section>
      {app.stored && mayWrite && app.state !== 'superseded' ? <Acts of={app} stored={app.stored} ui={ui} /> : null}
    </AdminPage>
  ),
  samples: samples(),
};

const Settings = ({ of: app, ui }: { of: AppDetails; ui: Ui }) => (
  <dl class="facts roomy">
    <Fact label="client_id">
      <code>{app.clientId}</code> <AppState of={app} ui={ui} />
    </Fact>
    {app.stored === undefined ? null : (
      <Fact label={ui.t('admin.app.managed')}>
        <ManagedBy of={app} ui={ui} />
      </Fact>
    )}
    <Fact label={ui.t('admin.app.use.label')}>{useText(app, ui)}</Fact>
    <Fact label={ui.t('admin.app.kind')}>
      {ui.t(kindOf(app))} {app.isFirstParty ? <span class="chip">{ui.t('admin.app.first_party')}</span> : null}
    </Fact>
    {app.uri === undefined ? null : (
      <Fact label={ui.t('admin.app.uri')}>
        <bdi class="address">{app.uri}</bdi>
      </Fact>
    )}
    <Chips label={ui.t('admin.app.grants')} items={app.grants} />
    <Chips label={ui.t('admin.app.redirect_uris')} items={app.redirectUris} />
    <Chips label={ui.t('admin.app.sign_out_uris')} items={app.signOutUris} />
    <Chips label={ui.t('admin.app.origins')} items={app.origins} />
    <Chips label={ui.t('admin.app.lifetimes')} items={app.lifetimes} />
    {app.allowedRoles === undefined ? (
      <Fact label={ui.t('admin.app.roles')}>{ui.t('admin.app.roles.all')}</Fact>
    ) : (
      <Chips label={ui.t('admin.app.roles')} items={app.allowedRoles} />
    )}
    {app.others.map(({ name, values }) => (
      <Chips label={name} items={values} />
    ))}
    <History of={app} ui={ui} />
  </dl>
);

const kindOf = ({ isConfidential, isNative, others }: Pick<AppDetails, 'isConfidential' | 'isNative' | 'others'>) => {
  if (isNative) return 'admin.app.kind.native';
  if (others.some(({ name }) => name === 'jwks' || name === 'jwks_uri')) return 'admin.app.kind.key';
  return isConfidential ? 'admin.app.kind.server' : 'admin.app.kind.browser';
};

const History = ({ of: { stored }, ui }: { of: AppDetails; ui: Ui }) =>
  stored === undefined ? null : (
    <>
      <Fact label={ui.t('admin.app.made')}>
        <Made {...stored.made} ui={ui} />
      </Fact>
      <Fact label={ui.t('admin.app.changed')}>
        <Made {...stored.changed} ui={ui} />
      </Fact>
      {stored.expiresAt === undefined ? null : (
        <Fact label={ui.t('admin.app.ends')}>
          <Time at={stored.expiresAt} ui={ui} />
        </Fact>
      )}
      {stored.disabled === undefined ? null : (
        <Fact label={ui.t('admin.app.state.disabled')}>
          <Made {...stored.disabled} ui={ui} />
        </Fact>
      )}
    </>
  );

const Acts = ({ of: app, stored, ui }: { of: AppDetails; stored: NonNullable<AppDetails['stored']>; ui: Ui }) => {
  const here = `/admin/clients/${encodeURIComponent(app.clientId)}`;
  const act = app.state === 'active' || app.state === 'invalid' ? 'disable-client' : 'enable-client';
  return (
    <>
      {stored.secrets.length === 0 ? null : <AppSecrets here={here} secrets={stored.secrets} ui={ui} />}
      <div class="acts start">
        <LinkButton kind="secondary" href={`${here}/change`} label={ui.t('admin.app.change')} />
        <LinkButton
          kind="secondary"
          href={actHref(act, { client: app.clientId }, here)}
          label={ui.t(`admin.act.${act}`)}
        />
      </div>
    </>
  );
};

function samples(): Record<string, AppProps> {
  const at = new Date('2026-11-20T10:00:00Z');
  const details: AppDetails = {
    ...appSamples.console,
    problems: [],
    isConfidential: true,
    isFirstParty: false,
    isNative: false,
    uri: 'https://notes.example',
    grants: ['authorization_code', 'refresh_token'],
    redirectUris: ['https://notes.example/callback'],
    signOutUris: ['https://notes.example/'],
    origins: ['https://notes.example'],
    scopes: [
      { name: 'openid', description: 'Know who you are' },
      { name: 'messages:read', description: 'Read your messages' },
    ],
    allowedRoles: ['support'],
    lifetimes: ['access_token 5m'],
    others: [
      { name: 'jwks_uri', values: ['https://notes.example/.well-known/jwks.json'] },
      { name: 'optional_scopes', values: ['messages:read'] },
      { name: 'pkce', values: ['required'] },
    ],
    stored: {
      made: { at, by: 'lin@example.com' },
      changed: { at, by: 'operator' },
      secrets: [
        { id: 'kX0d9PqT', at, by: 'operator' },
        { id: 'w7Zb4kX0', at, by: 'lin@example.com' },
      ],
    },
  };
  const { stored, ...withoutStore } = details;
  const bare = {
    redirectUris: [],
    signOutUris: [],
    origins: [],
    lifetimes: [],
    others: [],
    uri: undefined,
    allowedRoles: undefined,
  };
  return {
    console: { app: details, mayWrite: true, done: 'recorded' },
    read_only: { app: details, mayWrite: false },
    too_many_secrets: { app: details, mayWrite: true, error: 'too_many_secrets' },
    changed_meanwhile: { app: details, mayWrite: true, error: 'changed_meanwhile' },
    last_secret: { app: details, mayWrite: true, error: 'last_secret' },
    forced: {
      app: { ...withoutStore, ...appSamples.file, isFirstParty: true },
      mayWrite: true,
      error: 'managed_by_file',
    },
    other: { app: details, mayWrite: true, error: 'client_public' },
    file: { app: { ...withoutStore, ...appSamples.file, isFirstParty: true }, mayWrite: true },
    built_in: { app: { ...withoutStore, ...bare, ...appSamples.built_in, isConfidential: false }, mayWrite: true },
    disabled: {
      app: {
        ...details,
        ...bare,
        ...appSamples.registered,
        isConfidential: false,
        isNative: true,
        ...(stored && { stored: { ...stored, secrets: [], expiresAt: at, disabled: { at, by: 'lin@example.com' } } }),
      },
      mayWrite: true,
    },
    invalid: {
      app: {
        ...details,
        ...appSamples.invalid,
        isConfidential: false,
        problems: ['redirect_uris.0: must be https:', 'scopes.1: unknown scope `calls:read`'],
      },
      mayWrite: true,
    },
  };
}
