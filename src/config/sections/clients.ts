// Applications that may ask for tokens: OAuth 2.0 and OpenID Connect client metadata in our terms (RFC 7591 §2).
import { z } from 'zod';
import { clientLifetimesSection } from './lifetimes.ts';
import { clientSecret } from './secret.ts';
import { name } from './text.ts';

const clientId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'is no valid id: letters, digits, and . _ - after the first, at most 64');
const webAddress = (description: string) =>
  z.url({ protocol: /^https?$/, error: 'must be a URL of https: or http:' }).describe(description);
const strings = (description: string) => z.array(z.string()).prefault([]).describe(description);

/** One client as a file has it under its id. */
export const clientSection = z.strictObject({
  name: name('Name shown to people.'),
  uri: webAddress('Its home page.').exactOptional(),
  logo_uri: webAddress('Its logo.').exactOptional(),
  first_party: z.boolean().prefault(false).describe('Our own: people are asked for nothing but what they took back.'),
  type: z.enum(['web', 'native']).prefault('web').describe('Native: an application on a device (RFC 8252).'),
  grants: z
    .array(z.enum(['authorization_code', 'refresh_token', 'client_credentials', 'device_code']))
    .min(1, 'needs at least one grant')
    .describe('Grants that it uses.'),
  redirect_uris: strings(
    'Where authorization answers may be sent; compared literally, but for the port of a loopback address.',
  ),
  post_logout_redirect_uris: strings('Where people may be sent after signing out.'),
  origins: strings('Origins of its pages that may call this server (CORS).'),
  secrets: z
    .array(clientSecret)
    .min(1, 'needs at least one secret; leave secrets out for a public client')
    .exactOptional()
    .describe('Accepted secrets, several while one replaces another. Without secrets and keys: a public client.'),
  jwks: z
    .strictObject({
      keys: z
        .array(z.looseObject({ kty: z.string().describe('RSA (2048 bits or more), EC (P-256) or OKP (Ed25519).') }))
        .min(1, 'needs at least one key')
        .describe('Public keys (RFC 7517), several while one replaces another.'),
    })
    .exactOptional()
    .describe('Its public keys: it signs assertions in place of showing a secret (private_key_jwt, RFC 7523).'),
  jwks_uri: z.string().exactOptional().describe('Where it publishes them itself, in place of jwks.'),
  scopes: strings('OpenID and API scopes that it may ask for.'),
  optional_scopes: z
    .array(z.string())
    .exactOptional()
    .describe('Those of its scopes that people may untick when they are asked for consent.'),
  device_scopes: z
    .array(z.string())
    .exactOptional()
    .describe('Of its scopes, those that the device grant may give. Absent: all.'),
  allowed_roles: z.array(z.string()).exactOptional().describe('Roles that may sign in to it. Absent: everybody.'),
  id_token_signed_response_alg: z.enum(['RS256', 'ES256']).prefault('RS256').describe('Algorithm of its ID tokens.'),
  pkce: z
    .enum(['required', 'optional'])
    .prefault('required')
    .describe('RFC 7636. Optional only for a confidential client that cannot.'),
  dpop_bound_access_tokens: z
    .boolean()
    .prefault(false)
    .describe('Its access tokens need a DPoP proof (RFC 9449 §5.2).'),
  backchannel_logout_uri: z
    .string()
    .exactOptional()
    .describe('Where it is told that a session with tokens of it has ended (OpenID Connect Back-Channel Logout 1.0).'),
  backchannel_logout_session_required: z
    .boolean()
    .exactOptional()
    .describe('It needs the `sid` of the session in its ID tokens and in what it is told.'),
  lifetimes: clientLifetimesSection,
});

export const clientsSection = z.record(clientId, clientSection).prefault({}).describe('Applications.');
