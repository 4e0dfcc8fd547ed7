// When the person is asked: oidc-provider's own checks, those for `qr:approve`, whose holder signs other devices in
// (contract §3), and those for a second factor. The pages themselves are `login.ts` and `consent.ts`.
import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { QR_APPROVE } from '../../config/built-in.ts';
import { hasMfa } from '../../lib/amr.ts';
import { acrRequestOf, isKnown, satisfies } from '../acr.ts';

/** Who signed in within this time counts as present. */
const RECENT_SIGN_IN_SECONDS = 600;

export interface SecondFactorFacts {
  /** A role of the account demands a second factor. */
  mustUse(accountId: string): Promise<boolean>;
  /** The account has one. */
  canUse(accountId: string): Promise<boolean>;
}

export function createInteractionPolicy(secondFactor: SecondFactorFacts): interactionPolicy.DefaultPolicy {
  const { Check, base } = interactionPolicy;
  const policy = base();
  const login = policy.get('login');
  login?.checks.add(
    new Check('recent_sign_in', 'approving sign-ins needs a recent sign-in', 'login_required', (ctx) => {
      return asksToApprove(ctx) && ctx.oidc.session?.past(RECENT_SIGN_IN_SECONDS) !== false;
    }),
  );
  login?.checks.add(
    new Check('role_mfa', 'a role of the account needs a second factor', 'login_required', async (ctx) => {
      const { accountId, amr } = ctx.oidc.session ?? {};
      return accountId !== undefined && !hasMfa(amr) && (await secondFactor.mustUse(accountId));
    }),
  );
  // OpenID Connect Core §3.1.2.1: a voluntary wish is granted where it can be, and asked for once.
  login?.checks.add(
    new Check('acr_values', 'a stronger sign-in is wished for', 'login_required', async (ctx) => {
      const request = requireKnownAcr(ctx);
      const { accountId, amr } = ctx.oidc.session ?? {};
      if (!request || request.isEssential || accountId === undefined || ctx.oidc.result?.login) return false;
      return isKnown(request) && !satisfies(amr, request) && secondFactor.canUse(accountId);
    }),
  );
  policy.get('consent')?.checks.add(
    new Check('approves_sign_ins', 'approving sign-ins is asked for each time', 'consent_required', (ctx) => {
      return asksToApprove(ctx) && ctx.oidc.result?.consent === undefined;
    }),
  );
  return policy;
}

const asksToApprove = (ctx: KoaContextWithOIDC): boolean => ctx.oidc.requestParamScopes.has(QR_APPROVE);

/** Throws what OpenID Connect Core Unmet Authentication Requirements 1.0 §2 names, or the sign-in page would come for ever. */
function requireKnownAcr(ctx: KoaContextWithOIDC) {
  const request = acrRequestOf(ctx.oidc.params);
  if (request?.isEssential && !isKnown(request)) {
    throw new errors.CustomOIDCProviderError(
      'unmet_authentication_requirements',
      'no sign-in here reaches the acr that is asked for',
    );
  }
  return request;
}
