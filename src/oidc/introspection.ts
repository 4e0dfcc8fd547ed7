// What introspection (RFC 7662 §2.2) answers of a token, signed or opaque: as of now, and only to the client it was issued
// to and the clients of its resource. `jwt-tokens.ts` reads signed tokens, oidc-provider the others.
import type { AccessToken, ClientCredentials, RefreshToken } from 'oidc-provider';
import type { ConfigSource } from '../config/config.ts';
import { sha256 } from '../lib/hash.ts';
import type { IntrospectableClaims, Revocation } from './revocation.ts';
import type { Standing } from './standing.ts';

export interface IntrospectionDeps {
  config: ConfigSource;
  revocation: Pick<Revocation, 'isRevoked'>;
  /** Whether those behind the token may still use it, and which of its scopes. */
  stillAllowed(claims: IntrospectableClaims): Promise<Standing>;
}

export type Introspection = ReturnType<typeof createIntrospection>;

export function createIntrospection({ config, revocation, stillAllowed }: IntrospectionDeps) {
  const isOfTheirs = ({ client_id, aud }: IntrospectableClaims, clientId: string): boolean =>
    client_id === clientId ||
    Object.values(config.current().resources).some(
      ({ indicator, introspected_by }) => indicator === aud && introspected_by.includes(clientId),
    );

  return {
    /** What the token is worth now; not active for a client that it does not concern. */
    async standingFor(claims: IntrospectableClaims, clientId: string): Promise<Standing> {
      if (!isOfTheirs(claims, clientId) || (await revocation.isRevoked(claims)))
        return { active: false, scope: undefined };
      return stillAllowed(claims);
    },
  };
}

/** An opaque token as claims; its id is the bearer value itself. */
export function claimsOfOpaque(token: AccessToken | ClientCredentials | RefreshToken): IntrospectableClaims {
  const { accountId, grantId, aud, extra, gty } = token as Partial<AccessToken>;
  const client_id = token.clientId ?? '';
  const owner = extra?.['owner'];
  const amr = extra?.['amr'] ?? (token as Partial<RefreshToken>).amr;
  return {
    jti: sha256(token.jti),
    iat: token.iat ?? 0,
    exp: token.exp ?? 0,
    sub: accountId ?? client_id,
    client_id,
    scope: token.scope,
    gty,
    aud: typeof aud === 'string' ? aud : undefined,
    ...(grantId !== undefined && { gid: grantId }),
    ...(typeof owner === 'string' && { owner }),
    ...(amr !== undefined && { amr }),
  };
}
