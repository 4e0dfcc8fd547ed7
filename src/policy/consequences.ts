// What a changed configuration does to people, keys and applications. Pure: accounts come counted by their roles
// (`compose/changes.ts` counts them), and `roles.ts` says what roles grant.
import type { ClientSnapshot, ConfigSnapshot } from '../config/snapshot.ts';
import { accountScopes, expandRoles, type RoleHolder, rolesOf } from './roles.ts';

/** Accounts that hold the same roles. */
export interface HolderGroup extends RoleHolder {
  ids: readonly string[];
}

export type Consequence =
  /** People who hold the role and so no longer have the scope, by this role or another; or have it now. */
  | { kind: 'role_loses' | 'role_gains'; role: string; scope: string; people: number; keys: number; clients: number }
  | { kind: 'role_gone' | 'role_needs_mfa'; role: string; people: number }
  /** `people` agreed to it before; of our own applications nobody is asked, and it may be everybody: `atMost`. */
  | ({ kind: 'client_loses'; scope: string; atMost?: true } & OfClient)
  /** Of the ceiling of the device grant alone: `people` have a device that was given it. */
  | ({ kind: 'client_loses_on_devices'; scope: string } & OfClient)
  /** It no longer signs people in, or keeps them signed in, by this grant. */
  | ({ kind: 'client_loses_grant'; grant: string; atMost?: true } & OfClient)
  | ({ kind: 'client_gone'; atMost?: true } & OfClient)
  /** One that no file manages breaks a rule of the files by `problem`, and is out of force as a whole. */
  | ({ kind: 'client_refused'; problem: string } & OfClient)
  /** A file has its id from now on; where no secret or key of before opens, `client_loses_proof` says for whom. */
  | ({ kind: 'client_superseded' | 'client_loses_proof' } & OfClient)
  /** Nobody can register a client, and `clients` that did stay as they are. */
  | { kind: 'registration_ends'; clients: number; people: number }
  /** The same of a scope or grant that can no longer be registered, and that `clients` have. */
  | { kind: 'registration_narrows'; scope: string; clients: number; people: number }
  /** To a resource with another indicator. `people` agreed to it, or own keys that have it. */
  | { kind: 'scope_moves'; scope: string; people: number; keys: number; atMost?: true }
  /** People who may sign in to it now and not then. */
  | ({ kind: 'client_closes' } & OfClient);

export interface OfClient {
  client: string;
  people: number;
  /** Of one that no file manages. */
  stored?: StoredFace;
}

/** What it calls itself, and who made it. */
export interface StoredFace {
  name: string;
  origin: 'console' | 'registration';
}

/** What a consequence says of the client beside its numbers. */
export const faceOf = (client: string, { name, stored }: ClientSnapshot): Omit<OfClient, 'people'> => ({
  client,
  ...(stored && { stored: { name, origin: stored.origin } }),
});

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
  /** Roles that ask them for a second factor now and did not. */
  stronger: readonly string[];
}

export function shiftGroups(groups: readonly HolderGroup[], before: Roles, after: Roles): ShiftedGroup[] {
  const changed = changedRoles(before, after);
  const old = new Map(changed.map((role) => [role, grantedBy(role, before)]));
  const next = new Map(changed.map((role) => [role, grantedBy(role, after)]));
  const strong = Object.keys(after).filter((role) => after[role]?.require_mfa);
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
    const stronger = strong.filter(
      (role) => heldAfter.has(role) && !(heldBefore.has(role) && before[role]?.require_mfa),
    );
    return { ...group, ...shift, losses, gains, heldBefore, heldAfter, stronger };
  });
}

/** Who cannot have a second factor at once loses what the role gives. */
export const isLoser = ({ kind, lost, stronger }: ShiftedGroup): boolean =>
  kind === 'person' && lost.length + stronger.length > 0;

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
  for (const { ids, losses, gains } of groups.filter(isOfPeople)) {
    for (const [role, scope] of losses) shiftFor('role_loses', role, scope).people += ids.length;
    for (const [role, scope] of gains) shiftFor('role_gains', role, scope).people += ids.length;
  }
  for (const { owner, scopes } of keys) {
    for (const [role, scope] of owner.losses) if (scopes.includes(scope)) shiftFor('role_loses', role, scope).keys += 1;
    for (const [role, scope] of owner.gains) if (scopes.includes(scope)) shiftFor('role_gains', role, scope).keys += 1;
  }
  const gone = changed.filter((role) => !Object.hasOwn(after.roles, role));
  return [
    ...shifts.values(),
    ...gone.map((role) => endOf(role, groups)),
    ...strongerRoles(groups, before.roles, after.roles),
  ];
}

type Shift = Extract<Consequence, { kind: 'role_loses' | 'role_gains' }>;

const endOf = (role: string, groups: readonly ShiftedGroup[]): Consequence => ({
  kind: 'role_gone',
  role,
  people: peopleIn(groups.filter(({ heldBefore }) => heldBefore.has(role))),
});

/** Roles that ask for a second factor now, or reach people who did not have them. */
function strongerRoles(groups: readonly ShiftedGroup[], before: Roles, after: Roles): Consequence[] {
  const concerned = new Map<string, number>();
  for (const [role, { require_mfa }] of Object.entries(after)) {
    if (require_mfa && before[role]?.require_mfa === false) concerned.set(role, 0);
  }
  for (const { ids, stronger } of groups.filter(isOfPeople)) {
    for (const role of stronger) concerned.set(role, (concerned.get(role) ?? 0) + ids.length);
  }
  return [...concerned].map(([role, people]) => ({ kind: 'role_needs_mfa', role, people }));
}

const grantedBy = (role: string, roles: Roles): ReadonlySet<string> =>
  new Set(expandRoles([role], roles).flatMap((name) => roles[name]?.scopes ?? []));

export const isOfPeople = ({ kind }: RoleHolder): boolean => kind === 'person';

const peopleIn = (groups: readonly HolderGroup[]): number =>
  groups.filter(isOfPeople).reduce((sum, { ids }) => sum + ids.length, 0);

/** People sign in there. */
export const signsIn = ({ grants }: Pick<ClientSnapshot, 'grants'>): boolean =>
  grants.some((grant) => grant !== 'client_credentials');

/** Applications where people sign in that may ask for the scope. */
const clientsAsking = ({ clients }: ConfigSnapshot, scope: string): number =>
  Object.values(clients).filter((client) => client.scopes.includes(scope) && signsIn(client)).length;

/** Scopes that both have, at resources of different indicators: tokens, consents and keys for one are none for the other. */
export function movedScopes(before: ConfigSnapshot, after: ConfigSnapshot): string[] {
  const indicatorOf = (scope: string, { scopes, resources }: ConfigSnapshot) =>
    resources[scopes[scope]?.resource ?? '']?.indicator;
  return Object.keys(before.scopes).filter(
    (scope) => Object.hasOwn(after.scopes, scope) && indicatorOf(scope, before) !== indicatorOf(scope, after),
  );
}
