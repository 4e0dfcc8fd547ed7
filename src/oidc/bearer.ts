// Whether an access token is good at our own interface `/api/v1`: issued here, for it, not revoked, its account active, and
// sent by the holder of its key (RFC 9068 §4, RFC 9449 §7). `web/bearer.ts` reads and answers the request.
import type { PresentedToken, TokenVerdict } from '../web/bearer.ts';
import { type Person, rolesInForce } from './account.ts';
import type { VerifyDpopProof } from './dpop-proof.ts';
import type { AccessTokenClaims } from './jwt-tokens.ts';
import type { IntrospectableClaims, RevocableClaims } from './revocation.ts';
import type { Standing } from './standing.ts';

export interface BearerTokensDeps {
  /** The resource indicator of the interface. */
  audience(): string;
  verifyToken(token: string): Promise<AccessTokenClaims | undefined>;
  verifyProof: VerifyDpopProof;
  isRevoked(claims: RevocableClaims): Promise<boolean>;
  stillAllowed(claims: IntrospectableClaims): Promise<Standing>;
  findPerson(accountId: string): Promise<Person | undefined>;
}

const INVALID: TokenVerdict = { kind: 'invalid_token' };

export function createBearerTokens(deps: BearerTokensDeps) {
  return async (presented: PresentedToken): Promise<TokenVerdict> => {
    const claims = await deps.verifyToken(presented.token);
    if (!claims || claims.aud !== deps.audience()) return INVALID;
    // RFC 9449 §7.2: a bound token is worth nothing as Bearer, nor an unbound one with a proof that anybody could make.
    const jkt = claims.cnf?.jkt;
    if ((jkt !== undefined) !== (presented.scheme === 'DPoP')) return INVALID;
    if (jkt !== undefined && !(await deps.verifyProof({ ...presented, jkt }))) return { kind: 'invalid_dpop_proof' };
    const { active, scope = '' } = (await deps.isRevoked(claims)) ? { active: false } : await deps.stillAllowed(claims);
    if (!active) return INVALID;
    const { sub, client_id: clientId, owner, auth_time, amr, gid } = claims;
    if (owner !== undefined || sub === clientId) return { kind: 'not_a_person' };
    const person = await deps.findPerson(sub);
    if (!person?.active) return INVALID;
    const methods = Array.isArray(amr) ? amr.map(String) : [];
    return {
      kind: 'good',
      caller: {
        accountId: sub,
        clientId,
        ...(gid !== undefined && { grantId: gid }),
        scopes: scope.split(' ').filter(Boolean),
        authTime: typeof auth_time === 'number' ? auth_time : claims.iat,
        amr: methods,
        roles: rolesInForce(person, methods),
      },
    };
  };
}
