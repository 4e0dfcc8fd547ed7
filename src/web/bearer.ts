// Access tokens at our own interface `/api/v1` (RFC 6750, RFC 9449 §7): reads the header, asks whether the token is good,
// and says what is missing in WWW-Authenticate. What makes a token good is decided in `oidc/bearer.ts`.
import type { Context } from 'koa';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { RECENT_SECONDS } from './recent.ts';
import { stateOf } from './request-state.ts';

export interface PresentedToken {
  scheme: 'Bearer' | 'DPoP';
  token: string;
  /** The header DPoP; empty without one. */
  proof: string;
  method: string;
  /** The address that was asked, without query. */
  url: string;
}

/** The person behind a good token. */
export interface Caller {
  accountId: string;
  clientId: string;
  /** What the token hangs on. */
  grantId?: string;
  /** Held now: roles and clients may have changed since the token was issued. */
  scopes: readonly string[];
  /** Seconds since the epoch. */
  authTime: number;
  amr: readonly string[];
  /** Effective roles, default ones included. */
  roles: readonly string[];
}

export type TokenVerdict =
  | { kind: 'good'; caller: Caller }
  /** Good, but of a program, which is nobody here. */
  | { kind: 'not_a_person' }
  | { kind: 'invalid_token' }
  | { kind: 'invalid_dpop_proof' };

export interface Bearer {
  /**
   * The person whose token with this scope came along.
   * @throws DomainError unauthenticated `unauthenticated`, `invalid_token`, `invalid_dpop_proof`; forbidden `insufficient_scope`
   */
  require(ctx: Context, scope: string): Promise<Caller>;
  /**
   * As `require`, of a person who signed in lately, as `recent.ts` asks of pages.
   * @throws also unauthenticated `insufficient_user_authentication` (RFC 9470 §3)
   */
  requireRecent(ctx: Context, scope: string): Promise<Caller>;
}

export interface BearerDeps {
  verify(presented: PresentedToken): Promise<TokenVerdict>;
  /** Signature algorithms of DPoP proofs. */
  proofAlgorithms: readonly string[];
  clock: Clock;
}

/** RFC 6750 §2.1, RFC 9449 §7.1. */
const AUTHORIZATION = /^(Bearer|DPoP) +([A-Za-z0-9\-._~+/]+=*)$/i;

export function createBearer({ verify, proofAlgorithms, clock }: BearerDeps): Bearer {
  function refuse(ctx: Context, kind: 'unauthenticated' | 'forbidden', code: string, attributes = ''): never {
    const error = code === 'unauthenticated' ? '' : `, error="${code}"${attributes}`;
    const realm = `realm="${stateOf(ctx).config.issuer}"`;
    ctx.set('WWW-Authenticate', [
      `Bearer ${realm}${error}`,
      `DPoP ${realm}${error}, algs="${proofAlgorithms.join(' ')}"`,
    ]);
    throw new DomainError(kind, code);
  }

  async function require(ctx: Context, scope: string): Promise<Caller> {
    const presented = presentedIn(ctx);
    if (!presented) return refuse(ctx, 'unauthenticated', 'unauthenticated');
    const verdict = await verify(presented);
    if (verdict.kind === 'invalid_token' || verdict.kind === 'invalid_dpop_proof') {
      return refuse(ctx, 'unauthenticated', verdict.kind);
    }
    if (verdict.kind === 'not_a_person' || !verdict.caller.scopes.includes(scope)) {
      return refuse(ctx, 'forbidden', 'insufficient_scope', `, scope="${scope}"`);
    }
    stateOf(ctx).via = verdict.caller.clientId;
    return verdict.caller;
  }

  return {
    require,
    async requireRecent(ctx, scope) {
      const caller = await require(ctx, scope);
      if (epochSeconds(clock) - caller.authTime <= RECENT_SECONDS) return caller;
      return refuse(ctx, 'unauthenticated', 'insufficient_user_authentication', `, max_age="${RECENT_SECONDS}"`);
    },
  };
}

function presentedIn(ctx: Context): PresentedToken | undefined {
  const [, scheme, token] = AUTHORIZATION.exec(ctx.get('Authorization')) ?? [];
  if (scheme === undefined || token === undefined) return undefined;
  return {
    scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer',
    token,
    proof: ctx.get('DPoP'),
    method: ctx.method,
    url: stateOf(ctx).config.issuer + ctx.path,
  };
}
