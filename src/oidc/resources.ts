// Scopes select the resource (RFC 8707), and the resource the token: RFC 9068 JWT or opaque. Here requested scopes are
// narrowed to what client, key and roles allow now; consent is the grant's, with which oidc-provider narrows them further.
import { type Client, errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';
import type { PresentedApiKey } from '../api-keys/verify.ts';
import { isReservedScope } from '../config/built-in.ts';
import type { Config, ConfigSource } from '../config/config.ts';
import { OPENID_SCOPES } from '../config/config.ts';
import type { DecisionInput } from '../policy/decide.ts';
import { type Clients, scopesBy } from './clients.ts';
import type { Bounds } from './missing-scope.ts';

const OPENID = new Set<string>(OPENID_SCOPES);

const REQUESTING = new Set(['authorization', 'pushed_authorization_request', 'device_authorization']);

export interface ResourcesDeps {
  config: ConfigSource;
  clients: Clients;
  /** The API scopes that the account's roles grant now to who signed in so. */
  scopesOfAccount(accountId: string, amr: readonly string[] | undefined): Promise<ReadonlySet<string>>;
  whyDenied(scope: string, bounds: Bounds): string | undefined;
  /** `policy/decide`: requested ∩ every given set. */
  decide(input: DecisionInput): string[];
}

/** Scopes by where they belong: to no resource, or to the one that they select. */
export interface Grantable {
  openid: readonly string[];
  resource?: { indicator: string; scopes: readonly string[] };
}

export type Resources = ReturnType<typeof createResources>;

export function createResources({ config, clients, scopesOfAccount, whyDenied, decide }: ResourcesDeps) {
  function allowedTo(ctx: KoaContextWithOIDC, { clientId }: Client): readonly string[] {
    const client = clients.configured(clientId);
    const { DeviceCode, RefreshToken } = ctx.oidc.entities;
    const gty = DeviceCode ? 'device_code' : RefreshToken?.gty;
    return apiKeyOf(ctx)?.scopes ?? (client ? scopesBy(client, gty) : []);
  }

  /** Throws `invalid_scope` for the first that the client may not ask for. */
  function checkRequest(ctx: KoaContextWithOIDC, client: Client): void {
    const requested = requestedScopes(ctx);
    checkScopes(ctx, config.current(), requested, allowedTo(ctx, client));
    if (ctx.oidc.route !== 'device_authorization') return;
    // Contract §3; RFC 10027 limited scopes.
    const ceiling = clients.configured(client.clientId)?.device_scopes ?? requested;
    const refused = requested.find((scope) => isReservedScope(scope) || !ceiling.includes(scope));
    if (refused === undefined) return;
    throw new errors.InvalidScope('requested scope cannot be obtained by the device grant', refused);
  }

  const apiScopesAllowedTo = (ctx: KoaContextWithOIDC, client: Client) =>
    allowedTo(ctx, client).filter((scope) => !OPENID.has(scope));

  /** Client credentials without `scope` get all that the client may have (contract §3). */
  function defaultScope(ctx: KoaContextWithOIDC, client: Client, resource?: string): void {
    const { params } = ctx.oidc;
    if (!params || params['grant_type'] !== 'client_credentials' || params['scope'] !== undefined) return;
    const { scopes } = config.current();
    const all = apiScopesAllowedTo(ctx, client).filter((scope) => !resource || scopes[scope]?.resource === resource);
    if (all.length === 0) throw new errors.InvalidScope('this client may have no scope', '');
    params['scope'] = all.join(' ');
  }

  async function allowedNow(ctx: KoaContextWithOIDC, client: Client, requested: readonly string[]) {
    return decide({ requested, ...(await boundsOf(ctx, client)) });
  }

  async function boundsOf(ctx: KoaContextWithOIDC, client: Client): Promise<Bounds> {
    const key = apiKeyOf(ctx);
    if (key) return { keyScopes: key.scopes, accountScopes: key.ownerScopes };
    const accountId = accountIdOf(ctx);
    const account = accountId === undefined ? undefined : await scopesOfAccount(accountId, amrOf(ctx));
    return { clientScopes: allowedTo(ctx, client), ...(account && { accountScopes: [...account] }) };
  }

  /** A client, which is proved by now, hears of each scope what it is beyond; of a key, which role is missing. */
  async function whyNothing(ctx: KoaContextWithOIDC, client: Client): Promise<string> {
    const bounds = await boundsOf(ctx, client);
    return requestedScopes(ctx)
      .map(
        (scope) =>
          whyDenied(scope, bounds) ?? `${scope} belongs to ${indicatorOf(scope)}, not to the resource asked for`,
      )
      .join('; ');
  }

  function indicatorOf(scope: string): string | undefined {
    const { scopes, resources } = config.current();
    return resources[scopes[scope]?.resource ?? '']?.indicator;
  }

  return {
    /** What a person can give a device of the scopes that its client asks for: by client and roles now. */
    async grantable(
      clientId: string,
      { accountId, amr }: { accountId: string; amr: readonly string[] },
      scope: string,
    ): Promise<Grantable> {
      const current = config.current();
      const requested = scope.split(' ').filter(Boolean);
      const account = await scopesOfAccount(accountId, amr);
      const { scopes = [], device_scopes: ceiling = [...scopes, ...OPENID] } = clients.configured(clientId) ?? {};
      const allowed = decide({
        requested: requested.filter((name) => !OPENID.has(name)),
        clientScopes: scopes.filter((name) => ceiling.includes(name)),
        accountScopes: [...account],
      });
      const [group] = [...groupByResource(current, allowed)];
      const indicator = group && current.resources[group[0]]?.indicator;
      return {
        openid: requested.filter((name) => OPENID.has(name) && account.has(name) && ceiling.includes(name)),
        ...(group && indicator && { resource: { indicator, scopes: group[1] } }),
      };
    },

    /**
     * The indicator that the requested API scopes select; `undefined` for OpenID scopes alone.
     * Throws `invalid_scope` for one that is unknown or not the client's, `invalid_target` naming two resources.
     */
    defaultResource(ctx: KoaContextWithOIDC, client: Client, oneOf?: string[]): string | string[] | undefined {
      if (oneOf) return oneOf;
      defaultScope(ctx, client);
      const requested = requestedScopes(ctx);
      const current = config.current();
      checkRequest(ctx, client);
      const [first, second] = [...groupByResource(current, requested)];
      if (first && second) {
        const named = [first, second].map(
          ([id, scopes]) => `${scopes.join(' ')} (${current.resources[id]?.indicator})`,
        );
        throw new errors.InvalidTarget(
          `the scopes belong to two resources, ask for one at a time: ${named.join(' and ')}`,
        );
      }
      return first && current.resources[first[0]]?.indicator;
    },

    /** Throws `invalid_target` for an unknown indicator, `invalid_scope` when client credentials would end with nothing. */
    async getResourceServerInfo(ctx: KoaContextWithOIDC, indicator: string, client: Client): Promise<ResourceServer> {
      const current = config.current();
      const found = Object.entries(current.resources).find(([, resource]) => resource.indicator === indicator);
      if (!found) throw new errors.InvalidTarget('unknown resource');
      const [id, resource] = found;
      const key = apiKeyOf(ctx);
      if (key?.resource !== undefined && key.resource !== indicator) {
        throw new errors.InvalidTarget(`this API key is for ${key.resource} only`);
      }
      defaultScope(ctx, client, id);
      checkRequest(ctx, client);

      const known = Object.keys(current.scopes).filter((scope) => current.scopes[scope]?.resource === id);
      const allowed = await allowedNow(ctx, client, known);
      if (ctx.oidc.params?.['grant_type'] === 'client_credentials') {
        const requested = requestedScopes(ctx);
        if (!requested.some((scope) => allowed.includes(scope))) {
          throw new errors.InvalidScope(await whyNothing(ctx, client), requested.join(' '));
        }
      }
      const lifetimes = { ...current.lifetimes, ...clients.configured(client.clientId)?.lifetimes };
      return {
        scope: allowed.join(' '),
        audience: resource.indicator,
        accessTokenFormat: resource.token,
        accessTokenTTL: lifetimes.access_token,
        jwt: { sign: { alg: 'ES256' } },
      };
    },
  };
}

/** The API key that the request authenticates as; `provider.ts` notes it when it finds the client. */
export const apiKeyOf = (ctx: KoaContextWithOIDC): PresentedApiKey | undefined =>
  (ctx.oidc.entities as { ApiKey?: PresentedApiKey }).ApiKey;

function accountIdOf(ctx: KoaContextWithOIDC): string | undefined {
  const { account, session } = ctx.oidc as { account?: { accountId: string }; session?: { accountId?: string } };
  return account?.accountId ?? session?.accountId;
}

/** How the person behind the code or refresh token signed in; at the authorization endpoint, the one behind the session. */
function amrOf(ctx: KoaContextWithOIDC): readonly string[] | undefined {
  const { AuthorizationCode, DeviceCode, RefreshToken } = ctx.oidc.entities;
  return (AuthorizationCode ?? DeviceCode ?? RefreshToken ?? ctx.oidc.session)?.amr;
}

function requestedScopes(ctx: KoaContextWithOIDC): string[] {
  const scope = ctx.oidc.params?.['scope'];
  return typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [];
}

function checkScopes(
  ctx: KoaContextWithOIDC,
  config: Config,
  requested: readonly string[],
  allowed: readonly string[],
) {
  for (const scope of requested) {
    const isOpenid = OPENID.has(scope);
    if (isOpenid && ctx.oidc.params?.['grant_type'] === 'client_credentials') {
      throw new errors.InvalidScope('OpenID scopes need a person to sign in', scope);
    }
    if (!isOpenid && !Object.hasOwn(config.scopes, scope))
      throw new errors.InvalidScope('requested scope is unknown', scope);
    if (!REQUESTING.has(ctx.oidc.route)) continue;
    if (!allowed.includes(scope)) throw new errors.InvalidScope('requested scope is not allowed', scope);
  }
}

function groupByResource(config: Config, scopes: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const scope of scopes) {
    const resource = Object.hasOwn(config.scopes, scope) ? config.scopes[scope]?.resource : undefined;
    if (resource !== undefined) groups.set(resource, [...(groups.get(resource) ?? []), scope]);
  }
  return groups;
}
