// Our configuration in oidc-provider's terms. Hooks that need state are passed in; what is decided here is protocol policy.
import type { JWK } from 'jose';
import {
  type AdapterFactory,
  type ClaimsParameter,
  type Configuration,
  type FindAccount,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import type { ConfigSource, Lifetimes } from '../config/config.ts';
import { OPENID_SCOPES } from '../config/config.ts';
import { CLAIMS } from './account.ts';
import { ACR_VALUES } from './acr.ts';
import { type Clients, isByDevice } from './clients.ts';
import { DPOP_ALGORITHMS } from './dpop-proof.ts';
import type { Grants } from './grants.ts';
import { refuseLooseAssertions } from './client-keys.ts';
import { createInteractionPolicy, type SecondFactorFacts } from './interactions/policy.ts';
import { VERIFIED_ALGORITHMS } from '../lib/public-jwk.ts';
import { claimsOfOpaque, type Introspection } from './introspection.ts';
import { UNREACHABLE_DEVICE_PAGES } from './mount.ts';
import type { Outgoing } from './outgoing.ts';
import { provided } from './refusal.ts';
import { apiKeyOf, type Resources } from './resources.ts';
import { cookieOptions } from './session.ts';

/** A sign-in or consent page left open for longer begins again. */
const INTERACTION_SECONDS = 3600;
/** RFC 9126 §4: a short life, for the redirect only. */
const PUSHED_REQUEST_SECONDS = 60;

export interface ProviderHooks {
  config: ConfigSource;
  clients: Clients;
  resources: Resources;
  grants: Grants;
  introspection: Introspection;
  adapter: AdapterFactory;
  jwks: JWK[];
  findAccount: FindAccount;
  secondFactor: SecondFactorFacts;
  /** Calls an address that a client named (`outgoing.ts`). */
  fetch: Outgoing;
  /** What the confirm sheet shows of the browser that asks (RFC 8628 §5.4). */
  deviceInfo(ctx: KoaContextWithOIDC): Record<string, string>;
  renderError: NonNullable<Configuration['renderError']>;
  renderSignOut(ctx: KoaContextWithOIDC, form: { action: string; xsrf: string }): void;
  renderSignedOut(ctx: KoaContextWithOIDC): void;
}

export function toProviderConfiguration(hooks: ProviderHooks): Configuration {
  const { config, clients, resources, grants } = hooks;
  const { issuer, secrets } = config.current();

  return {
    adapter: hooks.adapter,
    jwks: { keys: hooks.jwks },
    findAccount: (ctx, sub, token) => provided(async () => hooks.findAccount(ctx, sub, token)),
    clients: [],
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    assertJwtClientAuthClaimsAndHeader: refuseLooseAssertions,
    fetch: (address, options) => hooks.fetch(address as string, options),
    clientDefaults: { id_token_signed_response_alg: 'RS256', response_types: [], grant_types: [] },
    scopes: [...OPENID_SCOPES],
    claims: CLAIMS,
    // A device authorization may say that its screen has a field for digits (`qr/check.ts`).
    extraParams: ['check_supported'],
    acrValues: ACR_VALUES,
    responseTypes: ['code'],
    subjectTypes: ['public'],
    // With an API scope the access token cannot ask UserInfo, so the ID token carries the profile (contract §3).
    conformIdTokenClaims: true,
    // An access token reaches one API, a refresh token comes with the grant type and rotates at each use (RFC 9700 §4.14).
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // Tokens of a browser's sign-in end with its session, unless offline access was consented to.
    expiresWithSession: (_ctx, source) => !source.scopes.has('offline_access'),
    loadExistingGrant: (ctx) => provided(() => grants.loadExisting(ctx)),
    extraTokenClaims,
    pkce: {
      required: (_ctx, client) => clients.configured(client.clientId)?.pkce !== 'optional',
    },
    clientBasedCORS: (_ctx, origin, client) => clients.mayCall(client.clientId, origin),
    interactions: {
      policy: createInteractionPolicy(hooks.secondFactor),
      url: (_ctx, interaction) => `/interaction/${interaction.uid}`,
    },
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      userinfo: '/oauth/userinfo',
      introspection: '/oauth/introspect',
      revocation: '/oauth/revoke',
      pushed_authorization_request: '/oauth/par',
      device_authorization: '/oauth/device_authorization',
      code_verification: UNREACHABLE_DEVICE_PAGES,
      end_session: '/oauth/logout',
      jwks: '/.well-known/jwks.json',
    },
    cookies: {
      keys: [...secrets.cookie_keys],
      names: cookieNames(issuer),
      long: cookieOptions(issuer),
      short: { ...cookieOptions(issuer), path: undefined },
    },
    enabledJWA: {
      idTokenSigningAlgValues: ['RS256', 'ES256'],
      clientAuthSigningAlgValues: [...VERIFIED_ALGORITHMS],
      dPoPSigningAlgValues: [...DPOP_ALGORITHMS],
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true, charset: 'base-20', mask: '****-****', deviceInfo: hooks.deviceInfo },
      dPoP: { enabled: true },
      claimsParameter: { enabled: true, assertClaimsParameter: keepSignInClaims },
      pushedAuthorizationRequests: { enabled: true },
      introspection: {
        enabled: true,
        // The answer is made of the token as read for this request, so what is left of its scope is put there.
        allowedPolicy: async (_ctx, client, token) => {
          const claims = claimsOfOpaque(token);
          const { active, scope } = await provided(() => hooks.introspection.standingFor(claims, client.clientId));
          if (scope !== undefined) token.scope = scope;
          return active;
        },
      },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx, client, oneOf) => resources.defaultResource(ctx, client, oneOf && [...oneOf]),
        getResourceServerInfo: (...asked) => provided(() => resources.getResourceServerInfo(...asked)),
        useGrantedResource: () => true,
      },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx) => {
          const { secret } = (ctx.oidc.session as unknown as { state: { secret: string } }).state;
          hooks.renderSignOut(ctx, { action: '/oauth/logout/confirm', xsrf: secret });
        },
        postLogoutSuccessSource: (ctx) => hooks.renderSignedOut(ctx),
      },
    },
    renderError: hooks.renderError,
    ttl: lifetimesOf(config, clients),
  };
}

