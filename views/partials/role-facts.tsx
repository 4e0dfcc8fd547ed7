// What a role is, as far as its scopes do not say it.
import type { Ui } from '../../src/web/view.ts';

export interface RoleFace {
  name: string;
  description?: string | undefined;
  includes: readonly string[];
  /** Roles whose holders have it too. */
  includedBy: readonly string[];
  /** Every person has it. */
  isDefault: boolean;
  needsFactor: boolean;
  /** `via`: the role that says so; this one, or one that it includes. */
  scopes: readonly { name: string; description: string; via: string }[];
  /** Names of applications that let in only this role, or others beside. */
  clients: readonly string[];
  /** `file:line`. */
  place?: string | undefined;
  /** Accounts to which it was granted. */
  holders: number;
}

/** All but its scopes. */
export const RoleFacts = ({ of: role, ui }: { of: RoleFace; ui: Ui }) => (
  <>
    <p hidden={!role.isDefault && !role.needsFactor}>
      {role.isDefault ? <span class="chip good">{ui.t('admin.role.default')}</span> : null}
      {role.needsFactor ? <span class="chip warning">{ui.t('admin.role.factor')}</span> : null}
    </p>
    <dl class="facts roomy">
      <RoleChips label={ui.t('admin.role.includes')} roles={role.includes} />
      <RoleChips label={ui.t('admin.role.included_by')} roles={role.includedBy} />
      {role.clients.length === 0 ? null : (
        <>
          <dt>{ui.t('admin.role.clients')}</dt>
          <dd>
            {role.clients.map((client) => (
              <bdi class="chip">{client}</bdi>
            ))}
          </dd>
        </>
      )}
      {role.place === undefined ? null : (
        <>
          <dt>{ui.t('admin.role.place')}</dt>
          <dd>
            <code>{role.place}</code>
          </dd>
        </>
      )}
    </dl>
  </>
);

const RoleChips = ({ label, roles }: { label: string; roles: readonly string[] }) =>
  roles.length === 0 ? null : (
    <>
      <dt>{label}</dt>
      <dd>
        {roles.map((role) => (
          <a href={`/admin/roles/${encodeURIComponent(role)}`}>
            <code class="chip">{role}</code>
          </a>
        ))}
      </dd>
    </>
  );

export const roleSamples = {
  support: {
    name: 'support',
    description: 'Helps customers',
    includes: ['member'],
    includedBy: ['lead'],
    isDefault: false,
    needsFactor: true,
    scopes: [
      { name: 'calls:read', description: 'See your call history', via: 'support' },
      { name: 'messages:read', description: 'Read your messages', via: 'member' },
    ],
    clients: ['Support Desk'],
    place: 'config/tokenim.yaml:54',
    holders: 14,
  },
  member: {
    name: 'member',
    includes: [],
    includedBy: [],
    isDefault: true,
    needsFactor: false,
    scopes: [],
    clients: [],
    holders: 0,
  },
} as const satisfies Record<string, RoleFace>;
