// What a configuration would change against the one that was applied last, and for how many: `config plan`, and what a
// reload asks before it takes anything. Counts are exact; only accounts whose roles are concerned are read.
import type { AccountRoles } from '../accounts/account.ts';
import type { AccountQuery } from '../accounts/directory.ts';
import { compareSnapshots, type ConfigChange } from '../config/compare.ts';
import { digestOf, type ConfigSnapshot, EMPTY_SNAPSHOT } from '../config/snapshot.ts';
import type { AppliedConfig } from '../policy/applied.ts';
import {
  affectedRoles,
  type Consequence,
  type HolderGroup,
  isLoser,
  type OwnedKey,
  roleConsequences,
  type ShiftedGroup,
  shiftGroups,
} from '../policy/consequences.ts';
import { closedDoors, doorsMove } from '../policy/doors.ts';
import { clientConsequences } from './client-consequences.ts';
import type { Domain } from './domain.ts';
import { registrationConsequences, withStored } from './stored-layer.ts';

export interface Plan {
  /** Of what was applied last; absent before the first start. */
  former?: AppliedConfig;
  /** Of the files. */
  digest: string;
  changes: ConfigChange[];
  consequences: Consequence[];
  /** People from whom something is taken, each once. */
  people: number;
  /** More people than `reload.confirm_above`, of the files or of what they replace: none raises its own threshold. */
  needsConfirmation: boolean;
}

const PAGE = 1000;
const UNUSABLE = [
  ['status', 'pending'],
  ['status', 'disabled'],
  ['deletion', 'scheduled'],
] as const;
const NOT_LIVE = ['settings.mode', 'settings.issuer'];

/** Settings in the change that only a restart takes into force. */
export const restartsFor = ({ former, changes }: Plan): string[] =>
  former ? changes.map(({ entry }) => entry).filter((entry) => NOT_LIVE.includes(entry)) : [];

/** One that is missing bounds nothing: another release wrote it. */
const confirmAbove = (...snapshots: readonly ConfigSnapshot[]): number =>
  Math.min(
    ...snapshots
      .map(({ settings }) => settings['reload.confirm_above'])
      .filter((above): above is number => typeof above === 'number'),
  );

export type Changes = ReturnType<typeof createChanges>;

export function createChanges({ applied, clients, directory, keys, consents, grants }: ChangesDeps) {
  /** Answers the plan of taking `next` into force. */
  async function plan(next: ConfigSnapshot): Promise<Plan> {
    const former = await applied.find();
    const before = former?.snapshot ?? EMPTY_SNAPSHOT;
    const digest = digestOf(next);
    const changes = former?.digest === digest ? [] : compareSnapshots(before, next);
    const { consequences, people } =
      former && changes.length > 0 ? await follow(before, next) : { consequences: [], people: 0 };
    return {
      ...(former && { former }),
      digest,
      changes,
      consequences,
      people,
      needsConfirmation: people > confirmAbove(before, next),
    };
  }

  async function follow(former: ConfigSnapshot, next: ConfigSnapshot) {
    const stored = await clients.inUse();
    const { snapshot: before } = withStored(former, stored);
    const { snapshot: after, refused } = withStored(next, stored);
    const tally = await createTally();
    const groups = await holders(before, after, tally.isUsable);
    for (const { ids } of groups.filter(isLoser)) ids.forEach(tally.add);
    const doors = closedDoors(groups, before, after);
    for (const { ids } of doors) ids.forEach(tally.add);
    const consequences = [
      ...roleConsequences(groups, await ownedKeys(groups), { before, after }),
      ...(await clientConsequences(
        { consents, grants, directory, keys: keys.lifecycle.inUse, tally },
        { before, after, refused },
      )),
      ...doors.map(({ consequence }) => consequence),
      ...registrationConsequences(before, after),
    ];
    return { consequences, people: tally.people() };
  }

  /** People who cannot use their accounts have nothing to lose: pending, disabled, about to be erased. */
  async function createTally() {
    const unusable = new Map<string, AccountRoles['kind']>();
    for (const [name, value] of UNUSABLE) {
      for await (const { id, kind } of allBy({ name, value })) unusable.set(id, kind);
    }
    const losers = new Set<string>();
    const isUsable = (id: string): boolean => !unusable.has(id);
    let bound = 0;
    return {
      isUsable,
      add(id: string): boolean {
        if (isUsable(id)) losers.add(id);
        return isUsable(id);
      },
      async everybody(): Promise<number> {
        const others = [...unusable.values()].filter((kind) => kind === 'person').length;
        bound = (await directory.count({ name: 'kind', value: 'person' })) - others;
        return bound;
      },
      people: () => Math.max(losers.size, bound),
    };
  }

  /** Accounts that may notice, grouped by their roles. */
  async function holders(
    before: ConfigSnapshot,
    after: ConfigSnapshot,
    isUsable: (id: string) => boolean,
  ): Promise<ShiftedGroup[]> {
    const { names, everybody } = affectedRoles(before.roles, after.roles);
    const keyed = new Map<string, HolderGroup & { ids: string[] }>();
    const seen = new Set<string>();
    const listings =
      everybody || doorsMove(before, after)
        ? (['person', 'service'] as const).map((value) => ({ name: 'kind' as const, value }))
        : names.map((value) => ({ name: 'role' as const, value }));
    for (const by of listings) {
      for await (const { id, kind, roles } of allBy(by)) {
        if (seen.has(id) || !isUsable(id)) continue;
        seen.add(id);
        const key = `${kind} ${roles.toSorted().join(' ')}`;
        const group = keyed.get(key) ?? { kind, roles, ids: [] };
        group.ids.push(id);
        keyed.set(key, group);
      }
    }
    return shiftGroups([...keyed.values()], before.roles, after.roles);
  }

  async function* allBy(by: NonNullable<AccountQuery['by']>) {
    let after: string | undefined;
    do {
      const page = await directory.listRoles({ by, limit: PAGE, ...(after !== undefined && { after }) });
      yield* page.items;
      after = page.next;
    } while (after !== undefined);
  }

  async function ownedKeys(groups: readonly ShiftedGroup[]): Promise<OwnedKey[]> {
    const owned: OwnedKey[] = [];
    if (!groups.some(({ losses, gains }) => losses.length + gains.length > 0)) return owned;
    const groupOf = new Map(groups.flatMap((group) => group.ids.map((id) => [id, group] as const)));
    for await (const { ownerId, scopes } of keys.lifecycle.inUse()) {
      const owner = groupOf.get(ownerId);
      if (owner) owned.push({ owner, scopes });
    }
    return owned;
  }

  return { plan };
}

export type ChangesDeps = Pick<Domain, 'applied' | 'clients' | 'directory' | 'keys' | 'consents' | 'grants'>;
