// What roles grant: explicit and default roles, what they include, and the scopes that follow (contract §6, `roles`).
// `decide.ts` sets them against what was asked.
import { QR_APPROVE } from '../config/built-in.ts';
import { OPENID_SCOPES, type Config } from '../config/config.ts';

type Roles = Config['roles'];

/** What of an account decides its roles. */
export interface RoleHolder {
  kind: 'person' | 'service';
  /** Granted explicitly. */
  roles: readonly string[];
}

/** How the person signed in; absent where nobody did, as for the keys of an owner. */
export interface SignInStrength {
  mfa: boolean;
}

/**
 * The named roles and everything they include, at any depth; names that the configuration does not know are left out. A role
 * with `require_mfa` has no effect for who signed in without a second factor, nor gives what it includes.
 */
export function expandRoles(names: readonly string[], roles: Roles, { mfa }: SignInStrength = { mfa: true }): string[] {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
    if (!role || reached.has(name) || (role.require_mfa && !mfa)) return;
    reached.add(name);
    role.includes.forEach(visit);
  };
  names.forEach(visit);
  return [...reached];
}

/** Every role that an account has now: its own, the default ones (people only), and what those include. */
export function rolesOf(holder: RoleHolder, roles: Roles, strength?: SignInStrength): string[] {
  const byDefault = holder.kind === 'person' ? Object.keys(roles).filter((name) => roles[name]?.default) : [];
  return expandRoles([...holder.roles, ...byDefault], roles, strength);
}

/** The API scopes that an account's roles grant now. */
export function roleScopes(holder: RoleHolder, roles: Roles, strength?: SignInStrength): string[] {
  return [...new Set(rolesOf(holder, roles, strength).flatMap((name) => roles[name]?.scopes ?? []))];
}

/**
 * What an account may give to an application: the scopes of its roles; for people also the OpenID scopes and approving
 * their own sign-ins, which need no role.
 */
export function accountScopes(holder: RoleHolder, roles: Roles, strength?: SignInStrength): string[] {
  return [...roleScopes(holder, roles, strength), ...(holder.kind === 'person' ? [...OPENID_SCOPES, QR_APPROVE] : [])];
}

/** What a role grants, each scope with the role that says so: itself, or the first that it includes. */
export const scopesByRole = (name: string, roles: Roles): { scope: string; role: string }[] => {
  const granting = new Map<string, string>();
  for (const role of expandRoles([name], roles)) {
    for (const scope of roles[role]?.scopes ?? []) if (!granting.has(scope)) granting.set(scope, role);
  }
  return [...granting].map(([scope, role]) => ({ scope, role }));
};

/** Whether any role of the account demands multi-factor authentication. */
export const requiresMfa = (holder: RoleHolder, roles: Roles): boolean =>
  rolesOf(holder, roles).some((name) => roles[name]?.require_mfa);

/** The roles that grant a scope, by themselves or by what they include. */
export const rolesGranting = (scope: string, roles: Roles): string[] =>
  Object.keys(roles).filter((name) => expandRoles([name], roles).some((role) => roles[role]?.scopes.includes(scope)));