/**
 * What a person agrees to is scopes; by `claims` an application asks only how they signed in. Other claims are as if not asked
 * for, which OpenID Connect Core §5.5 allows.
 */
function keepSignInClaims(ctx: KoaContextWithOIDC, { id_token: ofIdToken }: ClaimsParameter): void {
  if (!ctx.oidc.params) return;
  const kept = Object.entries(ofIdToken ?? {}).filter(([name]) => CLAIMS.openid.includes(name));
  ctx.oidc.params['claims'] = kept.length === 0 ? undefined : JSON.stringify({ id_token: Object.fromEntries(kept) });
}

/** `gid` and `owner` let revocation find what a signed token hangs on, `gty` its ceiling; the rest is RFC 9068 §2.2.1. */
function extraTokenClaims(ctx: KoaContextWithOIDC, token: { kind?: string; grantId?: string; gty?: string }) {
  const key = apiKeyOf(ctx);
  if (key) return { owner: key.ownerId };
  if (token.kind !== 'AccessToken') return undefined;
  const { AuthorizationCode, DeviceCode, RefreshToken } = ctx.oidc.entities;
  const { authTime, acr, amr } = AuthorizationCode ?? DeviceCode ?? RefreshToken ?? {};
  return {
    ...(token.grantId !== undefined && { gid: token.grantId }),
    ...(isByDevice(token.gty) && { gty: 'device_code' }),
    ...(authTime !== undefined && { auth_time: authTime }),
    ...(acr !== undefined && { acr }),
    ...(amr !== undefined && { amr }),
  };
}

/** On https the session cookie is bound to the host (RFC 6265bis `__Host-`); path-bound ones cannot carry the prefix. */
function cookieNames(issuer: string) {
  const secure = issuer.startsWith('https:');
  return {
    session: secure ? '__Host-tim_session' : 'tim_session',
    interaction: secure ? '__Secure-tim_interaction' : 'tim_interaction',
    resume: secure ? '__Secure-tim_resume' : 'tim_resume',
  };
}

/** Lifetimes in seconds: a client's own, else the general ones. */
function lifetimesOf(config: ConfigSource, clients: Clients): NonNullable<Configuration['ttl']> {
  const lifetime = (name: keyof Lifetimes, clientId: string | undefined): number =>
    (clientId === undefined ? undefined : clients.configured(clientId)?.lifetimes[name]) ??
    config.current().lifetimes[name];
  const of = (name: keyof Lifetimes) => (_ctx: unknown, token: { clientId?: string | undefined }) =>
    lifetime(name, token.clientId);
  return {
    AccessToken: of('access_token'),
    ClientCredentials: of('access_token'),
    IdToken: (_ctx, _token, client) => lifetime('id_token', client.clientId),
    RefreshToken: of('refresh_token'),
    Grant: of('grant'),
    AuthorizationCode: of('authorization_code'),
    DeviceCode: of('device_code'),
    Session: () => config.current().lifetimes.session_idle,
    Interaction: () => INTERACTION_SECONDS,
    PushedAuthorizationRequest: () => PUSHED_REQUEST_SECONDS,
  };
}
