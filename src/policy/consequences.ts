// What a changed configuration does to people, keys and applications. Pure: accounts come counted by their roles
// (`compose/changes.ts` counts them), and `roles.ts` says what roles grant.
import type { ConfigSnapshot } from '../config/snapshot.ts';
import { accountScopes, expandRoles, type RoleHolder, rolesOf } from './roles.ts';

/** Accounts that hold the same roles. */
export interface HolderGroup extends RoleHolder {
  count: number;
}

export type Consequence =
  /** People who hold the role and so no longer have the scope, by this role or another; or have it now. */
  | { kind: 'role_loses' | 'role_gains'; role: string; scope: string; people: number; keys: number; clients: number }
  | { kind: 'role_gone' | 'role_needs_mfa'; role: string; people: number }
  /** `people` agreed to it before; of our own applications nobody is asked, and it may be everybody: `atMost`. */
  | { kind: 'client_loses'; client: string; scope: string; people: number; atMost?: true }
  | { kind: 'client_gone'; client: string; people: number; atMost?: true }
  /** People who may sign in to it now and not then. */
  | { kind: 'client_closes'; client: string; people: number };

export type Roles = ConfigSnapshot['roles'];

/** What the account may give before and not after, and the reverse. */
export interface ScopeShift {
  lost: readonly string[];
  gained: readonly string[];
}

export function shiftOf(holder: RoleHolder, before: Roles, after: Roles): ScopeShift {
  const [old, next] = [new Set(accountScopes(holder, before)), new Set(accountScopes(holder, after))];
  return { lost: [...old].filter((name) => !next.has(name)), gained: [...next].filter((name) => !old.has(name)) };
}

/** Roles whose holders may notice; `everybody` when also those without a role of their own. */
export function affectedRoles(before: Roles, after: Roles): { names: string[]; everybody: boolean } {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const effectOf = (name: string, roles: Roles): string => {
    const reached = expandRoles([name], roles);
    const scopes = reached.flatMap((role) => roles[role]?.scopes ?? []).sort();
    const strong = reached.filter((role) => roles[role]?.require_mfa).sort();
    return JSON.stringify([[...new Set(scopes)], strong, reached.sort(), Object.hasOwn(roles, name)]);
  };
  const affected = names.filter((name) => effectOf(name, before) !== effectOf(name, after));
  const isDefault = (name: string, roles: Roles): boolean => roles[name]?.default ?? false;
  const everybody = names.some(
    (name) =>
      isDefault(name, before) !== isDefault(name, after) || (isDefault(name, before) && affected.includes(name)),
  );
  return { names: affected, everybody };
}

/** Roles that say something else themselves; those that only include such a role follow it. */
export const changedRoles = (before: Roles, after: Roles): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => grantsOf(before, name) !== grantsOf(after, name))
    .sort();

function grantsOf(roles: Roles, name: string): string {
  const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
  return role ? JSON.stringify([role.default, role.includes, role.scopes, role.require_mfa]) : '';
}

/** A group, with what happens to each of its accounts. */
export interface ShiftedGroup extends HolderGroup, ScopeShift {
  /** By which changed role it has or had them: `role` and `scope`. */
  losses: readonly (readonly [role: string, scope: string])[];
  gains: readonly (readonly [role: string, scope: string])[];
  heldBefore: ReadonlySet<string>;
  heldAfter: ReadonlySet<string>;
}

export function shiftGroups(groups: readonly HolderGroup[], before: Roles, after: Roles): ShiftedGroup[] {
  const changed = changedRoles(before, after);
  const old = new Map(changed.map((role) => [role, grantedBy(role, before)]));
  const next = new Map(changed.map((role) => [role, grantedBy(role, after)]));
  return groups.map((group) => {
    const shift = shiftOf(group, before, after);
    const [heldBefore, heldAfter] = [new Set(rolesOf(group, before)), new Set(rolesOf(group, after))];
    const through = (scopes: readonly string[], held: ReadonlySet<string>, granted: typeof old) =>
      scopes.flatMap((scope) =>
        changed
          .filter((role) => held.has(role) && granted.get(role)?.has(scope))
          .map((role): [string, string] => [role, scope]),
      );
    const [losses, gains] = [through(shift.lost, heldBefore, old), through(shift.gained, heldAfter, next)];
    return { ...group, ...shift, losses, gains, heldBefore, heldAfter };
  });
}

