// Whom a client lets in (`allowed_roles`) before a change and not after. What else a change takes is in `consequences.ts`.
import type { ConfigSnapshot } from '../config/snapshot.ts';
import { type Consequence, faceOf, isOfPeople, type ShiftedGroup } from './consequences.ts';

/** People whom a client lets in before and not after: its door changed, or their roles did. */
export interface ClosedDoor {
  consequence: Consequence;
  ids: readonly string[];
}

export function closedDoors(
  groups: readonly ShiftedGroup[],
  { clients: before }: ConfigSnapshot,
  { clients: after }: ConfigSnapshot,
): ClosedDoor[] {
  const people = groups.filter(isOfPeople);
  const moved = people.filter(({ heldBefore, heldAfter }) => [...heldBefore].some((role) => !heldAfter.has(role)));
  return Object.entries(before).flatMap(([client, former]) => {
    if (!after[client]) return [];
    const [old, next] = [former.allowed_roles, after[client].allowed_roles];
    const ids = (doorOf(old) === doorOf(next) ? moved : people)
      .filter(({ heldBefore, heldAfter }) => mayEnter(heldBefore, old) && !mayEnter(heldAfter, next))
      .flatMap((group) => group.ids);
    const consequence = { kind: 'client_closes', ...faceOf(client, former), people: ids.length } as const;
    return ids.length === 0 ? [] : [{ consequence, ids }];
  });
}

/** Everybody who can sign in may find another door closed. */
export const doorsMove = ({ clients: before }: ConfigSnapshot, { clients: after }: ConfigSnapshot): boolean =>
  Object.entries(before).some(
    ([id, { allowed_roles }]) => after[id] && doorOf(allowed_roles) !== doorOf(after[id].allowed_roles),
  );

const doorOf = (roles: readonly string[] | undefined): string | undefined => roles?.toSorted().join(' ');

const mayEnter = (held: ReadonlySet<string>, allowed: readonly string[] | undefined): boolean =>
  allowed === undefined || allowed.some((role) => held.has(role));
