// Applications as strangers write them, on openid-client: what it accepts of our answers is the test. oauth4webapi, which
// shows raw answers, is used by single tests.
import * as client from 'openid-client';
import type { AuthServer, TestPerson } from './auth-server.ts';
import { createPhone, locationOf, type Page, type Phone } from './phone.ts';

/** Secrets of the confidential clients of tokenim.yaml, which holds their hashes. */
export const SECRETS = {
  crm: 'crm-secret-0123456789abcdefghijklmnop',
  legacy: 'crm-secret-0123456789abcdefghijklmnop',
  'support-desk': 'crm-secret-0123456789abcdefghijklmnop',
  'im-api': 'im-api-secret-0123456789abcdefghijklmnop',
  reports: 'reports-secret-0123456789abcdefghijklmnop',
} as const;

const REDIRECT_URIS: Readonly<Record<string, string>> = {
  crm: 'http://127.0.0.1:9/crm',
  legacy: 'http://127.0.0.1:9/legacy',
  'support-desk': 'http://127.0.0.1:9/desk',
  spa: 'https://spa.example/callback',
  'dpop-app': 'http://127.0.0.1:50123/callback',
  'key-manager': 'http://127.0.0.1:50123/callback',
  'claimed-app': 'https://app.example/callback',
  'tokenim-mobile': 'http://127.0.0.1:50123/callback',
};

export const redirectUriOf = (clientId: string): string => REDIRECT_URIS[clientId] ?? '';

/** Discovers the server as this client; without a secret as a public one. */
export async function connect(
  { issuer }: Pick<AuthServer, 'issuer'>,
  clientId: string,
  secret: string | undefined = new Map<string, string>(Object.entries(SECRETS)).get(clientId),
  authentication = secret === undefined ? client.None() : client.ClientSecretBasic(secret),
): Promise<client.Configuration> {
  const metadata = clientId === 'tokenim-mobile' ? { id_token_signed_response_alg: 'ES256' } : {};
  return client.discovery(new URL(issuer), clientId, metadata, authentication, {
    execute: [client.allowInsecureRequests],
  });
}

export interface AuthorizationRequest {
  url: URL;
  verifier: string;
  state: string;
  nonce: string;
}

/** A request with PKCE, state and nonce; `parameters` go before. */
export async function authorizationRequest(
  config: client.Configuration,
  parameters: Readonly<Record<string, string>> = {},
): Promise<AuthorizationRequest> {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUriOf(config.clientMetadata().client_id),
    scope: 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...parameters,
  });
  return { url, verifier, state, nonce };
}

/** Answers sign-in and consent until the browser is sent back to the application. */
export async function walk(phone: Phone, start: URL | string, person: TestPerson, decision = 'approve'): Promise<Page> {
  let page = await phone.open(start);
  if (page.text.includes('name="password"')) {
    page = await phone.submit(page, { login: person.email, password: person.password });
  }
  return page.text.includes('name="decision"') ? phone.submit(page, { decision }) : page;
}

/** The address that an answer sends the browser to, outside of this server. Throws when it stays. */
export function callbackOf(page: Page): URL {
  const target = locationOf(page);
  if (target && target.origin !== page.url.origin) return target;
  throw new Error(`the browser was not sent back: ${page.status} at ${page.url.pathname}`);
}

export interface SignedIn {
  tokens: Awaited<ReturnType<typeof client.authorizationCodeGrant>>;
  callback: URL;
  phone: Phone;
}

/** The whole authorization code flow. */
export async function signInTo(
  config: client.Configuration,
  person: TestPerson,
  parameters: Readonly<Record<string, string>> = {},
  { phone = createPhone(config.serverMetadata().issuer), DPoP }: { phone?: Phone; DPoP?: client.DPoPHandle } = {},
): Promise<SignedIn> {
  const request = await authorizationRequest(config, parameters);
  const callback = callbackOf(await walk(phone, request.url, person));
  const tokens = await exchange(config, callback, request, DPoP);
  return { tokens, callback, phone };
}

export const exchange = (
  config: client.Configuration,
  callback: URL,
  { verifier, state, nonce }: Omit<AuthorizationRequest, 'url'>,
  DPoP?: client.DPoPHandle,
): ReturnType<typeof client.authorizationCodeGrant> =>
  client.authorizationCodeGrant(
    config,
    callback,
    { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce },
    undefined,
    DPoP && { DPoP },
  );

/** The OAuth error code with which a request of openid-client fails; `undefined` when it does not. */
export async function refusalOf(request: Promise<unknown>): Promise<string | undefined> {
  try {
    await request;
    return undefined;
  } catch (error) {
    if (error instanceof client.ResponseBodyError || error instanceof client.AuthorizationResponseError)
      return error.error;
    throw error;
  }
}
