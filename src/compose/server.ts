// THE composition root: configuration → storage → features → HTTP. `cli/serve.ts` and tests call it; nothing else does.
import type Router from '@koa/router';
import type { RequestListener } from 'node:http';
import type { Context } from 'koa';
import { home } from '../../views/home.tsx';
import type { AuditEvent } from '../audit/event.ts';
import { createKnownBrowsers } from '../accounts/known-browsers.ts';
import { mountAccount } from '../accounts/routes/account.ts';
import { createBrowserMemory } from '../accounts/routes/browser-memory.ts';
import { createPasswordForm } from '../accounts/routes/password-form.ts';
import { mountSignIns } from '../accounts/routes/sign-ins.ts';
import { mountSetUp } from '../accounts/routes/set-up.ts';
import { createSignIn } from '../accounts/login.ts';
import type { Config, Locale } from '../config/config.ts';
import { createConfigSource } from '../config/source.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { isDomainError } from '../lib/errors.ts';
import { openGeo } from '../geo/place.ts';
import { randomToken } from '../lib/random.ts';
import { mountMailbox } from '../mail/routes.ts';
import { createDoor, TOKEN_PATH } from '../oidc/door.ts';
import { mountConsent } from '../oidc/interactions/consent.ts';
import { mountLogin } from '../oidc/interactions/login.ts';
import { createStepUp, mountSecond } from '../oidc/interactions/second.ts';
import { createHealth } from '../ops/health.ts';
import { createLogger } from '../ops/logger.ts';
import { createMetrics } from '../ops/metrics.ts';
import { mountOperations } from '../ops/routes.ts';
import { describeScope } from '../policy/scope.ts';
import { openStorage } from '../storage/open.ts';
import type { Store } from '../storage/port.ts';
import { createApp } from '../web/app.ts';
import { formWay } from '../web/front-form.ts';
import { createFront } from '../web/front.ts';
import { addressKey, createLimiter } from '../web/limits.ts';
import { page } from '../web/render.ts';
import { stateOf } from '../web/request-state.ts';
import { createVisitors } from '../web/visitor.ts';
import { type Actor, createAdministration } from './administration.ts';
import { composeAuthorization, type Authorization } from './authorization.ts';
import { composeDomain, type Domain } from './domain.ts';
import { composeLimits } from './limits.ts';
import { composeSender } from './mail.ts';
import { createSampler } from './sampler.ts';
import { mountOwnAccount } from './own-account.ts';
import { composeQr } from './qr.ts';
import { composeSecondFactors } from './second-factors.ts';
import { composeSignInFollowUp, hasEnded } from './sign-ins.ts';
import { composeSelfService } from './self-service.ts';
/** Refusals of unknown clients that one process records; all are counted in `/metrics`. */
const STRANGERS_RECORDED_PER_MINUTE = 120;

/** Which outcomes of `/metrics` the records tell. */
const SIGN_INS_COUNTED: Readonly<Partial<Record<AuditEvent['type'], 'succeeded' | 'failed' | 'throttled'>>> = {
  'sign_in.succeeded': 'succeeded',
  'sign_in.failed': 'failed',
  'sign_in.second_factor_failed': 'failed',
  'sign_in.throttled': 'throttled',
};

export interface Overrides {
  clock?: Clock;
  /** An open store, which `close` then leaves open. */
  store?: Store;
  log?: ReturnType<typeof createLogger>;
  /** The mailbox page needs this token, when the server can be reached from other machines. */
  mailboxToken?: string;
}

export interface Server {
  app: { callback(): RequestListener };
  config: ReturnType<typeof createConfigSource>;
  store: Store;
  domain: Domain;
  authorization: Authorization;
  log: ReturnType<typeof createLogger>;
  /** Not ready from now on, and no more waiting pages; see `ops/health.ts`. */
  leave(): void;
  /** Writes what is gathered and closes the store. */
  close(): Promise<void>;
}

