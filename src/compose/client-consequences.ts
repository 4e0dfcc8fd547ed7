// What a changed configuration takes from people by the applications and keys that they use: counted by what each agreed to. Roles
// and doors are in `policy/consequences.ts`.
import { isPublicClient } from '../config/config.ts';
import { canonical, type ConfigSnapshot, type ClientSnapshot } from '../config/snapshot.ts';
import { type Consequence, faceOf, movedScopes, signsIn } from '../policy/consequences.ts';
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
  grants: Pick<Domain['grants'], 'isOfDevice' | 'to'>;
  directory: Pick<Domain['directory'], 'find'>;
  /** In use. */
  keys(): AsyncIterable<{ ownerId: string; scopes: readonly string[] }>;
  tally: Tally;
}

interface Snapshots {
  before: ConfigSnapshot;
  after: ConfigSnapshot;
  /** Why clients that no file manages are out of force after, by id. */
  refused: ReadonlyMap<string, string>;
}

/** Something that a client no longer has or does. */
interface Loss {
  consequence: Consequence;
  /** Whether who gave these scopes notices. */
  concerns(given: readonly string[]): boolean;
  /** It is lost to devices alone. */
  onDevices?: true;
}

export async function clientConsequences(
  deps: ClientConsequencesDeps,
  { before, after, refused }: Snapshots,
): Promise<Consequence[]> {
  const found: Consequence[] = [];
  for (const [client, old] of Object.entries(before.clients)) {
    const next = after.clients[client];
    const losses = next ? lossesOf(client, old, next) : endOf(client, old, refused.get(client));
    if (losses.length > 0) found.push(...(await counted(deps, client, old, losses)));
  }
  for (const scope of movedScopes(before, after)) found.push(await move(deps, scope, before));
  return found;
}

const concernsAll = (given: readonly string[]): boolean => given.length > 0;

function endOf(client: string, old: ClientSnapshot, problem: string | undefined): Loss[] {
  const face = { ...faceOf(client, old), people: 0 };
  const consequence: Consequence =
    problem === undefined ? { kind: 'client_gone', ...face } : { kind: 'client_refused', ...face, problem };
  return [{ consequence, concerns: concernsAll }];
}

function lossesOf(client: string, old: ClientSnapshot, next: ClientSnapshot): Loss[] {
  const face = { ...faceOf(client, old), people: 0 };
  const grants = old.grants.filter((grant) => grant !== 'client_credentials' && !next.grants.includes(grant));
  const scopes = old.scopes.filter((scope) => !next.scopes.includes(scope));
  return [
    ...takeOver(old, next).map((kind): Loss => ({
      consequence: { kind, ...face },
      concerns: kind === 'client_loses_proof' ? concernsAll : () => false,
    })),
    ...grants.map((grant): Loss => ({
      consequence: { kind: 'client_loses_grant', ...face, grant },
      concerns: concernsAll,
    })),
    ...scopes.map((scope): Loss => ({
      consequence: { kind: 'client_loses', ...face, scope },
      concerns: (given) => given.includes(scope),
    })),
    ...takenFromDevices(old, next).map((scope): Loss => ({
      consequence: { kind: 'client_loses_on_devices', ...face, scope },
      concerns: (given) => given.includes(scope),
      onDevices: true,
    })),
  ];
}

/** A file that has the id of a stored client from now on knows none of its secrets but those that it names. */
function takeOver(old: ClientSnapshot, next: ClientSnapshot): ('client_superseded' | 'client_loses_proof')[] {
  if (!old.stored || next.stored) return [];
  const isPublic = (client: ClientSnapshot): boolean => isPublicClient({ ...client, secret_hashes: client.secrets });
  const keysOf = ({ jwks, jwks_uri }: ClientSnapshot): string => canonical({ jwks, jwks_uri });
  const isSame = isPublic(old) ? isPublic(next) : old.secrets.length === 0 && keysOf(old) === keysOf(next);
  const opens = isSame || old.secrets.some((secret) => next.secrets.includes(secret));
  return opens ? ['client_superseded'] : ['client_superseded', 'client_loses_proof'];
}

/** What the ceiling of the device grant takes, and the client keeps elsewhere. */
function takenFromDevices(old: ClientSnapshot, next: ClientSnapshot): string[] {
  if (!old.grants.includes('device_code') || !next.grants.includes('device_code')) return [];
  const left = next.device_scopes ?? next.scopes;
  return (old.device_scopes ?? old.scopes).filter((scope) => !left.includes(scope) && next.scopes.includes(scope));
}

async function counted(
  deps: ClientConsequencesDeps,
  client: string,
  old: ClientSnapshot,
  losses: readonly Loss[],
): Promise<Consequence[]> {
  if (!signsIn(old)) return losses.map(({ consequence }) => consequence);
  const [onDevices, elsewhere] = [losses.filter((loss) => loss.onDevices), losses.filter((loss) => !loss.onDevices)];
  const devices = await counting(deps, onDevices, () => byDevices(deps, client, old));
  if (!old.first_party) return [...(await counting(deps, elsewhere, () => givenTo(deps, client, old))), ...devices];
  if (elsewhere.length === 0) return devices;
  const people = await deps.tally.everybody();
  return [...elsewhere.map(({ consequence }) => ({ ...consequence, people, atMost: true as const })), ...devices];
}

interface Given {
  accountId: string;
  scopes: readonly string[];
}

async function counting(
  { tally }: ClientConsequencesDeps,
  losses: readonly Loss[],
  given: () => AsyncIterable<Given>,
): Promise<Consequence[]> {
  if (losses.length === 0) return [];
  const people = losses.map(() => new Set<string>());
  for await (const { accountId, scopes } of given()) {
    losses.forEach(({ concerns }, index) => {
      if (concerns(scopes) && tally.add(accountId)) people[index]?.add(accountId);
    });
  }
  return losses.map(({ consequence }, index) => ({ ...consequence, people: people[index]?.size ?? 0 }));
}

/** What devices were given, also those of our own applications: each has a grant of its own. */
async function* byDevices({ grants }: ClientConsequencesDeps, client: string, old: ClientSnapshot) {
  const isMixed = old.grants.includes('authorization_code');
  for await (const grant of grants.to(client)) if (!isMixed || (await grants.isOfDevice(grant.id))) yield grant;
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
