// What of a configuration may be kept and shown: the part that a whole installation shares, without secrets and without what
// is built in. Where each machine binds, its store and its secrets are not in it. `compare.ts` tells two apart.
import { dictionary } from '../lib/dictionary.ts';
import { sha256 } from '../lib/hash.ts';
import { API_RESOURCE, builtInScopes, WEB_CLIENT } from './built-in.ts';
import type { ClientConfig, Config, ResourceConfig, RoleConfig, ScopeConfig } from './config.ts';

/** A client whose secrets are fingerprints: enough to see that one was replaced. */
export type ClientSnapshot = Omit<ClientConfig, 'secret_hashes'> & { secrets: readonly string[] };

export interface ConfigSnapshot {
  resources: Readonly<Record<string, ResourceConfig>>;
  scopes: Readonly<Record<string, ScopeConfig>>;
  roles: Readonly<Record<string, RoleConfig>>;
  clients: Readonly<Record<string, ClientSnapshot>>;
  /** The other sections; `lifetimes.access_token` for a field of one. */
  settings: Readonly<Record<string, unknown>>;
}

export const EMPTY_SNAPSHOT: ConfigSnapshot = {
  resources: dictionary({}),
  scopes: dictionary({}),
  roles: dictionary({}),
  clients: dictionary({}),
  settings: dictionary({}),
};

const SECTIONS = [
  'lifetimes',
  'signing_keys',
  'qr',
  'limits',
  'password',
  'audit',
  'sign_ins',
  'reload',
  'client_registration',
] as const;

export function snapshotOf(config: Omit<Config, 'secrets'>): ConfigSnapshot {
  const { [API_RESOURCE]: _api, ...resources } = config.resources;
  const { [WEB_CLIENT]: _web, ...clients } = config.clients;
  const scopes = Object.entries(config.scopes).filter(([name]) => !Object.hasOwn(builtInScopes, name));
  return {
    resources: dictionary(resources),
    scopes: dictionary(Object.fromEntries(scopes)),
    roles: dictionary(config.roles),
    clients: dictionary(
      Object.fromEntries(Object.entries(clients).map(([id, client]) => [id, clientSnapshotOf(client)])),
    ),
    settings: dictionary(settingsOf(config)),
  };
}

export const clientSnapshotOf = ({ secret_hashes, ...same }: ClientConfig): ClientSnapshot => ({
  ...same,
  // 64 bits of a hash of a hash: tells that a secret changed, and nothing else.
  secrets: secret_hashes.map((hash) => sha256(hash).slice(0, 11)),
});

/** The address of a development server follows from its port, which each process may choose. */
function settingsOf(config: Omit<Config, 'secrets'>): Record<string, unknown> {
  const { mode, issuer, registration, trusted_proxies, private_networks, mail } = config;
  return {
    mode,
    ...(mode === 'production' && { issuer }),
    registration,
    trusted_proxies,
    private_networks,
    ...(mail && { 'mail.from': mail.from }),
    ...(mail?.reply_to !== undefined && { 'mail.reply_to': mail.reply_to }),
    ...Object.fromEntries(SECTIONS.flatMap((section) => fieldsOf(section, config[section]))),
  };
}

function fieldsOf(path: string, value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => fieldsOf(`${path}.${key}`, inner));
}

/** The same for the same content, in whatever order it was written. */
export const digestOf = (snapshot: ConfigSnapshot): string => sha256(canonical(snapshot)).slice(0, 22);

/** JSON with sorted keys; what is undefined is left out. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}
