// What `/admin/clients` shows: the roster of clients with what came of each.
import type { AppDetails } from '../../views/admin/app.tsx';
import type { AppFace } from '../../views/partials/app-facts.tsx';
import { nameOf } from '../accounts/account.ts';
import type { RosterEntry } from '../clients/roster.ts';
import type { StoredClient } from '../clients/stored-client.ts';
import type { Locale } from '../config/config.ts';
import { cursorInvalid } from '../storage/cursor.ts';
import type { Domain } from './domain.ts';

export interface ClientsDeskDeps {
  domain: Pick<Domain, 'clients' | 'directory'>;
  describeScope(scope: string, locale: Locale): string;
}

const PAGE = 25;
/** Settings with a place of their own on the page. */
const NAMED = new Set([
  'name',
  'uri',
  'first_party',
  'type',
  'grants',
  'redirect_uris',
  'post_logout_redirect_uris',
  'origins',
  'scopes',
  'allowed_roles',
  'lifetimes',
]);

export function createClientsDesk({ domain: { clients, directory }, describeScope }: ClientsDeskDeps) {
  async function faceOf({ clientId, name, state, managedBy, place, problems }: RosterEntry): Promise<AppFace> {
    const { lastUsedAt, ...use } = await clients.useOf(clientId);
    return {
      clientId,
      name,
      state,
      isNarrowed: state === 'active' && problems.length > 0,
      manager: { state: managedBy, place },
      use: { ...use, lastUsedAt: lastUsedAt === undefined ? undefined : new Date(lastUsedAt) },
    };
  }

  /** People by name; tokens, the operator and the server as they are recorded. */
  async function who(actor: string): Promise<string> {
    const account = await directory.find(actor);
    return account ? nameOf(account) : actor;
  }

  const mark = async (at: number, by: string) => ({ at: new Date(at), by: await who(by) });

  const storedOf = async (client: StoredClient): Promise<AppDetails['stored']> => ({
    made: await mark(client.createdAt, client.createdBy),
    changed: await mark(client.changedAt, client.changedBy),
    ...(client.disabled && { disabled: await mark(client.disabled.at, client.disabled.by) }),
    expiresAt: client.expiresAt === undefined ? undefined : new Date(client.expiresAt),
    secrets: await Promise.all(
      client.secrets.map(async ({ id, createdAt, createdBy }) => ({ id, ...(await mark(createdAt, createdBy)) })),
    ),
  });

  return {
    async list(after: string | undefined): Promise<{ items: AppFace[]; next?: string }> {
      const entries: RosterEntry[] = [];
      let isPassed = after === undefined;
      for await (const entry of clients.roster.all()) {
        if (isPassed) entries.push(entry);
        if (entry.clientId === after) isPassed = true;
        if (entries.length > PAGE) break;
      }
      if (!isPassed) throw cursorInvalid();
      const shown = entries.slice(0, PAGE);
      const last = entries.length > PAGE ? shown.at(-1)?.clientId : undefined;
      return { items: await Promise.all(shown.map(faceOf)), ...(last !== undefined && { next: last }) };
    },

    async find(id: string, locale: Locale): Promise<AppDetails> {
      const entry = await clients.roster.find(id);
      const { settings, problems, isConfidential, stored } = entry;
      const uri = settings['uri'];
      const roles = settings['allowed_roles'];
      return {
        ...(await faceOf(entry)),
        problems,
        isConfidential,
        isFirstParty: settings['first_party'] === true,
        isNative: settings['type'] === 'native',
        uri: typeof uri === 'string' ? uri : undefined,
        grants: strings(settings['grants']),
        redirectUris: strings(settings['redirect_uris']),
        signOutUris: strings(settings['post_logout_redirect_uris']),
        origins: strings(settings['origins']),
        scopes: strings(settings['scopes']).map((name) => ({ name, description: describeScope(name, locale) })),
        allowedRoles: roles === undefined ? undefined : strings(roles),
        lifetimes: Object.entries(settings['lifetimes'] ?? {}).map(([name, value]) => `${name} ${String(value)}`),
        others: Object.entries(settings)
          .filter(([name, value]) => !NAMED.has(name) && value !== undefined)
          .map(([name, value]) => ({ name, values: wordsOf(value) })),
        stored: stored && (await storedOf(stored)),
      };
    },
  };
}

function wordsOf(value: unknown): string[] {
  if (Array.isArray(value) && value.length > 0) return value.map(String);
  return [typeof value === 'string' ? value : JSON.stringify(value)];
}

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
