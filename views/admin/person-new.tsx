// `/admin/people/new`: somebody is invited by mail, and chooses a password then.
import type { MessageKey } from '../../src/web/i18n.ts';
import type { View } from '../../src/web/view.ts';
import { AdminPage } from '../partials/admin-page.tsx';
import { Alert } from '../partials/card.tsx';
import { Button, Checkbox, Field, PostForm } from '../partials/form.tsx';

export interface PersonNewProps {
  roles: readonly { name: string; description: string; isChosen: boolean }[];
  typed: { email?: string | undefined; name?: string | undefined; username?: string | undefined };
  error?: string | undefined;
}

const ERRORS: Readonly<Record<string, MessageKey>> = {
  email_invalid: 'admin.error.email_invalid',
  account_exists: 'admin.error.account_exists',
  username_invalid: 'account.error.username_invalid',
  name_invalid: 'account.error.name_invalid',
};

export const personNew: View<PersonNewProps> = {
  name: 'admin/person-new',
  title: (_props, { t }) => t('admin.people.new'),
  body: ({ roles, typed, error }, ui) => (
    <AdminPage ui={ui} tab="/admin/people" title={ui.t('admin.people.new')} lead={ui.t('admin.people.new.lead')}>
      {error === undefined ? null : <Alert tone="bad">{ui.t(ERRORS[error] ?? 'admin.error.other')}</Alert>}
      <PostForm ui={ui} action="/admin/people/new" class="stack">
        <Field
          name="email"
          type="email"
          label={ui.t('account.email')}
          value={typed.email}
          autocomplete="off"
          maxlength={254}
        />
        <Field
          name="name"
          label={ui.t('account.name')}
          value={typed.name}
          autocomplete="off"
          maxlength={100}
          optional
        />
        <Field
          name="username"
          label={ui.t('account.username')}
          value={typed.username}
          autocomplete="off"
          autocapitalize="none"
          maxlength={64}
          optional
        />
        {roles.length === 0 ? null : (
          <fieldset class="choices">
            <legend>{ui.t('admin.nav.roles')}</legend>
            {roles.map(({ name, description, isChosen }) => (
              <Checkbox name={`role:${name}`} value="on" label={description} note={name} checked={isChosen} />
            ))}
          </fieldset>
        )}
        <Button label={ui.t('admin.people.invite')} />
      </PostForm>
    </AdminPage>
  ),
  samples: samples(),
};

function samples(): Record<string, PersonNewProps> {
  const empty: PersonNewProps = {
    roles: [
      { name: 'support', description: 'Helps customers', isChosen: true },
      { name: 'developer', description: 'Makes API keys', isChosen: false },
    ],
    typed: {},
  };
  const typed = { email: 'lin@example', name: 'Lin', username: 'lin' };
  const codes = [...Object.keys(ERRORS), 'role_unknown'];
  return {
    empty,
    no_roles: { ...empty, roles: [] },
    ...Object.fromEntries(codes.map((error) => [error, { ...empty, typed, error }])),
  };
}
