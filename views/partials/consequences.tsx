// What a changed configuration does to people, keys and applications, in the reader's language: the sentences of `config plan`.
import type { Consequence, StoredFace } from '../../src/policy/consequences.ts';
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui } from '../../src/web/view.ts';

/** A `Consequence` whose kind the page goes by. */
export type ConsequenceFace = Omit<Consequence, 'kind'> & {
  state: Consequence['kind'];
  role?: string;
  client?: string;
  scope?: string;
  grant?: string;
  keys?: number;
  clients?: number;
  atMost?: true;
  problem?: string;
  stored?: StoredFace;
};

const TEXTS = {
  role_loses: 'admin.plan.role_loses',
  role_gains: 'admin.plan.role_gains',
  role_gone: 'admin.plan.role_gone',
  role_needs_mfa: 'admin.plan.role_needs_mfa',
  client_loses: 'admin.plan.client_loses',
  client_loses_grant: 'admin.plan.client_loses_grant',
  client_loses_on_devices: 'admin.plan.client_loses_on_devices',
  client_gone: 'admin.plan.client_gone',
  client_refused: 'admin.plan.client_refused',
  client_superseded: 'admin.plan.client_superseded',
  client_loses_proof: 'admin.plan.client_loses_proof',
  scope_moves: 'admin.plan.scope_moves',
  client_closes: 'admin.plan.client_closes',
  registration_ends: 'admin.plan.registration_ends',
  registration_narrows: 'admin.plan.registration_narrows',
} as const satisfies Record<Consequence['kind'], MessageKey>;

export const Consequences = ({ of: consequences, ui }: { of: readonly ConsequenceFace[]; ui: Ui }) =>
  consequences.length === 0 ? null : (
    <ul class="plain">
      {consequences.map((one) => (
        <li>{textOf(one, ui)}</li>
      ))}
    </ul>
  );

function textOf({ state, people, atMost, client: id = '', stored, ...facts }: ConsequenceFace, ui: Ui) {
  const who = ui.t(atMost ? 'admin.plan.people_at_most' : 'admin.plan.people', { people });
  const client = stored ? ui.t('admin.plan.stored', { client: id, name: stored.name }) : id;
  const { role = '', scope = '', grant = '', keys = 0, clients = 0, problem = '' } = facts;
  return ui.t(TEXTS[state], { who, client, role, scope, grant, keys, clients, problem });
}

const notes = { name: 'Harbour Notes', origin: 'console' } as const;
const NOT_HTTPS = 'redirect_uris.0: must be https:';

export const consequenceSamples: readonly ConsequenceFace[] = [
  { state: 'role_loses', role: 'support', scope: 'calls:read', people: 14, keys: 3, clients: 2 },
  { state: 'role_gains', role: 'support', scope: 'contacts:read', people: 14, keys: 0, clients: 1 },
  { state: 'role_gone', role: 'intern', people: 2 },
  { state: 'role_needs_mfa', role: 'admin', people: 1 },
  { state: 'client_loses', client: 'crm', scope: 'messages:send', people: 31, atMost: true },
  { state: 'client_loses_grant', client: 'crm', grant: 'authorization_code', people: 31 },
  { state: 'scope_moves', scope: 'calls:read', people: 9, keys: 2 },
  { state: 'client_gone', client: 'old-desk', people: 0 },
  { state: 'client_closes', client: 'desk', people: 7 },
  { state: 'client_loses', client: 'app_4kX0d9PqT2mLw7Zb', stored: notes, scope: 'calls:read', people: 12 },
  { state: 'client_loses_on_devices', client: 'tv', scope: 'calls:read', people: 5 },
  { state: 'client_refused', client: 'app_4kX0d9PqT2mLw7Zb', stored: notes, problem: NOT_HTTPS, people: 12 },
  { state: 'client_superseded', client: 'app_4kX0d9PqT2mLw7Zb', stored: notes, people: 0 },
  { state: 'client_loses_proof', client: 'app_4kX0d9PqT2mLw7Zb', stored: notes, people: 12 },
  { state: 'registration_ends', clients: 3, people: 0 },
  { state: 'registration_narrows', scope: 'calls:read', clients: 2, people: 0 },
];
