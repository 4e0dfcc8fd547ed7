// What the page of one account is made of: its roles, what is open in its name, and the acts on it.
import type { ComponentChildren } from 'preact';
import type { KeyFace } from '../../src/api-keys/faces.ts';
import type { Done } from '../../src/web/done.ts';
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui } from '../../src/web/view.ts';
import { actHref } from '../partials/act-link.ts';
import { Expiry, KeyState, LastUse } from '../partials/api-key.tsx';
import { LinkButton, QueryForm, Select } from '../partials/form.tsx';
import { browserText } from '../partials/origin.ts';
import type { Named, RecordFace } from '../partials/record-list.tsx';
import { describe, type Scope } from '../partials/scope-list.tsx';
import { dayText, Time } from '../partials/time.tsx';
import type { ActName } from './act.tsx';
import type { PersonFace } from './people.tsx';

export interface HeldRole {
  name: string;
  description?: string | undefined;
  state: 'own' | 'default' | 'included';
  /** Roles that include it. */
  via: readonly string[];
}

export interface Seen {
  at: Date;
  lastUsedAt?: Date | undefined;
  /** The application, where it was one. */
  client?: string | undefined;
  address?: string | undefined;
  userAgent?: string | undefined;
  isDisowned?: boolean;
}

export interface PersonProps {
  person: PersonFace & { email?: string | undefined; createdAt: Date; deletionAt?: Date | undefined };
  /** Who look after a service account. */
  maintainers: readonly Named[];
  roles: readonly HeldRole[];
  grantable: readonly string[];
  scopes: readonly Scope[];
  factors: { passkeys: number; totp: number; recoveryCodes: number };
  sessions: readonly Seen[];
  apps: readonly { grantId: string; name: string; scopes: readonly Scope[]; since: Date }[];
  keys: readonly KeyFace[];
  signIns: readonly Seen[];
  records: readonly RecordFace[];
  mayWrite: boolean;
  /** The reader's own account, or one that they look after: they give it no roles. */
  isOwn: boolean;
  done?: Done | undefined;
}

export interface PersonPart {
  of: PersonProps;
  ui: Ui;
}

const hrefOf = (id: string): string => `/admin/people/${encodeURIComponent(id)}`;
const actOn = ({ person }: PersonProps, act: ActName, what: Readonly<Record<string, string>> = {}): string =>
  actHref(act, { account: person.id, ...what }, hrefOf(person.id));

export function Section<T>({
  title,
  items,
  children,
  ui,
}: {
  title: MessageKey;
  items: readonly T[];
  children: (item: T) => ComponentChildren;
  ui: Ui;
}) {
  return items.length === 0 ? null : (
    <section class="section">
      <h2>{ui.t(title)}</h2>
      <ul class="rights">{items.map(children)}</ul>
    </section>
  );
}

export const Acts = ({ of, ui }: PersonPart) => {
  const { person, factors, sessions } = of;
  const hasFactors = factors.passkeys + factors.totp + factors.recoveryCodes > 0;
  return (
    <div class="acts start">
      <ActButton
        of={of}
        act={person.state === 'disabled' ? 'enable' : 'disable'}
        label={person.state === 'disabled' ? 'admin.act.enable' : 'admin.act.disable'}
        ui={ui}
      />
      {sessions.length > 0 ? <ActButton of={of} act="sign-out" label="admin.act.sign-out" ui={ui} /> : null}
      {hasFactors ? <ActButton of={of} act="reset-factors" label="admin.act.reset-factors" ui={ui} /> : null}
    </div>
  );
};

const ActButton = ({ of, act, label, ui }: PersonPart & { act: ActName; label: MessageKey }) => (
  <LinkButton kind="secondary" href={actOn(of, act)} label={ui.t(label)} />
);

