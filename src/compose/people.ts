// The composition of everything people do under their own name: signing in and out, second factors, registering, a forgotten
// password, their account, and the sign-in and consent pages of applications.
import type Router from '@koa/router';
import { createKnownBrowsers } from '../accounts/known-browsers.ts';
import { createSignIn } from '../accounts/login.ts';
import { mountAccount } from '../accounts/routes/account.ts';
import { createBrowserMemory } from '../accounts/routes/browser-memory.ts';
import { createPasswordForm } from '../accounts/routes/password-form.ts';
import { mountSetUp } from '../accounts/routes/set-up.ts';
import { mountSignIns } from '../accounts/routes/sign-ins.ts';
import type { ConfigSource, Locale } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { randomToken } from '../lib/random.ts';
import { mountConsent } from '../oidc/interactions/consent.ts';
import { mountLogin } from '../oidc/interactions/login.ts';
import { createStepUp, mountSecond } from '../oidc/interactions/second.ts';
import type { Store } from '../storage/port.ts';
import { addressKey, type Limiter } from '../web/limits.ts';
import type { Visitors } from '../web/visitor.ts';
import type { Authorization } from './authorization.ts';
import type { Domain } from './domain.ts';
import type { composeLimits } from './limits.ts';
import { createLockout } from './lockout.ts';
import { mountOwnAccount } from './own-account.ts';
import type { Recording } from './recording.ts';
import { composeSecondFactors } from './second-factors.ts';
import { composeSelfService } from './self-service.ts';

export interface PeopleDeps {
  config: ConfigSource;
  store: Store;
  clock: Clock;
  domain: Domain;
  authorization: Authorization;
  visitors: Visitors;
  limiter: Limiter;
  limits: ReturnType<typeof composeLimits>;
  recording: Recording;
  describeScope(scope: string, locale: Locale): string;
  onError(error: unknown): void;
}

export function composePeople(deps: PeopleDeps) {
  const { config, store, clock, domain, authorization, visitors, limiter, limits, recording, describeScope, onError } =
    deps;
  const { clients, provider, sessions } = authorization;
  const { recordFrom } = recording;

  const signIn = createSignIn({
    directory: domain.directory,
    passwords: domain.passwords,
    limiter,
    addressKey,
    limits: () => config.current().limits.sign_in,
  });
  const secondFactors = composeSecondFactors({
    config,
    store,
    clock,
    domain,
    limiter,
    sessions,
    visitors,
    recordFrom,
    onError,
  });
  const { passkeySignIn, secondSteps, secondFactorOf } = secondFactors;
  const browsers = createBrowserMemory(
    createKnownBrowsers({ keys: () => config.current().secrets.cookie_keys, newName: () => randomToken(16) }),
  );
  const passwordForm = createPasswordForm({ signIn, secondFactorOf, browsers, record: recordFrom });
  const selfService = composeSelfService({ domain, limits, visitors, sessions, browsers, recordFrom, onError });

  function mountOwnPages(router: Router): void {
    mountAccount(router, {
      sessions,
      visitors,
      passwordForm,
      passkeySignIn,
      secondSteps,
      recordSignOut: (ctx, account) => recordFrom(ctx, { type: 'session.ended', outcome: 'success', account }),
    });
    selfService.mount(router);
    const { requireRecent } = secondFactors;
    const { refuseDeletion } = createLockout({ config, directory: domain.directory });
    mountOwnAccount(router, {
      clock,
      domain,
      visitors,
      requireRecent,
      clients,
      describeScope,
      recording,
      refuseDeletion,
      onError,
    });
    mountSignIns(router, { visitors, sessions, review: domain.signInReview, record: recordFrom });
    mountSetUp(router, {
      link: domain.administratorLink,
      sessions,
      secondFactorOf,
      recordAdministrator: (ctx, account) => recordFrom(ctx, { type: 'admin_link.used', outcome: 'success', account }),
    });
    secondFactors.mount(router, passwordForm);
  }

  function mountInteractions(router: Router): void {
    const interaction = { provider, clients };
    const stepUp = createStepUp({ sessions, secondSteps, secondFactor: domain.secondFactor, clock });
    mountLogin(router, { ...interaction, sessions, passwordForm, passkeySignIn, secondSteps, stepUp });
    mountSecond(router, { ...interaction, secondSteps });
    mountConsent(router, {
      ...interaction,
      consents: domain.consents,
      resources: authorization.resources,
      sessions,
      visitors,
      describeScope,
      record: recordFrom,
    });
  }

  return {
    mount(router: Router): void {
      mountOwnPages(router);
      mountInteractions(router);
    },
    close: () => selfService.close(),
  };
}
