// What the provider does, told to records and metrics. Listeners are synchronous and never throw into a request; codes,
// tokens and grant ids stay out (a model's `jti` can be a bearer value).
import type { IncomingMessage } from 'node:http';
import Provider, { type AdapterPayload, type KoaContextWithOIDC } from 'oidc-provider';

/** Where a request came from, as the host determined it. */
export interface RequestOrigin {
  requestId: string;
  address: string;
  userAgent?: string;
}

export interface OAuthEvent {
  type:
    | 'token.issued'
    | 'token.refused'
    | 'token.replayed'
    | 'authorization.granted'
    | 'authorization.refused'
    | 'device.issued'
    | 'device.expired'
    | 'device.redeemed'
    | 'device.replayed'
    | 'session.ended'
    | 'grant.revoked'
    | 'token.introspected'
    | 'token.revoked'
    | 'key.refused'
    | 'server.failed';
  outcome: 'success' | 'failure';
  origin?: RequestOrigin;
  account?: string;
  client?: string;
  scopes?: string[];
  /** OAuth error code, never its description. */
  reason?: string;
  details?: Record<string, string>;
}

export interface EventsDeps {
  originOf(req: IncomingMessage): RequestOrigin | undefined;
  record(event: OAuthEvent): void;
  /** A failure of ours, for the log. */
  failed(error: Error, origin: RequestOrigin | undefined): void;
}

const MAX_SCOPE_TEXT = 2048;
const MAX_SCOPES = 20;

/** Polls that wait are the normal case, not an event. */
const EXPECTED = new Set(['authorization_pending', 'slow_down']);

export function listen(provider: Provider, { originOf, record, failed }: EventsDeps): void {
  const tell = (ctx: KoaContextWithOIDC, event: Omit<OAuthEvent, 'origin' | 'client'> & { client?: string }): void => {
    const origin = originOf(ctx.req);
    const client = event.client ?? ctx.oidc?.client?.clientId;
    record({ ...event, ...(origin && { origin }), ...(client !== undefined && { client }) });
  };
  const refuse = (type: OAuthEvent['type']) => (ctx: KoaContextWithOIDC, error: Error) => {
    const reason = error.message;
    if (EXPECTED.has(reason)) return;
    const grantType = ctx.oidc?.params?.['grant_type'];
    const account = ctx.oidc && accountBehind(ctx, reason);
    const scopes = requestedScopes(ctx);
    tell(ctx, {
      type,
      outcome: 'failure',
      reason,
      ...(account !== undefined && { account }),
      ...(scopes.length > 0 && { scopes }),
      ...(typeof grantType === 'string' && { details: { grant_type: grantType } }),
    });
  };

  provider.on('grant.success', (ctx) => {
    const { entities, params } = ctx.oidc;
    const token = entities.AccessToken ?? entities.ClientCredentials;
    const account = entities.Account?.accountId ?? (token?.['extra'] as { owner?: string } | undefined)?.owner;
    const grantType = String(params?.['grant_type']);
    tell(ctx, {
      type: 'token.issued',
      outcome: 'success',
      ...(account !== undefined && { account }),
      scopes: [...(token?.scopes ?? [])],
      details: { grant_type: grantType, ...(typeof token?.aud === 'string' && { audience: token.aud }) },
    });
    if (entities.DeviceCode) {
      tell(ctx, { type: 'device.redeemed', outcome: 'success', ...(account !== undefined && { account }) });
    }
  });
  provider.on('grant.error', refuse('token.refused'));
  provider.on('authorization.success', (ctx) => {
    const account = ctx.oidc.session?.accountId;
    tell(ctx, {
      type: 'authorization.granted',
      outcome: 'success',
      ...(account !== undefined && { account }),
      scopes: [...ctx.oidc.requestParamScopes],
    });
  });
  provider.on('authorization.error', refuse('authorization.refused'));
  provider.on('device_authorization.success', (ctx) => {
    tell(ctx, { type: 'device.issued', outcome: 'success', scopes: [...ctx.oidc.requestParamScopes] });
  });
  provider.on('device_authorization.error', refuse('authorization.refused'));
  provider.on('pushed_authorization_request.error', refuse('authorization.refused'));
  provider.on('introspection.error', (ctx, error) => {
    if (error.message !== 'unsupported_token_type') refuse('token.introspected')(ctx, error);
  });
  provider.on('revocation.error', (ctx, error) => {
    if (error.message !== 'unsupported_token_type') refuse('token.revoked')(ctx, error);
  });
  provider.on('end_session.success', (ctx) => tell(ctx, { type: 'session.ended', outcome: 'success' }));
  provider.on('grant.revoked', (ctx) => tell(ctx, { type: 'grant.revoked', outcome: 'success' }));
  provider.on('server_error', (ctx, error) => {
    failed(error, originOf(ctx.req));
    tell(ctx, { type: 'server.failed', outcome: 'failure' });
  });
}

/**
 * Who would have got what was refused: the person of the code or the session, or the owner of the key. Not where the key's
 * secret was wrong: whoever knows its client_id can do that as often as they like.
 */
function accountBehind({ oidc }: KoaContextWithOIDC, reason: string): string | undefined {
  const { Account, ApiKey } = oidc.entities as { Account?: { accountId: string }; ApiKey?: { ownerId: string } };
  const owner = reason === 'invalid_client' ? undefined : ApiKey?.ownerId;
  return Account?.accountId ?? owner ?? oidc.session?.accountId;
}

/** What was asked for, as far as it could be a scope at all (RFC 6749 §3.3). */
function requestedScopes(ctx: KoaContextWithOIDC): string[] {
  const scope = ctx.oidc?.params?.['scope'];
  if (typeof scope !== 'string') return [];
  const isScope = (name: string): boolean => /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/.test(name);
  return scope.slice(0, MAX_SCOPE_TEXT).split(' ').filter(isScope).slice(0, MAX_SCOPES);
}

/** For the adapter: a code or refresh token that was redeemed before is presented again, after the race window. */
export function replayOf(originOf: EventsDeps['originOf'], record: EventsDeps['record']) {
  return (model: string, { clientId, accountId }: AdapterPayload): void => {
    // Introspection and revocation look at redeemed tokens too.
    if (Provider.ctx?.oidc.route !== 'token') return;
    const origin = originOf(Provider.ctx.req);
    record({
      type: model === 'DeviceCode' ? 'device.replayed' : 'token.replayed',
      outcome: 'failure',
      reason: model,
      ...(origin && { origin }),
      ...(clientId !== undefined && { client: clientId }),
      ...(accountId !== undefined && { account: accountId }),
    });
  };
}
