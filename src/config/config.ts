// The resolved configuration: what the rest of the code reads. `load.ts` makes it from files, environment and secret
// files; `schema.ts` says what an administrator may write. All durations are seconds.

import type { Jwk } from '../lib/public-jwk.ts';

export type Locale = 'zh-CN' | 'zh-TW' | 'en';
/** One text in each language; `en` stands in for a missing one. */
export type LocalizedText = { en: string } & Partial<Record<Locale, string>>;

/** The first signs, encrypts and hashes; the others are still accepted. */
export type SecretList = readonly [string, ...string[]];

export interface Lifetimes {
  access_token: number;
  refresh_token: number;
  grant: number;
  authorization_code: number;
  id_token: number;
  session_idle: number;
  session_absolute: number;
  device_code: number;
  qr_link: number;
  activation: number;
  reset: number;
  account_deletion: number;
}

/** No access token lives longer, in seconds: cut-offs of what was issued are remembered for as long. */
export const LONGEST_ACCESS_TOKEN = 86_400;

export interface ResourceConfig {
  /** RFC 8707 resource indicator: the `aud` of its tokens. */
  indicator: string;
  token: 'jwt' | 'opaque';
  /** Clients that may introspect this resource's tokens. */
  introspected_by: readonly string[];
}

export interface ScopeConfig {
  /** Key of `resources`. */
  resource: string;
  description: LocalizedText;
}

export interface RoleConfig {
  default: boolean;
  includes: readonly string[];
  scopes: readonly string[];
  require_mfa: boolean;
  description?: LocalizedText;
}

export type GrantKind = 'authorization_code' | 'refresh_token' | 'client_credentials' | 'device_code';

/** As OAuth calls them. */
export const GRANT_TYPES: Readonly<Record<GrantKind, string>> = {
  authorization_code: 'authorization_code',
  refresh_token: 'refresh_token',
  client_credentials: 'client_credentials',
  device_code: 'urn:ietf:params:oauth:grant-type:device_code',
};

export interface ClientConfig {
  name: string;
  uri?: string;
  logo_uri?: string;
  /** Ours: a consent page only for what was taken back; the person is still asked on the QR confirm sheet. */
  first_party: boolean;
  type: 'web' | 'native';
  grants: readonly GrantKind[];
  redirect_uris: readonly string[];
  post_logout_redirect_uris: readonly string[];
  origins: readonly string[];
  /** `sha256:<base64url>` of each accepted secret. */
  secret_hashes: readonly string[];
  /** Its public keys, or where it publishes them: it authenticates by `private_key_jwt`. */
  jwks?: { keys: readonly Jwk[] };
  jwks_uri?: string;
  /** OpenID and API scopes that it may ask for. */
  scopes: readonly string[];
  /** Those of them that people may leave out when they are asked; absent = none. */
  optional_scopes?: readonly string[];
  /** Those of them that the device grant may give; absent = all. */
  device_scopes?: readonly string[];
  /** Who may sign in to it; absent = everybody. */
  allowed_roles?: readonly string[];
  id_token_signed_response_alg: 'RS256' | 'ES256';
  pkce: 'required' | 'optional';
  dpop_bound_access_tokens: boolean;
  /** Told when a session ends that it has tokens of (OpenID Connect Back-Channel Logout 1.0 §2.2). */
  backchannel_logout_uri?: string;
  backchannel_logout_session_required?: boolean;
  lifetimes: Partial<Lifetimes>;
  /** Of a client that no file holds: who made it, when, and until when it is good, in milliseconds since the epoch. */
  stored?: { origin: 'console' | 'registration'; createdAt: number; expiresAt?: number };
}

export interface ClientRegistrationConfig {
  enabled: boolean;
  scopes: readonly string[];
  grants: readonly GrantKind[];
  /** Seconds; absent = for ever. */
  expires?: number;
}

export interface Config {
  mode: 'development' | 'production';
  /** An origin, without a slash at its end. */
  issuer: string;
  host: string;
  port: number;
  /** Absolute path. */
  dataFolder: string;
  /** Storage URL of contract §2; a relative SQLite path lies in `dataFolder`. */
  storage: string;
  /** Whether anybody may register an account. */
  registration: 'open' | 'closed';
  trusted_proxies: readonly string[];
  /** Where clients may have us call although nobody else could reach it. */
  private_networks: readonly string[];
  secrets: { pepper: SecretList; key_encryption_key: SecretList; cookie_keys: SecretList };
  mail?: { url: string; from: string; reply_to?: string };
  /** Absolute path of a MaxMind DB. */
  geoip?: { file: string };
  lifetimes: Lifetimes;
  /** How long clients keep the key set, and how long a new key is in it before it signs. */
  signing_keys: { cache: number; publish_before: number };
  qr: { check: 'always' | 'risk' | 'never' };
  limits: {
    /** Sign-in attempts in 15 minutes. */
    sign_in: { per_account: number; per_address: number; total: number };
    /** Registrations, activation links and password resets asked for in one hour, each. */
    account_mail: { per_recipient: number; per_address: number; total: number };
    notices: { per_subject: number; per_author: number };
    /** Authorization requests, pushed or not, in one minute. */
    second_factor: { per_account: number; per_address: number };
    authorization: { per_address: number; total: number };
    /** User codes tried in 15 minutes. */
    user_code: { per_account: number; per_address: number; total: number };
    /** QR codes scanned by phone applications in 15 minutes. */
    scan: { per_account: number; per_address: number };
    /** Device authorizations in one minute. */
    device_authorization: { per_address: number; per_client: number; total: number };
    /** Registrations of clients in one hour. */
    client_registration: { per_address: number; total: number };
    /** Streams of QR sign-in states held at once; `total` for each process. */
    event_streams: { per_address: number; total: number };
    /** Reports of leaked API keys in one minute. */
    leaked_key: { per_address: number; total: number };
  };
  password: { memory_kib: number; iterations: number; parallelism: number };
  audit: { keep: number };
  sign_ins: { keep: number };
  /** How a running server takes changed files. */
  reload: { watch: boolean; confirm_above: number };
  resources: Readonly<Record<string, ResourceConfig>>;
  scopes: Readonly<Record<string, ScopeConfig>>;
  roles: Readonly<Record<string, RoleConfig>>;
  clients: Readonly<Record<string, ClientConfig>>;
  /** Clients that register themselves (RFC 7591). */
  client_registration: ClientRegistrationConfig;
  /** `file:line` of an entry such as `clients.crm`, for messages that name what manages it. */
  origins: Readonly<Record<string, string>>;
  /** Which were read, as messages name them. */
  files: readonly string[];
}

/** The snapshot in force; read it once per request. A reload replaces it whole. */
export interface ConfigSource {
  current(): Config;
}

/** RFC 6749 §2.1: it has nothing to authenticate by. */
export const isPublicClient = ({
  secret_hashes,
  jwks,
  jwks_uri,
}: Pick<ClientConfig, 'secret_hashes' | 'jwks' | 'jwks_uri'>): boolean =>
  secret_hashes.length === 0 && jwks === undefined && jwks_uri === undefined;

/** OpenID scopes that belong to no resource (OpenID Connect Core §5.4, §11). */
export const OPENID_SCOPES = ['openid', 'profile', 'email', 'phone', 'offline_access'] as const;
