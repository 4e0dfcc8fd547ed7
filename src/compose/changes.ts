// What a configuration would change against the one that was applied last, and for how many: `config plan`, and what a
// reload asks before it takes anything. Counts are exact; only accounts whose roles are concerned are read.
import { compareSnapshots, type ConfigChange } from '../config/compare.ts';
import { digestOf, type ConfigSnapshot, EMPTY_SNAPSHOT } from '../config/snapshot.ts';
import type { AppliedConfig } from '../policy/applied.ts';
import {
  affectedRoles,
  type Consequence,
  type HolderGroup,
  type OwnedKey,
  roleConsequences,
  type ShiftedGroup,
  shiftGroups,
  shutOut,
} from '../policy/consequences.ts';
import type { Domain } from './domain.ts';

export interface Plan {
  /** Of what was applied last; absent before the first start. */
  former?: AppliedConfig;
  /** Of the files. */
  digest: string;
  changes: ConfigChange[];
  consequences: Consequence[];
  /** People from whom something is taken, each once. */
  people: number;
  /** More people than `reload.confirm_above` of the files. */
  needsConfirmation: boolean;
}

const PAGE = 1000;
const NOT_LIVE = ['settings.mode', 'settings.issuer'];

/** Settings in the change that only a restart takes into force. */
export const restartsFor = ({ former, changes }: Plan): string[] =>
  former ? changes.map(({ entry }) => entry).filter((entry) => NOT_LIVE.includes(entry)) : [];

export type Changes = ReturnType<typeof createChanges>;

export function createChanges({ applied, directory, keys, consents }: ChangesDeps) {
  /** Answers the plan of taking `next` into force. */
  async function plan(next: ConfigSnapshot): Promise<Plan> {
    const former = await applied.find();
    const before = former?.snapshot ?? EMPTY_SNAPSHOT;
    const digest = digestOf(next);
    const changes = former?.digest === digest ? [] : compareSnapshots(before, next);
    const { consequences, people } = former ? await follow(before, next) : { consequences: [], people: 0 };
    const above = Number(next.settings['reload.confirm_above']);
    return {
      ...(former && { former }),
      digest,
      changes,
      consequences,
      people,
      needsConfirmation: people > above,
    };
  }

  async function follow(before: ConfigSnapshot, after: ConfigSnapshot) {
    const losers = new Set<string>();
    const { groups, groupOf } = await holders(before, after);
    for (const [id, { kind, lost }] of groupOf) if (kind === 'person' && lost.length > 0) losers.add(id);
    const consequences = roleConsequences(groups, await ownedKeys(groupOf), { before, after });
    let atMost = 0;
    for (const consequence of await clientConsequences(before, after, groups, losers)) {
      consequences.push(consequence);
      const { kind, people } = consequence;
      if (kind === 'client_closes' || 'atMost' in consequence) atMost = Math.max(atMost, people);
    }
    return { consequences, people: Math.max(losers.size, atMost) };
  }

  /** Accounts that may notice, grouped by their roles. */
  async function holders({ roles: before, clients: old }: ConfigSnapshot, { roles: after, clients }: ConfigSnapshot) {
    const { names, everybody } = affectedRoles(before, after);
    const doorsMove = Object.entries(old).some(
      ([id, client]) => clients[id]?.allowed_roles?.join() !== client.allowed_roles?.join(),
    );
    const keyed = new Map<string, HolderGroup & { ids: string[] }>();
    const seen = new Set<string>();
    const listings =
      everybody || doorsMove
        ? (['person', 'service'] as const).map((value) => ({ name: 'kind' as const, value }))
        : names.map((value) => ({ name: 'role' as const, value }));
    for (const by of listings) {
      for await (const { id, kind, roles } of allBy(by)) {
        if (seen.has(id)) continue;
        seen.add(id);
        const key = `${kind} ${roles.toSorted().join(' ')}`;
        const group = keyed.get(key) ?? { kind, roles, count: 0, ids: [] };
        group.ids.push(id);
        group.count += 1;
        keyed.set(key, group);
      }
    }
    const gathered = [...keyed.values()];
    const groups = shiftGroups(gathered, before, after);
    const groupOf = new Map<string, ShiftedGroup>();
    groups.forEach((group, index) => gathered[index]?.ids.forEach((id) => groupOf.set(id, group)));
    return { groups, groupOf };
  }

  async function* allBy(by: { name: 'kind' | 'role'; value: string }) {
    let after: string | undefined;
    do {
      const page = await directory.listRoles({ by, limit: PAGE, ...(after !== undefined && { after }) });
      yield* page.items;
      after = page.next;
    } while (after !== undefined);
  }

  async function ownedKeys(groupOf: ReadonlyMap<string, ShiftedGroup>): Promise<OwnedKey[]> {
    const owned: OwnedKey[] = [];
    if (![...groupOf.values()].some(({ losses, gains }) => losses.length + gains.length > 0)) return owned;
    for await (const { ownerId, scopes } of keys.lifecycle.inUse()) {
      const owner = groupOf.get(ownerId);
      if (owner) owned.push({ owner, scopes });
    }
    return owned;
  }

  async function clientConsequences(
    before: ConfigSnapshot,
    after: ConfigSnapshot,
    groups: readonly ShiftedGroup[],
    losers: Set<string>,
  ): Promise<Consequence[]> {
    const found: Consequence[] = [];
    for (const [client, old] of Object.entries(before.clients)) {
      const next = after.clients[client];
      const lost = old.scopes.filter((scope) => !next?.scopes.includes(scope));
      if (!next || lost.length > 0) found.push(...(await lostBy(client, old, next ? lost : undefined, losers)));
      if (!next || next.allowed_roles?.join() === old.allowed_roles?.join()) continue;
      const people = shutOut(groups, old.allowed_roles, next.allowed_roles);
      if (people > 0) found.push({ kind: 'client_closes', client, people });
    }
    return found;
  }

  /** Without `lost` the client goes as a whole. */
  async function lostBy(
    client: string,
    { first_party, grants }: { first_party: boolean; grants: readonly string[] },
    lost: readonly string[] | undefined,
    losers: Set<string>,
  ): Promise<Consequence[]> {
    const named = (scope: string | undefined, people: number, atMost: { atMost?: true } = {}): Consequence =>
      scope === undefined
        ? { kind: 'client_gone', client, people, ...atMost }
        : { kind: 'client_loses', client, scope, people, ...atMost };
    const scopes = lost ?? [undefined];
    if (grants.every((grant) => grant === 'client_credentials')) return scopes.map((scope) => named(scope, 0));
    if (first_party) {
      const everybody = await directory.count({ name: 'kind', value: 'person' });
      return scopes.map((scope) => named(scope, everybody, { atMost: true }));
    }
    const counts = new Map<string | undefined, number>(scopes.map((scope) => [scope, 0]));
    for await (const { accountId, scopes: given } of consents.given(client)) {
      const hit = scopes.filter((scope) => (scope === undefined ? given.length > 0 : given.includes(scope)));
      if (hit.length > 0) losers.add(accountId);
      for (const scope of hit) counts.set(scope, (counts.get(scope) ?? 0) + 1);
    }
    return [...counts].map(([scope, people]) => named(scope, people));
  }

  return { plan };
}

export type ChangesDeps = Pick<Domain, 'applied' | 'directory' | 'keys' | 'consents'>;
