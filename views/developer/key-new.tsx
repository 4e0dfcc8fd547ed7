// `/developer/keys/new`: what the key is for, what it may do, how long, and from where.
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { Alert, Card } from '../partials/card.tsx';
import { Button, Checkbox, Field, PostForm, Select } from '../partials/form.tsx';

export interface KeyNewProps {
  owner: { id: string; service?: string | undefined };
  /** Whom the key could be for instead; without `service` the person. */
  others: readonly { id: string; service?: string | undefined }[];
  scopes: readonly { name: string; description: string; resource: string; isChosen: boolean }[];
  resources: readonly { id: string; indicator: string }[];
  typed: {
    name?: string | undefined;
    addresses?: string | undefined;
    resource?: string | undefined;
    days?: string | undefined;
  };
  error?: string | undefined;
}

/** Days. */
export const LIFETIMES: readonly string[] = ['7', '30', '90', '180', '365'];

const ERRORS: Readonly<Record<string, MessageKey>> = {
  key_name_invalid: 'keys.error.key_name_invalid',
  key_scopes_missing: 'keys.error.key_scopes_missing',
  scope_not_granted: 'keys.error.scope_not_granted',
  network_invalid: 'keys.error.network_invalid',
  networks_too_many: 'keys.error.networks_too_many',
  scope_not_of_resource: 'keys.error.scope_not_of_resource',
};

export const keyNew: View<KeyNewProps> = {
  name: 'developer/key-new',
  title: (_props, { t }) => t('keys.new'),
  body: (props, ui) => (
    <Card title={ui.t('keys.new')} lead={leadOf(props, ui)}>
      <Others of={props} ui={ui} />
      {props.error === undefined ? null : <Alert tone="bad">{ui.t(ERRORS[props.error] ?? 'keys.error.other')}</Alert>}
      {props.scopes.length === 0 ? <p>{ui.t('keys.new.no_scopes')}</p> : <Form of={props} ui={ui} />}
      <p class="fine">
        <a href="/developer/keys">{ui.t('keys.back')}</a>
      </p>
    </Card>
  ),
  samples: samples(),
};

const leadOf = ({ owner: { service } }: KeyNewProps, { t }: Ui): string =>
  service === undefined ? t('keys.new.lead') : t('keys.new.lead_service', { name: service });

const Others = ({ of: { others }, ui }: { of: KeyNewProps; ui: Ui }) =>
  others.length === 0 ? null : (
    <p class="fine links">
      {others.map(({ id, service }) => (
        <a href={`/developer/keys/new?owner=${encodeURIComponent(id)}`}>
          {service === undefined ? ui.t('keys.new.for_me') : ui.t('keys.new.for_service', { name: service })}
        </a>
      ))}
    </p>
  );

const Form = ({ of: { owner, scopes, resources, typed }, ui }: { of: KeyNewProps; ui: Ui }) => (
  <PostForm ui={ui} action="/developer/keys" class="stack" hidden={{ owner: owner.id }}>
    <Field
      name="name"
      label={ui.t('keys.name')}
      hint={ui.t('keys.name.hint')}
      value={typed.name}
      autocomplete="off"
      maxlength={100}
    />
    <fieldset class="choices">
      <legend>{ui.t('keys.scopes')}</legend>
      <p class="hint">{ui.t('keys.scopes.hint')}</p>
      {scopes.map(({ name, description, isChosen }) => (
        <Checkbox name={`scope:${name}`} value="on" label={description} note={name} checked={isChosen} />
      ))}
    </fieldset>
    <Select
      name="days"
      label={ui.t('keys.lifetime')}
      options={LIFETIMES.map((days) => ({ value: days, label: ui.t('keys.days', { days }) }))}
      value={typed.days ?? '90'}
      hint={ui.t('keys.lifetime.hint')}
    />
    <Field
      name="addresses"
      label={ui.t('keys.addresses.optional')}
      hint={ui.t('keys.addresses.hint')}
      value={typed.addresses}
      autocomplete="off"
      maxlength={1000}
      optional
    />
    {resources.length === 0 ? null : (
      <Select
        name="resource"
        label={ui.t('keys.resource.optional')}
        options={[
          { value: '', label: ui.t('keys.resource.any') },
          ...resources.map(({ id, indicator }) => ({ value: id, label: indicator })),
        ]}
        value={typed.resource ?? ''}
      />
    )}
    <Button label={ui.t('keys.new.submit')} />
  </PostForm>
);

function samples(): Record<string, KeyNewProps> {
  const scopes = [
    { name: 'messages:read', description: 'Read your messages', resource: 'im', isChosen: true },
    { name: 'messages:send', description: 'Send messages as you', resource: 'im', isChosen: false },
  ];
  const resources = [{ id: 'im', indicator: 'https://im.tokenim.example/' }];
  const empty: KeyNewProps = { owner: { id: 'a1' }, others: [], scopes, resources, typed: {} };
  return {
    empty,
    for_service: {
      ...empty,
      owner: { id: 's1', service: 'reports' },
      others: [{ id: 'a1' }, { id: 's2', service: 'nightly' }],
    },
    no_scopes: { ...empty, scopes: [], resources: [] },
    ...Object.fromEntries(
      [...Object.keys(ERRORS), 'expiry_invalid'].map((error) => [
        error,
        { ...empty, typed: { name: 'CRM', addresses: '10.0.0.0/99', resource: 'im', days: '30' }, error },
      ]),
    ),
  };
}
