// OAuth clients as the provider sees them (RFC 7591 metadata): those of the configuration and, under `tim_live_…`, API keys.
// A changed configuration or key is effective at the next request.
import type { ClientMetadata } from 'oidc-provider';
import type { PresentedApiKey, UsableApiKey } from '../api-keys/verify.ts';
import { type ClientConfig, type ConfigSource, GRANT_TYPES, isPublicClient, OPENID_SCOPES } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { EditionOf } from './editions.ts';
import { safeEqual, secretHash } from '../lib/hash.ts';

/** Finds a key that may be used now: known, neither expired nor revoked, its owner active. */
export type FindApiKey = (clientId: string) => Promise<UsableApiKey | undefined>;

/** Finds a known API key, usable or not, for who authenticates by it. */
export type FindPresentedApiKey = (clientId: string) => Promise<PresentedApiKey | undefined>;

const OPENID = new Set<string>(OPENID_SCOPES);

/** The provider insists on a secret in the metadata of a confidential client; ours are hashes, so this one opens nothing. */
const UNUSABLE_SECRET = 'compared-by-hash-elsewhere';

export interface ShownClient {
  name: string;
  uri: string | undefined;
  logoUri: string | undefined;
  /** It registered itself, and nobody here has looked at it. */
  unchecked?: { at: Date; goesTo: string | undefined };
}

export type Clients = ReturnType<typeof createClients>;

/** The most that the client may hold now by the grant that began with `gty`, oidc-provider's word: devices have a ceiling. */
export const scopesBy = (
  { scopes, device_scopes }: Pick<ClientConfig, 'scopes' | 'device_scopes'>,
  gty: string | undefined,
): readonly string[] => (isByDevice(gty) && device_scopes) || scopes;

/** A refreshed token says after the space that it was. */
export const isByDevice = (gty: string | undefined): boolean => gty?.split(' ')[0] === 'device_code';

export interface ClientsDeps {
  config: ConfigSource;
  clock: Clock;
  /** Brings an id into the configuration in force that became a client elsewhere a moment ago. */
  lookFor(clientId: string): Promise<void>;
  editionOf: EditionOf;
}

export function createClients({ config, clock, lookFor, editionOf }: ClientsDeps) {
  const built = new WeakMap<ClientConfig, ClientMetadata>();

  /** One whose time is over is gone at once, whenever it is put out of force. */
  function configured(clientId: string): ClientConfig | undefined {
    const { clients } = config.current();
    const client = Object.hasOwn(clients, clientId) ? clients[clientId] : undefined;
    return (client?.stored?.expiresAt ?? Infinity) > clock.now() ? client : undefined;
  }

  return {
    configured,
    editionOf,

    /** As `configured`, also of one that this process has not heard of yet. */
    async find(clientId: string): Promise<ClientConfig | undefined> {
      const known = configured(clientId);
      if (known) return known;
      await lookFor(clientId);
      return configured(clientId);
    },

    /** What pages show of a client; with `redirectUri`, that of the request in hand. */
    face(clientId: string, redirectUri?: string): ShownClient | undefined {
      const client = configured(clientId);
      if (!client) return undefined;
      const { name, uri, logo_uri: logoUri, stored } = client;
      const unchecked = stored?.origin === 'registration' && {
        at: new Date(stored.createdAt),
        goesTo: hostOf(redirectUri),
      };
      return { name, uri, logoUri, ...(unchecked && { unchecked }) };
    },

    /** Whether pages of this origin may call for the client. Our own pages may, and browsers name their origin too. */
    mayCall: (clientId: string, origin: string): boolean =>
      origin === config.current().issuer || (configured(clientId)?.origins.includes(origin) ?? false),

    /** The same object for the same configuration entry, so that what is built from it can be kept. */
    metadata(clientId: string): ClientMetadata | undefined {
      const entry = configured(clientId);
      if (!entry) return undefined;
      const known = built.get(entry);
      if (known) return known;
      const metadata = toMetadata(clientId, entry);
      built.set(entry, metadata);
      return metadata;
    },

    /** Compares with every configured hash, in constant time each. */
    secretMatches(clientId: string, secret: string): boolean {
      const presented = secretHash(secret);
      const hashes = configured(clientId)?.secret_hashes ?? [];
      return hashes.map((hash) => safeEqual(hash, presented)).includes(true);
    },
  };
}

const hostOf = (uri: string | undefined): string | undefined =>
  uri !== undefined && URL.canParse(uri) ? new URL(uri).host || uri : undefined;

function toMetadata(clientId: string, client: ClientConfig): ClientMetadata {
  const usesCode = client.grants.includes('authorization_code');
  return {
    client_id: clientId,
    client_name: client.name,
    ...(client.uri !== undefined && { client_uri: client.uri }),
    ...(client.logo_uri !== undefined && { logo_uri: client.logo_uri }),
    application_type: client.type,
    grant_types: client.grants.map((grant) => GRANT_TYPES[grant]),
    response_types: usesCode ? ['code'] : [],
    redirect_uris: [...client.redirect_uris],
    post_logout_redirect_uris: [...client.post_logout_redirect_uris],
    ...authenticationOf(client),
    // The provider insists on one; who does not have it is refused in `resources.ts`.
    scope: client.scopes.filter((scope) => OPENID.has(scope)).join(' ') || 'openid',
    id_token_signed_response_alg: client.id_token_signed_response_alg,
    dpop_bound_access_tokens: client.dpop_bound_access_tokens,
    ...(client.backchannel_logout_uri !== undefined && {
      backchannel_logout_uri: client.backchannel_logout_uri,
      backchannel_logout_session_required: client.backchannel_logout_session_required ?? false,
    }),
  };
}

/** What the configuration gives decides how the client proves who it is. */
function authenticationOf(client: ClientConfig): Partial<ClientMetadata> {
  const { jwks, jwks_uri } = client;
  if (isPublicClient(client)) return { token_endpoint_auth_method: 'none' };
  if (!jwks && jwks_uri === undefined) {
    return { token_endpoint_auth_method: 'client_secret_basic', client_secret: UNUSABLE_SECRET };
  }
  return {
    token_endpoint_auth_method: 'private_key_jwt',
    ...(jwks && { jwks: { keys: jwks.keys.map((jwk) => ({ ...jwk })) } }),
    ...(jwks_uri !== undefined && { jwks_uri }),
  };
}

/** The metadata of an API key: client credentials and nothing else (contract §4). */
export const apiKeyMetadata = (key: Pick<UsableApiKey, 'clientId' | 'name'>): ClientMetadata => ({
  client_id: key.clientId,
  client_name: key.name,
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  token_endpoint_auth_method: 'client_secret_basic',
  client_secret: UNUSABLE_SECRET,
});
