// How oidc-provider finds clients: those of the configuration and API keys (`clients.ts`), built once and kept.
import Provider, { type ClientMetadata } from 'oidc-provider';
import { API_KEY_PREFIX } from '../config/built-in.ts';
import type { ClientKeys } from './client-keys.ts';
import { apiKeyMetadata, type Clients, type FindPresentedApiKey } from './clients.ts';
import { provided } from './refusal.ts';

type Client = InstanceType<Provider['Client']>;

export interface ClientLookupDeps {
  clients: Pick<Clients, 'find' | 'metadata'>;
  findApiKey: FindPresentedApiKey;
  clientKeys: ClientKeys;
}

/** API keys that were used lately keep their built client; the record itself is read at every request. */
const KEPT_KEY_CLIENTS = 5000;

/** Where a client proves who it is. Elsewhere a key is as good as unknown: a `client_id` alone must not tell that it exists. */
const AUTHENTICATING = new Set([
  'token',
  'introspection',
  'revocation',
  'device_authorization',
  'pushed_authorization_request',
]);

/** In place of the provider's own lookup, which hashes each client's JSON at every request and keeps a hundred. */
export function findClientsOurWay(provider: Provider, { clients, findApiKey, clientKeys }: ClientLookupDeps): void {
  const configured = new WeakMap<ClientMetadata, Client>();
  const keys = new Map<string, Client>();

  // The constructor takes metadata; the published types leave that out.
  const build = (metadata: ClientMetadata): Client => {
    const client = Reflect.construct(provider.Client as unknown as new () => Client, [metadata]);
    if (metadata.jwks_uri !== undefined) clientKeys.follow(client, metadata.jwks_uri);
    return client;
  };

  provider.Client.find = async (id: string) => {
    if (typeof id !== 'string') return undefined;
    if (id.startsWith(API_KEY_PREFIX)) return findKeyClient(id);
    const metadata = (await provided(() => clients.find(id))) && clients.metadata(id);
    if (!metadata) return undefined;
    const known = configured.get(metadata);
    if (known) return known;
    const client = build(metadata);
    configured.set(metadata, client);
    return client;
  };

  async function findKeyClient(id: string): Promise<Client | undefined> {
    const ctx = Provider.ctx;
    if (ctx && !AUTHENTICATING.has(ctx.oidc.route)) return undefined;
    const key = await provided(() => findApiKey(id));
    // Only what authenticates is the request's key; a lookup by introspection of another's token is not.
    const authenticates = ctx !== undefined && !ctx.oidc.client;
    if (!key || !(key.isUsable || authenticates)) return undefined;
    if (authenticates) (ctx.oidc.entities as { ApiKey?: typeof key }).ApiKey = key;
    const known = keys.get(id);
    if (known?.clientName === key.name) return known;
    const client = build(apiKeyMetadata(key));
    if (keys.size >= KEPT_KEY_CLIENTS) keys.delete(keys.keys().next().value ?? '');
    keys.set(id, client);
    return client;
  }
}
