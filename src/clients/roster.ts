// Every client there is, of the files, built in and stored, as administrators see it: what manages it, whether it is in use, and
// its settings in the words of a file.
import { WEB_CLIENT } from '../config/built-in.ts';
import { type ClientConfig, type Config, isPublicClient } from '../config/config.ts';
import type { ClientJudgement } from '../config/outside-client.ts';
import type { Clock } from '../lib/clock.ts';
import { formatDuration } from '../lib/duration.ts';
import { DomainError } from '../lib/errors.ts';
import { isInUse, type StoredClient } from './stored-client.ts';
import { hashesOf, type Settings, type StoredClients } from './stored-clients.ts';
import { everyItem } from '../storage/pages.ts';

export interface RosterEntry {
  clientId: string;
  name: string;
  managedBy: 'file' | 'built_in' | 'console' | 'registration';
  /** `file:line`, of a file's. */
  place?: string;
  /** `invalid`: the files in force no longer allow it; `problems` says why. */
  state: 'active' | 'disabled' | 'superseded' | 'expired' | 'invalid';
  problems: string[];
  settings: Settings;
  isConfidential: boolean;
  stored?: StoredClient;
  /** What of a stored one the files in force allow. */
  resolved?: ClientConfig;
}

export interface RosterDeps {
  /** Without stored clients. */
  files(): Config;
  stored: Pick<StoredClients, 'find' | 'list'>;
  judgeInForce(id: string, settings: Settings, secretHashes: readonly string[]): ClientJudgement;
  clock: Clock;
}

export type Roster = ReturnType<typeof createRoster>;

export function createRoster({ files, stored, judgeInForce, clock }: RosterDeps) {
  function ofFile(clientId: string, client: ClientConfig): RosterEntry {
    const { name } = client;
    const place = files().origins[`clients.${clientId}`];
    const managedBy = clientId === WEB_CLIENT ? 'built_in' : 'file';
    const common = { clientId, name, managedBy, state: 'active', problems: [], settings: settingsOf(client) } as const;
    return { ...common, problems: [], ...(place !== undefined && { place }), isConfidential: !isPublicClient(client) };
  }

  function ofStore(client: StoredClient): RosterEntry {
    const { id: clientId, settings, secrets, origin } = client;
    const { problems, client: resolved } = judgeInForce(clientId, settings, hashesOf(secrets));
    return {
      clientId,
      name: String(settings['name']),
      managedBy: origin,
      state: stateOf(client, resolved),
      problems: problems.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`),
      settings: resolved ? { ...settingsOf(resolved), ...settings } : settings,
      isConfidential: resolved ? !isPublicClient(resolved) : secrets.length > 0,
      stored: client,
      ...(resolved && { resolved }),
    };
  }

  function stateOf(client: StoredClient, resolved: ClientConfig | undefined): RosterEntry['state'] {
    if (Object.hasOwn(files().clients, client.id) || client.disabled?.why === 'superseded') return 'superseded';
    if (client.disabled) return 'disabled';
    if (!isInUse(client, clock.now())) return 'expired';
    return resolved ? 'active' : 'invalid';
  }

  return {
    /** Those of the files first, then the stored ones; of an id that both have, the file's. */
    async *all(): AsyncGenerator<RosterEntry> {
      const { clients } = files();
      for (const [id, client] of Object.entries(clients)) yield ofFile(id, client);
      for await (const client of everyItem(stored.list)) {
        if (!Object.hasOwn(clients, client.id)) yield ofStore(client);
      }
    },

    /** @throws DomainError not_found `client_unknown` */
    async find(id: string): Promise<RosterEntry> {
      const { clients } = files();
      const client = Object.hasOwn(clients, id) ? clients[id] : undefined;
      if (client) return ofFile(id, client);
      const kept = await stored.find(id);
      if (kept) return ofStore(kept);
      throw new DomainError('not_found', 'client_unknown', { detail: `there is no client ${id}` });
    },
  };
}

function settingsOf({ secret_hashes: _hashes, stored: _stored, lifetimes, ...settings }: ClientConfig): Settings {
  const inWords = Object.entries(lifetimes).map(([name, seconds]) => [name, formatDuration(seconds)]);
  return { ...settings, lifetimes: Object.fromEntries(inWords) };
}
