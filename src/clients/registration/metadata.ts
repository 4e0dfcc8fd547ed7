// Client metadata of RFC 7591 §2 as strangers send it, in our terms, and back. What we do not know is left out, as §2 says: among
// it everything that would have us fetch an address, and whatever only an administrator may decide. What we know but do not
// allow is refused, so that nobody is surprised later.
import { z } from 'zod';
import { type ClientRegistrationConfig, GRANT_TYPES, type GrantKind, OPENID_SCOPES } from '../../config/config.ts';
import { wordIssues } from '../../lib/issue-words.ts';
import type { ClientProblem } from '../../config/outside-client.ts';
import type { Settings } from '../stored-clients.ts';
import type { StoredClient } from '../stored-client.ts';

/** RFC 7591 §3.2.2, RFC 7592 §2, RFC 6750 §3.1. */
export class RegistrationRefused extends Error {
  readonly error: 'invalid_redirect_uri' | 'invalid_client_metadata' | 'invalid_token' | 'access_denied';

  constructor(error: RegistrationRefused['error'], description: string) {
    super(description);
    this.name = 'RegistrationRefused';
    this.error = error;
  }
}

export interface Registrable {
  settings: Settings;
  authMethod: 'none' | 'client_secret_basic' | 'client_secret_post';
}

const MOST_ADDRESSES = 20;
const address = z.string().max(2000, 'is too long');
const addresses = z.array(address).max(MOST_ADDRESSES, `has more than ${MOST_ADDRESSES} addresses`);
const AUTH_METHODS = ['none', 'client_secret_basic', 'client_secret_post'] as const;

const metadata = z.object({
  client_name: z.string().max(100, 'has more than 100 characters'),
  redirect_uris: addresses.default([]),
  post_logout_redirect_uris: addresses.default([]),
  client_uri: address.exactOptional(),
  application_type: z.enum(['web', 'native']).default('web'),
  token_endpoint_auth_method: z.enum(AUTH_METHODS).default('client_secret_basic'),
  grant_types: z.array(z.string()).max(10).default(['authorization_code']),
  response_types: z.array(z.string()).max(10).exactOptional(),
  scope: z.string().max(4000).exactOptional(),
  id_token_signed_response_alg: z.enum(['RS256', 'ES256']).default('RS256'),
  dpop_bound_access_tokens: z.boolean().default(false),
});

type Metadata = z.output<typeof metadata>;

/** @throws RegistrationRefused */
export function readMetadata(body: Readonly<Record<string, unknown>>, allowed: ClientRegistrationConfig): Registrable {
  // OpenID Connect Registration §2 and RFC 7592 §2.2: null is as if left out.
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  const { success, data, error } = metadata.safeParse(given);
  if (!success) throw refusedAt(wordIssues(error.issues, given, metadata));
  const grants = grantsOf(data, allowed);
  const settings = {
    name: data.client_name,
    type: data.application_type,
    grants,
    redirect_uris: data.redirect_uris,
    post_logout_redirect_uris: data.post_logout_redirect_uris,
    scopes: scopesOf(data, allowed),
    id_token_signed_response_alg: data.id_token_signed_response_alg,
    dpop_bound_access_tokens: data.dpop_bound_access_tokens,
    ...(data.client_uri !== undefined && { uri: data.client_uri }),
  };
  return { settings, authMethod: data.token_endpoint_auth_method };
}

/** What the rules of the configuration say, in RFC 7591's words. */
export function refusedAt(problems: readonly ClientProblem[]): RegistrationRefused {
  const [{ path, message } = { path: [], message: 'is not valid' }] = problems;
  const field = String(path[0] ?? '');
  const isRedirect = field === 'redirect_uris';
  return new RegistrationRefused(
    isRedirect ? 'invalid_redirect_uri' : 'invalid_client_metadata',
    `${OURS[field] ?? field}: ${message}`,
  );
}

/** Our names of settings that RFC 7591 calls otherwise. */
const OURS: Readonly<Record<string, string>> = {
  name: 'client_name',
  uri: 'client_uri',
  type: 'application_type',
  grants: 'grant_types',
  scopes: 'scope',
};

function grantsOf({ grant_types, response_types }: Metadata, allowed: ClientRegistrationConfig): GrantKind[] {
  const known = Object.entries(GRANT_TYPES) as [GrantKind, string][];
  const grants = grant_types.map((type) => {
    const kind = known.find(([, name]) => name === type)?.[0];
    if (kind && allowed.grants.includes(kind)) return kind;
    const names = allowed.grants.map((grant) => GRANT_TYPES[grant]).join(' ');
    throw new RegistrationRefused('invalid_client_metadata', `grant_types: only these can be registered: ${names}`);
  });
  const expected = grants.includes('authorization_code') ? ['code'] : [];
  if (response_types && response_types.join(' ') !== expected.join(' ')) {
    throw new RegistrationRefused('invalid_client_metadata', 'response_types: only code, with authorization_code');
  }
  return [...new Set(grants)];
}

function scopesOf({ scope }: Metadata, allowed: ClientRegistrationConfig): string[] {
  const asked = scope?.split(' ').filter(Boolean) ?? allowed.scopes;
  if (asked.every((name) => allowed.scopes.includes(name))) return [...new Set(asked)];
  throw new RegistrationRefused(
    'invalid_client_metadata',
    `scope: only these can be registered: ${allowed.scopes.join(' ') || OPENID_SCOPES[0]}`,
  );
}

/** RFC 7591 §3.2.1: all that is registered of the client, without secrets. */
export function metadataOf({ id, settings, createdAt, registration }: StoredClient): Record<string, unknown> {
  const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
  const grants = strings(settings['grants']) as GrantKind[];
  return {
    client_id: id,
    client_id_issued_at: Math.floor(createdAt / 1000),
    client_name: settings['name'],
    ...(settings['uri'] !== undefined && { client_uri: settings['uri'] }),
    application_type: settings['type'] ?? 'web',
    redirect_uris: strings(settings['redirect_uris']),
    post_logout_redirect_uris: strings(settings['post_logout_redirect_uris']),
    grant_types: grants.map((grant) => GRANT_TYPES[grant]),
    response_types: grants.includes('authorization_code') ? ['code'] : [],
    scope: strings(settings['scopes']).join(' '),
    token_endpoint_auth_method: registration?.authMethod ?? 'client_secret_basic',
    id_token_signed_response_alg: settings['id_token_signed_response_alg'] ?? 'RS256',
    dpop_bound_access_tokens: settings['dpop_bound_access_tokens'] ?? false,
  };
}
