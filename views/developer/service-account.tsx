// `/developer/service-accounts/<id>`: what one may do, its keys, who looks after it, its name, and putting it to rest.
import type { KeyFace } from '../../src/api-keys/faces.ts';
import type { ServiceAccountFace } from '../../src/api-keys/service-accounts.ts';
import type { Done } from '../../src/web/done.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { KeyState } from '../partials/api-key.tsx';
import { Alert, Card } from '../partials/card.tsx';
import { DoneAlert } from '../partials/done.tsx';
import { Button, Field, LinkButton, PostForm } from '../partials/form.tsx';
import { ScopeList, type Scope } from '../partials/scope-list.tsx';
import { ServiceError, ServiceNames, ServiceState, type TypedNames } from '../partials/service-account.tsx';
import { dayText } from '../partials/time.tsx';

export interface ServiceAccountProps {
  account: Omit<ServiceAccountFace, 'scopes'> & { scopes: readonly Scope[] };
  keys: readonly Pick<KeyFace, 'clientId' | 'name' | 'state'>[];
  /** Account id of the reader. */
  self: string;
  typed?: TypedNames & { login?: string | undefined };
  done?: Done | undefined;
  error?: string | undefined;
}

export const serviceAccountPage: View<ServiceAccountProps> = {
  name: 'developer/service-account',
  title: ({ account }) => account.name,
  body: (props, ui) => (
    <Card title={props.account.name} lead={props.account.purpose} wide>
      <DoneAlert done={props.done} ui={ui} />
      <ServiceError code={props.error} ui={ui} />
      <p>
        <ServiceState state={props.account.state} ui={ui} />
      </p>
      <Rights of={props} ui={ui} />
      <Keys of={props} ui={ui} />
      <Maintainers of={props} ui={ui} />
      <Names of={props} ui={ui} />
      <Rest of={props} ui={ui} />
      <p class="fine">
        <a href="/developer/service-accounts">{ui.t('services.back')}</a>
      </p>
    </Card>
  ),
  samples: samples(),
};

interface PartProps {
  of: ServiceAccountProps;
  ui: Ui;
}

const addressOf = ({ account: { id } }: ServiceAccountProps, act: string): string =>
  `/developer/service-accounts/${encodeURIComponent(id)}/${act}`;

const Rights = ({ of: { account }, ui }: PartProps) => (
  <section class="section">
    <h2>{ui.t('services.rights')}</h2>
    {account.roles.length === 0 ? (
      <>
        <Alert tone="warning">{ui.t('services.roles.missing')}</Alert>
        <p>
          <code class="command">tokenim account grant-role {account.name} …</code>
        </p>
      </>
    ) : (
      <>
        <p>
          <span class="muted">{ui.t('services.roles')}</span>{' '}
          {account.roles.map((role) => (
            <code class="chip">{role}</code>
          ))}
        </p>
        <ScopeList ui={ui} label={ui.t('services.scopes')} scopes={account.scopes} />
      </>
    )}
  </section>
);

const Keys = ({ of: { account, keys }, ui }: PartProps) => (
  <section class="section">
    <h2>{ui.t('keys.title')}</h2>
    {keys.length === 0 ? <p class="muted">{ui.t('keys.none')}</p> : null}
    <ul class="rights">
      {keys.map((key) => (
        <li>
          <a href={`/developer/keys/${encodeURIComponent(key.clientId)}`}>
            <bdi>{key.name}</bdi>
          </a>
          <KeyState of={key} ui={ui} />
        </li>
      ))}
    </ul>
    {account.state === 'active' && account.scopes.length > 0 ? (
      <LinkButton href={`/developer/keys/new?owner=${encodeURIComponent(account.id)}`} label={ui.t('keys.new')} />
    ) : null}
  </section>
);

