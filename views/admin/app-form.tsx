// `/admin/clients/new` and `/admin/clients/<client_id>/change`: what an application is, and what it may ask for.
import type { Ui, View } from '../../src/web/view.ts';
import { AdminPage } from '../partials/admin-page.tsx';
import { Alert } from '../partials/card.tsx';
import { Button, Checkbox, Field, LinkButton, Lines, PostForm, Select } from '../partials/form.tsx';

export interface AppFormProps {
  purpose: 'new' | 'change';
  action: string;
  cancelHref: string;
  /** Which state of the application the form was made of; it changes no other. */
  seen?: string | undefined;
  /** Chosen once, when it is made. */
  kind: string;
  typed: {
    name?: string | undefined;
    uri?: string | undefined;
    redirectUris?: string | undefined;
    origins?: string | undefined;
  };
  grants: readonly { name: string; isChosen: boolean }[];
  scopes: readonly { name: string; description: string; isChosen: boolean }[];
  roles: readonly { name: string; isChosen: boolean }[];
  /** What the rules of the configuration say against it. */
  problems: readonly string[];
}

const KINDS = [
  ['server', 'admin.app.kind.server'],
  ['browser', 'admin.app.kind.browser'],
  ['native', 'admin.app.kind.native'],
] as const;

export const appForm: View<AppFormProps> = {
  name: 'admin/app-form',
  title: ({ purpose }, { t }) => t(purpose === 'new' ? 'admin.app.new' : 'admin.app.change'),
  body: (props, ui) => (
    <AdminPage
      ui={ui}
      tab="/admin/clients"
      title={ui.t(props.purpose === 'new' ? 'admin.app.new' : 'admin.app.change')}
      lead={ui.t('admin.app.form.lead')}
    >
      {props.problems.length === 0 ? null : (
        <Alert tone="bad" title={ui.t('admin.app.refused')}>
          {props.problems.map((problem) => (
            <span class="line">{problem}</span>
          ))}
        </Alert>
      )}
      <Form of={props} ui={ui} />
    </AdminPage>
  ),
  samples: samples(),
};

const Form = ({
  of: { purpose, action, cancelHref, seen, kind, typed, grants, scopes, roles },
  ui,
}: {
  of: AppFormProps;
  ui: Ui;
}) => (
  <PostForm ui={ui} action={action} class="stack" hidden={{ seen }}>
    <Field name="name" label={ui.t('admin.app.name')} value={typed.name} autocomplete="off" maxlength={100} />
    {purpose === 'change' ? null : (
      <Select
        name="kind"
        label={ui.t('admin.app.kind')}
        options={KINDS.map(([value, label]) => ({ value, label: ui.t(label) }))}
        value={kind}
        hint={ui.t('admin.app.kind.hint')}
      />
    )}
    <Field name="uri" label={ui.t('admin.app.uri')} value={typed.uri} autocomplete="off" optional />
    <fieldset class="choices">
      <legend>{ui.t('admin.app.grants')}</legend>
      {grants.map(({ name, isChosen }) => (
        <Checkbox name={`grant:${name}`} value="on" label={name} checked={isChosen} />
      ))}
    </fieldset>
    <Lines
      name="redirect_uris"
      label={ui.t('admin.app.redirect_uris')}
      hint={ui.t('admin.app.lines.hint')}
      value={typed.redirectUris}
    />
    <Lines
      name="origins"
      label={ui.t('admin.app.origins')}
      hint={ui.t('admin.app.origins.hint')}
      value={typed.origins}
    />
    <fieldset class="choices">
      <legend>{ui.t('admin.app.scopes')}</legend>
      {scopes.map(({ name, description, isChosen }) => (
        <Checkbox name={`scope:${name}`} value="on" label={description} note={name} checked={isChosen} />
      ))}
    </fieldset>
    {roles.length === 0 ? null : (
      <fieldset class="choices">
        <legend>{ui.t('admin.app.roles')}</legend>
        <p class="hint">{ui.t('admin.app.roles.hint')}</p>
        {roles.map(({ name, isChosen }) => (
          <Checkbox name={`role:${name}`} value="on" label={name} checked={isChosen} />
        ))}
      </fieldset>
    )}
    <div class="acts start">
      <Button label={ui.t(purpose === 'new' ? 'admin.app.new.submit' : 'admin.app.change.submit')} />
      <LinkButton kind="secondary" href={cancelHref} label={ui.t('admin.act.cancel')} />
    </div>
  </PostForm>
);

function samples(): Record<string, AppFormProps> {
  const empty: AppFormProps = {
    purpose: 'new',
    action: '/admin/clients',
    cancelHref: '/admin/clients',
    kind: 'server',
    typed: {},
    grants: ['authorization_code', 'refresh_token', 'client_credentials', 'device_code'].map((name) => ({
      name,
      isChosen: name.startsWith('a'),
    })),
    scopes: [
      { name: 'openid', description: 'Know who you are', isChosen: true },
      { name: 'messages:read', description: 'Read your messages', isChosen: false },
    ],
    roles: [
      { name: 'member', isChosen: false },
      { name: 'support', isChosen: false },
    ],
    problems: [],
  };
  const typed = {
    name: 'Harbour Notes',
    uri: 'https://notes.example',
    redirectUris: 'http://notes.example/callback',
    origins: 'https://notes.example',
  };
  return {
    empty,
    no_roles: { ...empty, roles: [] },
    refused: { ...empty, typed, problems: ['redirect_uris.0: must be https:'] },
    change: { ...empty, purpose: 'change', action: '/admin/clients/app_4kX0d9PqT2mLw7Zb/change', typed },
  };
}
