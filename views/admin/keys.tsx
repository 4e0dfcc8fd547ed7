// `/admin/keys`: everybody's API keys, by owner, state, and how long nobody used them.
import type { KeyFace } from '../../src/api-keys/faces.ts';
import type { Done } from '../../src/web/done.ts';
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { actHref } from '../partials/act-link.ts';
import { AdminPage } from '../partials/admin-page.tsx';
import { KEY_STATES, KeyLines, KeyState, keySamples } from '../partials/api-key.tsx';
import { Field, QueryForm, Select } from '../partials/form.tsx';
import { Pager } from '../partials/pager.tsx';
import { AccountLink, type Named } from '../partials/record-list.tsx';

export type AdminKeyFace = KeyFace & { owner: Named };

export interface KeysAdminProps {
  keys: readonly AdminKeyFace[];
  /** As it was asked. */
  filter: {
    owner?: string | undefined;
    state?: string | undefined;
    unused?: string | undefined;
    expiring?: string | undefined;
  };
  /** This page, for the way back from an act. */
  here: string;
  older?: string | undefined;
  mayWrite: boolean;
  done?: Done | undefined;
}

export const keysAdmin: View<KeysAdminProps> = {
  name: 'admin/keys',
  title: (_props, { t }) => t('admin.nav.keys'),
  body: (props, ui) => (
    <AdminPage ui={ui} tab="/admin/keys" title={ui.t('admin.nav.keys')} done={props.done}>
      <Filter of={props} ui={ui} />
      {props.keys.length === 0 ? <p>{ui.t('admin.keys.none')}</p> : null}
      <ul class="keys">
        {props.keys.map((key) => (
          <Entry of={key} in={props} ui={ui} />
        ))}
      </ul>
      <Pager older={props.older} ui={ui} />
    </AdminPage>
  ),
  samples: samples(),
};

const DAYS = ['', '7', '14', '30', '90', '180'];

const Filter = ({ of: { filter }, ui }: { of: KeysAdminProps; ui: Ui }) => (
  <QueryForm action="/admin/keys" submit={ui.t('admin.filter')}>
    <div class="pair">
      <Field
        name="owner"
        label={ui.t('admin.keys.owner')}
        value={filter.owner}
        autocomplete="off"
        maxlength={254}
        optional
      />
      <Select
        name="state"
        label={ui.t('keys.state')}
        options={[
          { value: '', label: ui.t('admin.any') },
          ...Object.entries(KEY_STATES).map(([value, { label }]) => ({ value, label: ui.t(label) })),
        ]}
        value={filter.state ?? ''}
      />
      <Days name="unused" label="admin.keys.unused" value={filter.unused} ui={ui} />
      <Days name="expiring" label="admin.keys.expiring" value={filter.expiring} ui={ui} />
    </div>
  </QueryForm>
);

const Days = ({ name, label, value, ui }: { name: string; label: MessageKey; value: string | undefined; ui: Ui }) => (
  <Select
    name={name}
    label={ui.t(label)}
    options={DAYS.map((days) => ({
      value: days,
      label: days === '' ? ui.t('admin.any') : ui.t('keys.days', { days }),
    }))}
    value={value ?? ''}
  />
);

const Entry = ({ of: key, in: { here, mayWrite }, ui }: { of: AdminKeyFace; in: KeysAdminProps; ui: Ui }) => (
  <li>
    <div class="key-head">
      <strong>
        <bdi>{key.name}</bdi>
      </strong>
      <KeyState of={key} ui={ui} />
      <AccountLink of={key.owner} />
    </div>
    <KeyLines of={key} ui={ui} />
    {mayWrite && key.state !== 'revoked' ? (
      <p class="links">
        {key.state === 'disabled' ? (
          <a href={actHref('enable-key', { key: key.clientId }, here)}>{ui.t('admin.act.enable-key')}</a>
        ) : (
          <a href={actHref('disable-key', { key: key.clientId }, here)}>{ui.t('admin.act.disable-key')}</a>
        )}
        <a href={actHref('revoke-key', { key: key.clientId }, here)}>{ui.t('admin.act.revoke-key')}</a>
      </p>
    ) : null}
  </li>
);

function samples(): Record<string, KeysAdminProps> {
  const owner = { id: 'a2', name: 'wang@example.com', isKnown: true };
  const keys = Object.values(keySamples).map((key) => ({ ...key, owner }));
  const disabled = {
    ...keySamples.active,
    state: 'disabled',
    owner: { id: 'gone', name: 'gone', isKnown: false },
  } as const;
  const filter = { owner: 'wang@example.com', state: 'active', unused: '90' };
  return {
    none: { keys: [], filter, here: '/admin/keys?state=active', mayWrite: true },
    some: {
      keys: [...keys, disabled],
      filter: {},
      here: '/admin/keys',
      older: '/admin/keys?after=k',
      mayWrite: true,
      done: 'recorded',
    },
    read_only: { keys, filter: {}, here: '/admin/keys', mayWrite: false },
  };
}