/** An API key that can be used, by its owner. */
export interface OwnedKey {
  owner: ShiftedGroup;
  scopes: readonly string[];
}

/** What each changed role takes and gives, and from how many. */
export function roleConsequences(
  groups: readonly ShiftedGroup[],
  keys: readonly OwnedKey[],
  { before, after }: { before: ConfigSnapshot; after: ConfigSnapshot },
): Consequence[] {
  const shifts = new Map<string, Shift>();
  const shiftFor = (kind: Shift['kind'], role: string, scope: string): Shift => {
    const id = JSON.stringify([role, kind, scope]);
    const known = shifts.get(id) ?? { kind, role, scope, people: 0, keys: 0, clients: clientsAsking(after, scope) };
    shifts.set(id, known);
    return known;
  };
  const changed = changedRoles(before.roles, after.roles);
  for (const role of changed) {
    const [old, next] = [grantedBy(role, before.roles), grantedBy(role, after.roles)];
    for (const scope of old) if (!next.has(scope)) shiftFor('role_loses', role, scope);
    for (const scope of next) if (!old.has(scope)) shiftFor('role_gains', role, scope);
  }
  for (const { count, losses, gains } of groups.filter(isOfPeople)) {
    for (const [role, scope] of losses) shiftFor('role_loses', role, scope).people += count;
    for (const [role, scope] of gains) shiftFor('role_gains', role, scope).people += count;
  }
  for (const { owner, scopes } of keys) {
    for (const [role, scope] of owner.losses) if (scopes.includes(scope)) shiftFor('role_loses', role, scope).keys += 1;
    for (const [role, scope] of owner.gains) if (scopes.includes(scope)) shiftFor('role_gains', role, scope).keys += 1;
  }
  return [...shifts.values(), ...changed.flatMap((role) => endOf(role, groups, before.roles, after.roles))];
}

type Shift = Extract<Consequence, { kind: 'role_loses' | 'role_gains' }>;

function endOf(role: string, groups: readonly ShiftedGroup[], before: Roles, after: Roles): Consequence[] {
  if (!Object.hasOwn(after, role)) {
    return [{ kind: 'role_gone', role, people: peopleIn(groups.filter(({ heldBefore }) => heldBefore.has(role))) }];
  }
  if (!after[role]?.require_mfa || before[role]?.require_mfa !== false) return [];
  return [{ kind: 'role_needs_mfa', role, people: peopleIn(groups.filter(({ heldAfter }) => heldAfter.has(role))) }];
}

const grantedBy = (role: string, roles: Roles): ReadonlySet<string> =>
  new Set(expandRoles([role], roles).flatMap((name) => roles[name]?.scopes ?? []));

const isOfPeople = ({ kind }: RoleHolder): boolean => kind === 'person';

const peopleIn = (groups: readonly HolderGroup[]): number =>
  groups.filter(isOfPeople).reduce((sum, { count }) => sum + count, 0);

/** Applications where people sign in that may ask for the scope. */
const clientsAsking = ({ clients }: ConfigSnapshot, scope: string): number =>
  Object.values(clients).filter(
    ({ grants, scopes }) => scopes.includes(scope) && grants.some((grant) => grant !== 'client_credentials'),
  ).length;

/** People whom a client lets in before and not after; turned around, those whom it lets in from now on. */
export function shutOut(
  groups: readonly ShiftedGroup[],
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
): number {
  const mayEnter = (held: ReadonlySet<string>, allowed: readonly string[] | undefined): boolean =>
    allowed === undefined || allowed.some((role) => held.has(role));
  return peopleIn(
    groups.filter(({ heldBefore, heldAfter }) => mayEnter(heldBefore, before) && !mayEnter(heldAfter, after)),
  );
}
