// Introspection (RFC 7662) and revocation (RFC 7009) of JWT access tokens, which oidc-provider refuses: it authenticates
// the client, then this middleware answers in place of its `unsupported_token_type`.
import { jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ConfigSource } from '../config/config.ts';
import type { Introspection } from './introspection.ts';
import { provided } from './refusal.ts';
import type { Revocation, RevocableClaims } from './revocation.ts';

export interface AccessTokenClaims extends RevocableClaims {
  iss: string;
  aud: string;
  scope?: string;
  cnf?: { jkt?: string };
  [claim: string]: unknown;
}

export interface JwtTokensDeps {
  config: ConfigSource;
  /** The published keys, as they are now. */
  keys(): JWTVerifyGetKey;
  revocation: Pick<Revocation, 'denyToken'>;
  revokeGrant(grantId: string): Promise<void>;
  introspection: Introspection;
  now(): number;
}

export type JwtTokens = ReturnType<typeof createJwtTokens>;

export function createJwtTokens({ config, keys, revocation, revokeGrant, introspection, now }: JwtTokensDeps) {
  /** The claims of a token of ours that has not expired (RFC 9068 §4), whatever its audience. */
  async function verify(token: string): Promise<AccessTokenClaims | undefined> {
    try {
      const { payload } = await jwtVerify<AccessTokenClaims>(token, keys(), {
        issuer: config.current().issuer,
        typ: 'at+jwt',
        algorithms: ['ES256'],
        requiredClaims: ['exp', 'iat', 'jti', 'sub', 'aud', 'client_id'],
        currentDate: new Date(now()),
      });
      return payload;
    } catch {
      return undefined;
    }
  }

  async function introspect(token: string, clientId: string): Promise<Record<string, unknown>> {
    const claims = await verify(token);
    if (!claims) return { active: false };
    const { active, scope } = await introspection.standingFor(claims, clientId);
    if (!active) return { active: false };
    const { scope: _issued, ...rest } = claims;
    return {
      active: true,
      ...rest,
      ...(scope !== undefined && { scope }),
      token_type: claims.cnf?.jkt ? 'DPoP' : 'Bearer',
    };
  }

  /** RFC 7009 §2.1: only by its own client; the grant behind it ends too, as it does for an opaque token. */
  async function revoke(token: string, clientId: string): Promise<void> {
    const claims = await verify(token);
    if (!claims || claims.client_id !== clientId) return;
    await revocation.denyToken(claims);
    if (claims.gid !== undefined) await revokeGrant(claims.gid);
  }

  return {
    verify,
    introspect,

    /** Goes before the provider's routes. */
    async middleware(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
      await next();
      const answer = { introspection: introspect, revocation: revoke }[
        ctx.oidc?.route as 'introspection' | 'revocation'
      ];
      const clientId = ctx.oidc?.client?.clientId;
      const token = ctx.oidc?.params?.['token'];
      if (!answer || clientId === undefined || typeof token !== 'string' || !isRefusedAsStructured(ctx)) return;
      const body = await provided(async () => answer(token, clientId));
      ctx.status = 200;
      ctx.type = body ? 'json' : 'text';
      ctx.body = body ?? '';
    },
  };
}

const isRefusedAsStructured = (ctx: KoaContextWithOIDC): boolean =>
  ctx.status === 400 && (ctx.body as { error?: string } | undefined)?.error === 'unsupported_token_type';
