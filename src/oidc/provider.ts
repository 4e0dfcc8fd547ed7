// Builds the oidc-provider and closes its gaps: clients (`client-lookup.ts`), secrets by hash, the device response
// (RFC 8628 §3.2), the pace of polling (§3.5), JWT introspection. `configuration.ts` says what it is told.
import Provider, { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { ConfigSource } from '../config/config.ts';
import { isDomainError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { acrFor, acrRequestOf } from './acr.ts';
import type { PresentedApiKey } from '../api-keys/verify.ts';
import { type ClientLookupDeps, findClientsOurWay } from './client-lookup.ts';
import type { Clients } from './clients.ts';
import { keepEditions } from './editions.ts';
import {
  canTakeDigits,
  type DeviceCodePayload,
  type DeviceCodes,
  formatUserCode,
  POLL_INTERVAL,
} from './device-codes.ts';
import { refusal, slowDown } from './refusal.ts';
import type { NewLogin } from '../web/session.ts';
import { recogniseOldHints } from './id-token-hint.ts';
import type { JwtTokens } from './jwt-tokens.ts';
import type { createMissingScope } from './missing-scope.ts';
import type { KeySet } from './live-keys.ts';
import { tellLogins } from './logins.ts';
import { apiKeyOf } from './resources.ts';

type Client = InstanceType<Provider['Client']>;

export interface ProviderDeps extends ClientLookupDeps {
  config: ConfigSource;
  configuration: Configuration;
  keys: Pick<KeySet, 'hints'>;
  clients: Clients;
  /** Of the client, as the host determined it. */
  addressOf(ctx: KoaContextWithOIDC): string | undefined;
  deviceCodes: DeviceCodes;
  jwtTokens: JwtTokens;
  missingScope: ReturnType<typeof createMissingScope>;
  /** Where clients register (RFC 7591), while they may. */
  registrationEndpoint(): string | undefined;
  endSession(uid: string): Promise<void>;
  signedIn(ctx: KoaContextWithOIDC, login: NewLogin): Promise<void>;
  /** The owner used the key to authenticate; `api-keys` notes it without a write per request. */
  apiKeyUsed(ctx: KoaContextWithOIDC, clientId: string, secretCreatedAt: number): void;
  /** Somebody who holds the key was refused. */
  apiKeyRefused(ctx: KoaContextWithOIDC, key: PresentedApiKey, reason: string): void;
}

export function createProvider(deps: ProviderDeps): Provider {
  const provider = new Provider(deps.config.current().issuer, deps.configuration);
  provider.proxy = true;
  findClientsOurWay(provider, deps);
  keepEditions(provider);
  compareSecretsByHash(provider, deps);
  nameForeignGrants(provider);
  answerRequestedAcr(provider);
  recogniseOldHints(provider, deps.keys.hints);
  endSessionsForGood(provider, deps);
  extendDeviceResponse(provider, deps);
  provider.use(sayWhenToRetry as never);
  provider.use(tellLogins({ signedIn: deps.signedIn, approvedVia: approvedViaOf(deps.deviceCodes) }) as never);
  provider.use(deps.missingScope as never);
  provider.use(deps.jwtTokens.middleware as never);
  provider.use(publishMetadata(deps) as never);
  return provider;
}

/** The provider's own `acr` is the session's alone; a stronger sign-in also is what a weaker request asks for. */
function answerRequestedAcr(provider: Provider): void {
  Object.defineProperty(provider.OIDCContext.prototype, 'acr', {
    get(this: KoaContextWithOIDC['oidc']) {
      return acrFor(this.session?.amr, acrRequestOf(this.params));
    },
  });
}

/** A record that cannot be read leaves the tokens as they are. */
const approvedViaOf = (deviceCodes: DeviceCodes) => async (deviceCode: string) =>
  (await deviceCodes.findByDeviceCode(deviceCode).catch(() => undefined))?.payload.approvedVia;

/** The client of the request in hand, if the provider is serving one. */
const currentContext = (): KoaContextWithOIDC | undefined => Provider.ctx;

/** Who holds a key is told why it is refused; to anybody else all refusals are the same `invalid_client`. */
function compareSecretsByHash(provider: Provider, deps: ProviderDeps): void {
  const { clients, addressOf, apiKeyUsed, apiKeyRefused } = deps;
  provider.Client.prototype.compareClientSecret = function compare(this: Client, secret: string) {
    const ctx = currentContext();
    const key = ctx && apiKeyOf(ctx);
    if (!key || key.clientId !== this.clientId) return clients.secretMatches(this.clientId, secret);
    const opening = key.open(secret, addressOf(ctx));
    if (opening?.kind === 'refused') {
      apiKeyRefused(ctx, key, opening.reason);
      throw refusal(401, 'invalid_client', opening.description);
    }
    if (opening) apiKeyUsed(ctx, key.clientId, opening.secretCreatedAt);
    return opening !== undefined;
  };
}

/** RFC 6749 §4.1.2.1, §5.2: a grant that is not the client's is `unauthorized_client`, where the provider says `invalid_request`. */
function nameForeignGrants(provider: Provider): void {
  const { grantTypeAllowed, responseTypeAllowed } = provider.Client.prototype;
  provider.Client.prototype.responseTypeAllowed = function allowed(this: Client, type) {
    if (responseTypeAllowed.call(this, type)) return true;
    throw new errors.UnauthorizedClient('this client may not use the authorization endpoint');
  };
  provider.Client.prototype.grantTypeAllowed = function allowed(this: Client, type: string) {
    const isAllowed = grantTypeAllowed.call(this, type);
    const { route, params } = currentContext()?.oidc ?? {};
    const isAskedFor = route === 'device_authorization' || (route === 'token' && params?.['grant_type'] === type);
    if (!isAllowed && isAskedFor) throw new errors.UnauthorizedClient('this client may not use this grant');
    return isAllowed;
  };
}

/** Signing out, by our page or an application's request, ends the session under whatever id another request saves it. */
function endSessionsForGood(provider: Provider, { endSession }: ProviderDeps): void {
  const { destroy } = provider.Session.prototype;
  provider.Session.prototype.destroy = async function destroyForGood(this: InstanceType<Provider['Session']>) {
    await endSession(this.uid);
    await destroy.call(this);
  };
}

/**
 * RFC 8628 §3.2: `interval` always, the user code that was really reserved, and our own pages as verification URIs. Beside
 * them the QR as an image, its state as events, and where to type digits.
 */
function extendDeviceResponse(provider: Provider, { config, deviceCodes }: ProviderDeps): void {
  provider.on('device_authorization.success', (ctx, body) => {
    const { issuer } = config.current();
    const { UserCode } = ctx.oidc.entities as { UserCode?: string };
    const deviceCode = String(body['device_code']);
    const handle = deviceCodes.handleOf(deviceCode);
    Object.assign(body, {
      ...(UserCode !== undefined && { user_code: formatUserCode(UserCode) }),
      verification_uri: `${issuer}/device`,
      verification_uri_complete: `${issuer}/d/${handle}`,
      interval: POLL_INTERVAL,
      qr_uri: `${issuer}/qr/image/${handle}`,
      events_uri: `${issuer}/qr/events/${deviceCodes.passFor('events', sha256(deviceCode))}`,
      ...(canTakeDigits(ctx.oidc.params ?? {}) && {
        check_uri: `${issuer}/qr/check/${deviceCodes.passFor('check', sha256(deviceCode))}`,
      }),
    });
  });
}

/** For the adapter: refuses a device authorization beyond the limits, as 429 (RFC 6585 §4). */
export function admissionOf(check: (ctx: KoaContextWithOIDC, clientId: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const ctx = currentContext();
    if (ctx?.oidc.route !== 'device_authorization' || !ctx.oidc.client) return;
    try {
      await check(ctx, ctx.oidc.client.clientId);
    } catch (cause) {
      if (!isDomainError(cause, 'throttled')) throw cause;
      throw refusal(429, 'temporarily_unavailable', 'too many device authorizations, try again later', cause);
    }
  };
}

/** For the adapter: notes the user code for the response that is being made. */
export function noteUserCode(userCode: string): void {
  const ctx = currentContext();
  if (ctx) (ctx.oidc.entities as { UserCode?: string }).UserCode = userCode;
}

/**
 * For the adapter: throws `slow_down` when the owner of a pending code polls too soon. A poll by any other client does not
 * count and goes on to be refused.
 */
export function paceOf(deviceCodes: DeviceCodes) {
  return async (id: string, payload: DeviceCodePayload): Promise<void> => {
    const ctx = currentContext();
    if (ctx?.oidc.route !== 'token' || ctx.oidc.client?.clientId !== payload.clientId) return;
    if (await deviceCodes.polledTooSoon(id)) throw slowDown();
  };
}

/** RFC 9110 §10.2.3, for the refusals that pass by themselves. */
async function sayWhenToRetry(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next().catch((error: Error) => failOutside(ctx, error));
  if (ctx.status === 429 || ctx.status === 503) ctx.set('Retry-After', ctx.status === 429 ? '60' : '2');
}

/** What fails outside the provider's own error handling, such as saving the session after an answer. */
function failOutside(ctx: KoaContextWithOIDC, error: Error & { error?: string; statusCode?: number }): void {
  const unavailable = error.statusCode === 503;
  ctx.status = unavailable ? 503 : 500;
  ctx.body = { error: unavailable ? 'temporarily_unavailable' : 'server_error' };
  if (!unavailable) ctx.oidc.provider.emit('server_error', ctx, error);
}

/** RFC 8414 §2: discovery names the API scopes too. It and the keys may be cached; a key is published for longer before it signs. */
function publishMetadata({ config, registrationEndpoint }: Pick<ProviderDeps, 'config' | 'registrationEndpoint'>) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next();
    const route = ctx.oidc?.route;
    if (ctx.status !== 200 || (route !== 'discovery' && route !== 'jwks')) return;
    ctx.set('Cache-Control', `public, max-age=${config.current().signing_keys.cache}`);
    if (route === 'jwks') return;
    const body = ctx.body as { scopes_supported: string[]; registration_endpoint?: string | undefined };
    body.registration_endpoint = registrationEndpoint();
    body.scopes_supported = [...body.scopes_supported, ...Object.keys(config.current().scopes)];
  };
}