export async function compose(initial: Config, overrides: Overrides = {}): Promise<Server> {
  const { clock = systemClock, log = createLogger({ level: 'info' }), mailboxToken } = overrides;
  const config = createConfigSource(initial);
  const metrics = createMetrics();
  const onError = (error: unknown): void => {
    if (isDomainError(error, 'unavailable')) metrics.storageFailed();
    log.error({ err: error }, 'background work failed');
  };

  const geo = await openGeo(initial.geoip?.file);
  const store =
    overrides.store ?? (await openStorage(initial.storage, { dataFolder: initial.dataFolder, clock, onError }));
  const domain = composeDomain({ config, store, clock, onError });
  const health = createHealth({ ping: () => store.ping() });
  const limiter = createLimiter({ store, clock });

  const strangers = createSampler({ clock, perMinute: STRANGERS_RECORDED_PER_MINUTE });
  /** Anybody can be refused as often as they like, in a public client's name too; their refusals must not fill the store. */
  const isStrangers = ({ type, outcome, account, client }: AuditEvent): boolean => {
    if (outcome === 'success' || account !== undefined) return false;
    const isPublic = clients.configured(client ?? '')?.secret_hashes.length === 0;
    return client === undefined || (type === 'token.refused' && isPublic);
  };
  const record = (event: AuditEvent): void => {
    if (isStrangers(event) && !strangers.take()) return metrics.recordLeftOut();
    domain.audit.record(event).catch(onError);
  };
  const recordFrom = (ctx: Context, event: AuditEvent): Promise<void> => {
    const { requestId, address } = stateOf(ctx);
    const actor = event.actor ?? event.account;
    return domain.audit.record({
      ...event,
      requestId,
      address,
      userAgent: ctx.get('User-Agent'),
      ...(actor !== undefined && { actor }),
    });
  };

  const actorOf = (ctx: Context, actor: string): Actor => {
    const { requestId, address } = stateOf(ctx);
    return { actor, requestId, address, userAgent: ctx.get('User-Agent') };
  };
  const acts = createAdministration(domain);

  const limits = composeLimits(config, limiter);

  const authorization = await composeAuthorization({
    config,
    store,
    clock,
    domain,
    admitDevice: limits.admitDevice,
    admitAuthorization: limits.admitAuthorization,
    record: ({ origin, ...event }) => {
      if (event.type === 'token.issued') metrics.tokenIssued(event.details?.['grant_type'] ?? 'unknown');
      const actor = event.account ?? event.client;
      record({ ...event, ...origin, ...(actor !== undefined && { actor }) });
    },
    signedIn: composeSignInFollowUp({ config, domain, geo, clock, onError }),
    failed: (err, requestId) => log.error({ err, request_id: requestId }, 'request failed'),
    onError,
  });
  const { clients, deviceCodes, provider, sessions } = authorization;

  const visitors = createVisitors({
    sessions,
    findAccount: async (id, amr) => {
      const account = await domain.directory.find(id);
      return account && { ...account, roles: domain.roles(account, amr) };
    },
  });
  const recordSignIn = (ctx: Context, event: AuditEvent): Promise<void> => {
    const outcome = SIGN_INS_COUNTED[event.type];
    if (outcome) metrics.signIn(outcome);
    return recordFrom(ctx, event);
  };
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
    recordFrom: recordSignIn,
    onError,
  });
  const { passkeySignIn, secondSteps, secondFactor, secondFactorOf } = secondFactors;
  const browsers = createBrowserMemory(
    createKnownBrowsers({ keys: () => config.current().secrets.cookie_keys, newName: () => randomToken(16) }),
  );
  const passwordForm = createPasswordForm({
    signIn,
    secondFactorOf,
    browsers,
    record: recordSignIn,
  });
  const selfService = composeSelfService({ domain, limits, visitors, browsers, recordFrom, onError });
  const describe = (scope: string, locale: Locale) => describeScope(scope, locale, config.current().scopes);
  const sender = composeSender({ config, domain, clock, metrics, log, record, onError });
  const { signIns } = domain;
  const qr = composeQr({
    config,
    clock,
    authorization,
    visitors,
    limits,
    signIns,
    geo,
    hasEnded: (via) => hasEnded(domain.revocation, via),
    describe,
    recordFrom,
    onError,
  });

  function mountRoutes(router: Router): void {
    router.get('/', async (ctx) => {
      await visitors.current(ctx);
      page(ctx, home, {});
    });
    mountOperations(router, { health, metrics });
    mountAccount(router, {
      sessions,
      visitors,
      passwordForm,
      passkeySignIn,
      secondSteps,
      recordSignOut: (ctx, account) => recordFrom(ctx, { type: 'session.ended', outcome: 'success', account }),
    });
    selfService.mount(router);
    mountOwnAccount(router, { domain, acts, visitors, clients, describeScope: describe, actorOf });
    mountSignIns(router, { visitors, sessions, review: domain.signInReview, record: recordFrom });
    mountSetUp(router, {
      link: domain.administratorLink,
      sessions,
      secondFactorOf,
      recordAdministrator: (ctx, account) => recordFrom(ctx, { type: 'admin_link.used', outcome: 'success', account }),
    });
    secondFactors.mount(router, passwordForm);
    mountLogin(router, {
      provider: () => provider,
      clients,
      sessions,
      passwordForm,
      passkeySignIn,
      secondSteps,
      stepUp: createStepUp({ sessions, secondSteps, secondFactor, clock }),
    });
    mountSecond(router, { provider: () => provider, clients, secondSteps });
    mountConsent(router, {
      provider: () => provider,
      clients,
      consents: domain.consents,
      sessions,
      visitors,
      describeScope: describe,
      record: recordFrom,
    });
    qr.mount(router);
    if (config.current().mode === 'development') {
      const isSent = () => config.current().mail !== undefined;
      mountMailbox(router, { outbox: domain.outbox, isSent, token: mailboxToken });
    }
  }

  const app = createApp({ config, log, meter: metrics, mountRoutes, provider: authorization.middleware });
  const front = createFront({
    config,
    log,
    meter: metrics,
    ways: [formWay({ path: TOKEN_PATH, route: 'token', answer: createDoor({ clients, deviceCodes }) }), qr.way],
  });
  sender.start();
  return {
    app: { callback: () => front(app.callback()) },
    config,
    store,
    domain,
    authorization,
    log,
    leave() {
      health.leave();
      void qr.close().catch(onError);
    },
    async close() {
      await selfService.close();
      await Promise.all([qr.close().catch(onError), sender.close()]);
      await domain.close();
      if (!overrides.store) await store.close();
    },
  };
}
