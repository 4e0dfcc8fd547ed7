// `/account`: who the person is here, what they may change of it, and the ways on.
import type { Locale } from '../../src/config/config.ts';
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Done } from '../../src/web/done.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { AccountPage } from '../partials/account-page.tsx';
import { Alert } from '../partials/card.tsx';
import { Button, Field, LinkButton, PostForm } from '../partials/form.tsx';
import { LANGUAGE_NAMES } from '../partials/languages.ts';
import { dayText } from '../partials/time.tsx';

/** Codes of refusals, by field. */
export interface ProfileErrors {
  name?: string;
  username?: string;
}

export interface AccountProps {
  name?: string | undefined;
  username?: string | undefined;
  email?: string | undefined;
  roles: readonly string[];
  locale: Locale;
  errors: ProfileErrors;
  done?: Done | undefined;
  /** When the account will be erased, if it will. */
  deletionAt?: Date | undefined;
}

export const account: View<AccountProps> = {
  name: 'accounts/account',
  title: (_props, { t }) => t('account.title'),
  body: (props, ui) => (
    <AccountPage ui={ui} tab="/account" title={ui.t('account.title')} done={props.done}>
      {props.deletionAt === undefined ? null : (
        <Alert tone="warning">
          {ui.t('delete.scheduled', { date: dayText(ui.locale, props.deletionAt) })}{' '}
          <a href="/account/delete">{ui.t('delete.keep')}</a>
        </Alert>
      )}
      <dl class="facts roomy">
        <dt>{ui.t('account.email')}</dt>
        <dd>
          <bdi>{props.email}</bdi>
        </dd>
        <dt>{ui.t('account.roles')}</dt>
        <dd>
          {props.roles.length === 0
            ? ui.t('account.no_roles')
            : props.roles.map((role) => <code class="chip">{role}</code>)}
        </dd>
      </dl>
      <ProfileForm props={props} ui={ui} />
      <LinkButton kind="secondary" href="/device" label={ui.t('account.device')} />
      <PostForm ui={ui} action="/account/sign-out">
        <Button kind="secondary" label={ui.t('account.sign_out')} />
      </PostForm>
      <p class="fine">
        <a href="/account/export" download>
          {ui.t('account.export')}
        </a>
        {' · '}
        <a href="/account/delete">{ui.t('delete.link')}</a>
      </p>
    </AccountPage>
  ),
  samples: {
    full: {
      name: 'Lin Xiaoyu',
      username: 'lin',
      email: 'lin@example.com',
      roles: ['member', 'support'],
      locale: 'zh-CN',
      errors: {},
      done: 'saved',
      deletionAt: new Date('2026-12-05T08:30:00Z'),
    },
    bare: { email: 'lin@example.com', roles: [], locale: 'en', errors: {} },
    refused: {
      name: 'Lin',
      username: 'l',
      email: 'lin@example.com',
      roles: ['member'],
      locale: 'en',
      errors: { username: 'username_invalid' },
    },
  },
};

const ERRORS: Readonly<Record<string, MessageKey>> = {
  name_invalid: 'account.error.name_invalid',
  username_invalid: 'account.error.username_invalid',
  account_exists: 'account.error.username_taken',
};

const ProfileForm = ({ props, ui }: { props: AccountProps; ui: Ui }) => {
  const errorOf = (field: keyof ProfileErrors) => {
    const key = ERRORS[props.errors[field] ?? ''];
    return key && ui.t(key);
  };
  return (
    <PostForm ui={ui} action="/account" class="stack">
      <Field
        name="name"
        label={ui.t('account.name')}
        value={props.name}
        error={errorOf('name')}
        autocomplete="name"
        maxlength={100}
        optional
      />
      <Field
        name="username"
        label={ui.t('account.username')}
        hint={ui.t('account.username.hint')}
        value={props.username}
        error={errorOf('username')}
        autocomplete="username"
        autocapitalize="none"
        maxlength={64}
        optional
      />
      <div class="field">
        <label for="locale">{ui.t('account.language')}</label>
        <select id="locale" name="locale">
          {Object.entries(LANGUAGE_NAMES).map(([locale, name]) => (
            <option value={locale} lang={locale} selected={locale === props.locale}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <Button label={ui.t('account.save')} />
    </PostForm>
  );
};
