// What a changed configuration takes from people by the applications and keys that they use: counted by what each agreed to. Roles
// and doors are in `policy/consequences.ts`.
import type { ConfigSnapshot, ClientSnapshot } from '../config/snapshot.ts';
import { type Consequence, movedScopes, signsIn } from '../policy/consequences.ts';
import type { Domain } from './domain.ts';

/** People who lose something, each once. */
export interface Tally {
  /** False for an account that cannot be used, which has nothing to lose. */
  add(accountId: string): boolean;
  /** Everybody who can, where nobody was asked who did. Counts them as a bound. */
  everybody(): Promise<number>;
}

export interface ClientConsequencesDeps {
  consents: Pick<Domain['consents'], 'given'>;
  grants: Pick<Domain['grants'], 'to'>;
  directory: Pick<Domain['directory'], 'find'>;
  /** In use. */
  keys(): AsyncIterable<{ ownerId: string; scopes: readonly string[] }>;
  tally: Tally;
}

interface Snapshots {
  before: ConfigSnapshot;
  after: ConfigSnapshot;
}

/** Something that a client no longer has or does. */
interface Loss {
  consequence: Consequence;
  /** Whether who gave these scopes notices. */
  concerns(given: readonly string[]): boolean;
}

export async function clientConsequences(
  deps: ClientConsequencesDeps,
  { before, after }: Snapshots,
): Promise<Consequence[]> {
  const found: Consequence[] = [];
  for (const [client, old] of Object.entries(before.clients)) {
    const losses = lossesOf(client, old, after.clients[client]);
    if (losses.length > 0) found.push(...(await counted(deps, client, old, losses)));
  }
  for (const scope of movedScopes(before, after)) found.push(await move(deps, scope, before));
  return found;
}

function lossesOf(client: string, old: ClientSnapshot, next: ClientSnapshot | undefined): Loss[] {
  const concernsAll = (given: readonly string[]): boolean => given.length > 0;
  if (!next) return [{ consequence: { kind: 'client_gone', client, people: 0 }, concerns: concernsAll }];
  const grants = old.grants.filter((grant) => grant !== 'client_credentials' && !next.grants.includes(grant));
  const scopes = old.scopes.filter((scope) => !next.scopes.includes(scope));
  return [
    ...grants.map((grant): Loss => ({
      consequence: { kind: 'client_loses_grant', client, grant, people: 0 },
      concerns: concernsAll,
    })),
    ...scopes.map((scope): Loss => ({
      consequence: { kind: 'client_loses', client, scope, people: 0 },
      concerns: (given) => given.includes(scope),
    })),
  ];
}

async function counted(
  deps: ClientConsequencesDeps,
  client: string,
  old: ClientSnapshot,
  losses: readonly Loss[],
): Promise<Consequence[]> {
  if (!signsIn(old)) return losses.map(({ consequence }) => consequence);
  if (old.first_party) {
    const people = await deps.tally.everybody();
    return losses.map(({ consequence }) => ({ ...consequence, people, atMost: true }));
  }
  const people = losses.map(() => new Set<string>());
  for await (const { accountId, scopes } of givenTo(deps, client, old)) {
    losses.forEach(({ concerns }, index) => {
      if (concerns(scopes) && deps.tally.add(accountId)) people[index]?.add(accountId);
    });
  }
  return losses.map(({ consequence }, index) => ({ ...consequence, people: people[index]?.size ?? 0 }));
}

/** Who gave which scopes to a client, perhaps more than once: of devices no consent is remembered, only their grants. */
async function* givenTo({ consents, grants }: ClientConsequencesDeps, client: string, old: ClientSnapshot) {
  yield* consents.given(client);
  if (old.grants.includes('device_code')) yield* grants.to(client);
}

/** Consents are for the API as it was called, and keys for it are refused: all of them begin anew. */
async function move(deps: ClientConsequencesDeps, scope: string, { clients }: ConfigSnapshot): Promise<Consequence> {
  const { directory, keys, tally } = deps;
  const people = new Set<string>();
  const asking = Object.entries(clients).filter(([, client]) => signsIn(client) && client.scopes.includes(scope));
  for (const [client, old] of asking) {
    for await (const { accountId, scopes } of givenTo(deps, client, old)) {
      if (scopes.includes(scope) && tally.add(accountId)) people.add(accountId);
    }
  }
  let ofKeys = 0;
  for await (const { ownerId, scopes } of keys()) {
    if (!scopes.includes(scope)) continue;
    ofKeys += 1;
    const isPerson = (await directory.find(ownerId))?.kind === 'person';
    if (isPerson && tally.add(ownerId)) people.add(ownerId);
  }
  const isOurs = asking.some(([, { first_party }]) => first_party);
  return {
    kind: 'scope_moves',
    scope,
    keys: ofKeys,
    ...(isOurs ? { people: await tally.everybody(), atMost: true } : { people: people.size }),
  };
}
