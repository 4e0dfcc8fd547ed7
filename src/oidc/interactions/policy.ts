// When the person is asked: oidc-provider's own checks, and those for `qr:approve`, whose holder signs other devices in
// (contract §3). The pages themselves are `login.ts` and `consent.ts`.
import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { QR_APPROVE } from '../../config/built-in.ts';

/** Who signed in within this time counts as present. */
const RECENT_SIGN_IN_SECONDS = 600;

export function createInteractionPolicy(): interactionPolicy.DefaultPolicy {
  const { Check, base } = interactionPolicy;
  const policy = base();
  policy.get('login')?.checks.add(
    new Check('recent_sign_in', 'approving sign-ins needs a recent sign-in', 'login_required', (ctx) => {
      return asksToApprove(ctx) && ctx.oidc.session?.past(RECENT_SIGN_IN_SECONDS) !== false;
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
