// The second factor in the middle of an authorization request: after the password, or alone where the person signed in with a
// password a moment ago and only more is asked of them now (OpenID Connect Core §3.1.2.1, `acr_values`).
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { default as Provider } from 'oidc-provider';
import type { Place, SecondSteps } from '../../accounts/routes/second-step.ts';
import { hasMfa } from '../../lib/amr.ts';
import { type Clock, epochSeconds } from '../../lib/clock.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { RECENT_SECONDS } from '../../web/recent.ts';
import type { Login, Sessions } from '../../web/session.ts';
import { acrOf, acrRequestOf, asksForMfa } from '../acr.ts';
import type { Clients } from '../clients.ts';
import { allowRedirectToClient, currentInteraction, type InteractionDetails } from './interaction.ts';
import type { SecondFactorFacts } from './policy.ts';

export interface SecondDeps {
  provider(): Provider;
  clients: Pick<Clients, 'face'>;
  secondSteps: SecondSteps;
}

/** Reasons of the login prompt that a second factor alone does away with. */
const STRONGER = new Set(['role_mfa', 'acr_values', 'essential_acr', 'essential_acrs']);

export function mountSecond(router: Router, { provider, clients, secondSteps }: SecondDeps): void {
  router.get('/interaction/:uid/second', async (ctx) => {
    const details = await currentInteraction(provider(), ctx);
    allowRedirectToClient(ctx, details);
    await secondSteps.open(ctx, placeOf(details), clients.face(String(details.params['client_id'])));
  });

  router.post('/interaction/:uid/second', async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const details = await currentInteraction(provider(), ctx);
    allowRedirectToClient(ctx, details);
    const client = clients.face(String(details.params['client_id']));
    const finished = await secondSteps.take(ctx, placeOf(details), form, client);
    if (finished) await finishLogin(provider(), ctx, finished.login);
  });
}

/** `begin`: the sign-in form even for who could go on to the second step. */
export const placeOf = ({ uid }: InteractionDetails): Place => ({
  action: `/interaction/${uid}/second`,
  path: `/interaction/${uid}`,
  beginHref: `/interaction/${uid}?begin=1`,
});

export async function finishLogin(
  provider: Provider,
  ctx: Context,
  { accountId, amr, standing }: Login,
): Promise<void> {
  ctx.respond = false;
  const login = { accountId, amr: [...amr], acr: acrOf(amr), standing };
  await provider.interactionFinished(ctx.req, ctx.res, { login }, { mergeWithLastSubmission: false });
}

/** Whether the application takes nothing less. */
export function demandsMfa({ params }: InteractionDetails): boolean {
  const request = acrRequestOf(params);
  return request !== undefined && request.isEssential && asksForMfa(request);
}

/** Where the person sets up a second factor, on the way to an application. */
export const enrolmentHref = ({ uid }: InteractionDetails): string =>
  `/account/security?${new URLSearchParams({ return_to: `/interaction/${uid}` })}`;

export interface StepUpDeps {
  sessions: Pick<Sessions, 'read'>;
  secondSteps: Pick<SecondSteps, 'begin'>;
  secondFactor: SecondFactorFacts;
  clock: Clock;
}

/** Goes on with a password given a moment ago. Answers whether the request was answered. */
export function createStepUp({ sessions, secondSteps, secondFactor, clock }: StepUpDeps) {
  return async (ctx: Context, details: InteractionDetails): Promise<boolean> => {
    const session = await sessions.read(ctx);
    if (!session || !session.amr.includes('pwd') || hasMfa(session.amr)) return false;
    const isOfThisRequest = session.authTime >= details.iat;
    const isEnough = details.prompt.reasons.every((reason) => STRONGER.has(reason));
    if (!isOfThisRequest && !(isEnough && epochSeconds(clock) - session.authTime <= RECENT_SECONDS)) return false;
    const { accountId, amr } = session;
    if (await secondFactor.canUse(accountId)) {
      await secondSteps.begin(ctx, placeOf(details), { accountId, amr: [...amr] });
      return true;
    }
    if (!demandsMfa(details) && !(await secondFactor.mustUse(accountId))) return false;
    ctx.redirect(enrolmentHref(details));
    ctx.status = 303;
    return true;
  };
}
