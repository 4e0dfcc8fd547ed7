// Applications that no file manages, beside those of a snapshot: what of each is in force under these files. Plans set two such
// layers against each other, so that such applications lose and gain as those of files do.
import type { StoredClient } from '../clients/stored-client.ts';
import { hashesOf } from '../clients/stored-clients.ts';
import { outsideClientInForce, rulingFilesOf } from '../config/outside-client.ts';
import { type ClientSnapshot, clientSnapshotOf, type ConfigSnapshot } from '../config/snapshot.ts';
import { dictionary } from '../lib/dictionary.ts';
import type { Consequence } from '../policy/consequences.ts';

export interface Layered {
  /** With the stored clients that are in force. */
  snapshot: ConfigSnapshot;
  /** The first rule that a stored client breaks, of those that are not in force by it. */
  refused: ReadonlyMap<string, string>;
}

/** An id that both have is the file's. */
export function withStored(files: ConfigSnapshot, stored: readonly StoredClient[]): Layered {
  const ruling = rulingFilesOf(files);
  const refused = new Map<string, string>();
  const clients: Record<string, ClientSnapshot> = {};
  for (const { id, settings, secrets, origin, createdAt } of stored) {
    const { client, problems } = outsideClientInForce(id, settings, hashesOf(secrets), ruling);
    if (client) clients[id] = clientSnapshotOf({ ...client, stored: { origin, createdAt } });
    const [first] = problems;
    if (!client && first) refused.set(id, [first.path.map(String).join('.'), first.message].filter(Boolean).join(': '));
  }
  return { snapshot: { ...files, clients: dictionary({ ...clients, ...files.clients }) }, refused };
}

const CEILING = ['client_registration.scopes', 'client_registration.grants'];

/** Who registered lives on when nobody else can; what they lose is that they look after themselves (RFC 7592). */
export function registrationConsequences(before: ConfigSnapshot, after: ConfigSnapshot): Consequence[] {
  const isOn = ({ settings }: ConfigSnapshot): boolean => settings['client_registration.enabled'] === true;
  if (!isOn(before)) return [];
  const registered = Object.values(after.clients).filter(({ stored }) => stored?.origin === 'registration');
  if (!isOn(after)) return [{ kind: 'registration_ends', clients: registered.length, people: 0 }];
  const taken = CEILING.flatMap((name) => {
    const left = namesIn(after, name);
    return namesIn(before, name).filter((one) => !left.includes(one));
  });
  return taken.map((scope) => {
    const having = registered.filter(({ scopes, grants }) => [...scopes, ...grants].includes(scope));
    return { kind: 'registration_narrows', scope, clients: having.length, people: 0 };
  });
}

function namesIn({ settings }: ConfigSnapshot, name: string): string[] {
  const value = settings[name];
  return Array.isArray(value) ? value.map(String) : [];
}
