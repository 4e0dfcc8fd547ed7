// What a changed configuration does to people, keys and applications, in the reader's language: the sentences of `config plan`.
import type { Consequence } from '../../src/policy/consequences.ts';
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
};

const TEXTS = {
  role_loses: 'admin.plan.role_loses',
  role_gains: 'admin.plan.role_gains',
  role_gone: 'admin.plan.role_gone',
  role_needs_mfa: 'admin.plan.role_needs_mfa',
  client_loses: 'admin.plan.client_loses',
  client_loses_grant: 'admin.plan.client_loses_grant',
  client_gone: 'admin.plan.client_gone',
  scope_moves: 'admin.plan.scope_moves',
  client_closes: 'admin.plan.client_closes',
} as const satisfies Record<Consequence['kind'], MessageKey>;

export const Consequences = ({ of: consequences, ui }: { of: readonly ConsequenceFace[]; ui: Ui }) =>
  consequences.length === 0 ? null : (
    <ul class="plain">
      {consequences.map((one) => (
        <li>{textOf(one, ui)}</li>
      ))}
    </ul>
  );

function textOf(
  { state, people, atMost, role = '', client = '', scope = '', grant = '', keys = 0, clients = 0 }: ConsequenceFace,
  ui: Ui,
) {
  const who = ui.t(atMost ? 'admin.plan.people_at_most' : 'admin.plan.people', { people });
  return ui.t(TEXTS[state], { who, role, client, scope, grant, keys, clients });
}

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
];