const Maintainers = ({ of: props, ui }: PartProps) => (
  <section class="section">
    <h2>{ui.t('services.maintainers')}</h2>
    <p class="muted">{ui.t('services.maintainers.text')}</p>
    <ul class="rights">
      {props.account.maintainers.map(({ id, name, isAbsent }) => (
        <li>
          <span>
            <bdi>{name}</bdi> {id === props.self ? <span class="chip">{ui.t('services.you')}</span> : null}
            {isAbsent ? <span class="chip warning">{ui.t('services.absent')}</span> : null}
          </span>
          <PostForm ui={ui} action={addressOf(props, 'remove')} hidden={{ maintainer: id }}>
            <LinkLike
              label={ui.t(id === props.self ? 'services.leave' : 'services.remove')}
              named={id === props.self ? undefined : ui.t('services.remove.named', { name })}
            />
          </PostForm>
        </li>
      ))}
      {props.account.invitations.map(({ login, expiresAt }) => (
        <li>
          <span class="muted">
            <bdi>{login}</bdi> · {ui.t('services.invited', { date: dayText(ui.locale, expiresAt) })}
          </span>
          <PostForm ui={ui} action={addressOf(props, 'retract')} hidden={{ login }}>
            <LinkLike label={ui.t('services.retract')} named={ui.t('services.retract.named', { name: login })} />
          </PostForm>
        </li>
      ))}
    </ul>
    <PostForm ui={ui} action={addressOf(props, 'ask')} class="stack">
      <Field
        name="login"
        label={ui.t('services.ask')}
        hint={ui.t('services.ask.hint')}
        value={props.typed?.login}
        autocomplete="off"
        autocapitalize="none"
        maxlength={320}
      />
      <Button kind="secondary" label={ui.t('services.ask.submit')} />
    </PostForm>
  </section>
);

const LinkLike = ({ label, named }: { label: string; named: string | undefined }) => (
  <button type="submit" class="link" aria-label={named}>
    {label}
  </button>
);

const Names = ({ of: props, ui }: PartProps) => (
  <section class="section">
    <h2>{ui.t('services.rename')}</h2>
    <PostForm ui={ui} action={addressOf(props, 'rename')} class="stack">
      <ServiceNames typed={{ ...props.account, ...props.typed }} ui={ui} />
      <Button kind="secondary" label={ui.t('services.rename.submit')} />
    </PostForm>
  </section>
);

/** What an administrator has disabled, an administrator enables. */
const Rest = ({ of: props, ui }: PartProps) => {
  const { state } = props.account;
  if (state === 'disabled_by_administrator') return null;
  const act = state === 'active' ? 'disable' : 'enable';
  return (
    <section class="section">
      <h2>{ui.t(`services.${act}`)}</h2>
      <p class="muted">{ui.t(`services.${act}.text`)}</p>
      <PostForm ui={ui} action={addressOf(props, act)}>
        <Button kind={act === 'disable' ? 'danger' : 'secondary'} label={ui.t(`services.${act}`)} />
      </PostForm>
    </section>
  );
};

function samples(): Record<string, ServiceAccountProps> {
  const account: ServiceAccountProps['account'] = {
    id: 'a1',
    name: 'crm-sync',
    purpose: 'Copies customers every night',
    state: 'active',
    roles: ['member'],
    scopes: [{ name: 'messages:read', description: 'Read your messages' }],
    maintainers: [
      { id: 'p1', name: 'Lin Xiaoyu', isAbsent: false },
      { id: 'p2', name: 'anna@example.com', isAbsent: true },
    ],
    invitations: [{ login: 'wei@example.com', expiresAt: new Date('2026-11-28T09:30:00Z') }],
  };
  const keys: ServiceAccountProps['keys'] = [
    { clientId: 'tim_live_h0HvRNLHeGrt', name: 'nightly', state: 'active' },
    { clientId: 'tim_live_h0HvRNLHeGru', name: 'former', state: 'revoked' },
  ];
  const fresh = { ...account, purpose: undefined, roles: [], scopes: [], invitations: [] };
  return {
    shared: { account, keys, self: 'p1', done: 'maintainer_asked' },
    fresh: { account: { ...fresh, maintainers: account.maintainers.slice(0, 1) }, keys: [], self: 'p1', done: 'saved' },
    resting: { account: { ...account, state: 'disabled' }, keys, self: 'p1' },
    ended: { account: { ...account, state: 'disabled_by_administrator' }, keys, self: 'p1' },
    last: { account, keys, self: 'p1', error: 'last_maintainer' },
    asked_wrongly: { account, keys, self: 'p1', typed: { login: 'a b' }, error: 'login_invalid' },
    asked_much: { account, keys, self: 'p1', error: 'invitations_too_many' },
    renamed_wrongly: { account, keys, self: 'p1', typed: { name: 'x', purpose: '\u202e' }, error: 'name_invalid' },
    not_theirs: { account, keys, self: 'p1', error: 'disabled_by_administrator' },
    failed: { account, keys, self: 'p1', error: 'maintainers_too_many' },
  };
}