export const Roles = ({ of, ui }: PersonPart) => (
  <section class="section">
    <h2>{ui.t('admin.nav.roles')}</h2>
    <ul class="rights">
      {of.roles.map((role) => (
        <li>
          <span>
            <a href={`/admin/roles/${encodeURIComponent(role.name)}`}>
              <code>{role.name}</code>
            </a>{' '}
            {role.description}{' '}
            {role.state === 'own' ? null : (
              <span class="muted">
                {role.state === 'default'
                  ? ui.t('admin.role.default')
                  : ui.t('admin.role.via', { roles: role.via.join(', ') })}
              </span>
            )}
          </span>
          {of.mayWrite && role.state === 'own' ? (
            <a href={actOn(of, 'revoke-role', { role: role.name })}>{ui.t('admin.act.revoke-role')}</a>
          ) : null}
        </li>
      ))}
    </ul>
    {of.mayWrite && of.grantable.length > 0 && !of.isOwn ? <GrantRole of={of} ui={ui} /> : null}
    {of.mayWrite && of.isOwn ? <p class="hint">{ui.t('admin.error.own_account')}</p> : null}
  </section>
);

/** Leads to the page that asks; so it is a question itself. */
const GrantRole = ({ of, ui }: PersonPart) => (
  <QueryForm action="/admin/act/grant-role" class="search" submit={ui.t('admin.person.grant')}>
    <input type="hidden" name="account" value={of.person.id} />
    <input type="hidden" name="return_to" value={hrefOf(of.person.id)} />
    <Select
      name="role"
      label={ui.t('admin.act.grant-role')}
      options={of.grantable.map((name) => ({ value: name, label: name }))}
      value={of.grantable[0] ?? ''}
    />
  </QueryForm>
);

export const Apps = ({ of, ui }: PersonPart) => (
  <Section title="admin.person.apps" ui={ui} items={of.apps}>
    {({ grantId, name, scopes, since }) => (
      <li>
        <span>
          <bdi>{name}</bdi> <span class="muted">{ui.t('apps.since', { date: dayText(ui.locale, since) })}</span>
          <br />
          {scopes.map((scope) => (
            <code class="chip" title={describe(scope, ui.t)}>
              {scope.name}
            </code>
          ))}
        </span>
        {of.mayWrite ? (
          <a href={actHref('revoke-grant', { grant: grantId }, hrefOf(of.person.id))}>
            {ui.t('admin.act.revoke-grant')}
          </a>
        ) : null}
      </li>
    )}
  </Section>
);

export const Keys = ({ of, ui }: PersonPart) => (
  <Section title="admin.nav.keys" ui={ui} items={of.keys}>
    {(key) => (
      <li>
        <span>
          <bdi>{key.name}</bdi> <KeyState of={key} ui={ui} /> <code class="muted">{key.clientId}</code>
          <br />
          <span class="muted">
            <span class="named">{ui.t('keys.expires')}</span> <Expiry of={key} ui={ui} />
            <br />
            <span class="named">{ui.t('keys.last_used')}</span> <LastUse of={key} ui={ui} />
          </span>
        </span>
        {of.mayWrite && key.state !== 'revoked' ? (
          <a href={actHref('revoke-key', { key: key.clientId }, hrefOf(of.person.id))}>
            {ui.t('admin.act.revoke-key')}
          </a>
        ) : null}
      </li>
    )}
  </Section>
);

export const SeenEntry = ({
  of: { at, lastUsedAt, client, address, userAgent, isDisowned },
  ui,
}: {
  of: Seen;
  ui: Ui;
}) => (
  <li>
    <span>
      {client === undefined ? null : (
        <>
          <bdi>{client}</bdi> ·{' '}
        </>
      )}
      {browserText(userAgent, ui)} {isDisowned ? <span class="chip bad">{ui.t('sign_ins.disowned')}</span> : null}
      <br />
      {address === undefined ? null : (
        <span class="muted">
          <bdi class="address">{address}</bdi> ·{' '}
        </span>
      )}
      <Time at={lastUsedAt ?? at} ui={ui} />
    </span>
  </li>
);
