// THE composition root: configuration → storage → features → HTTP. `cli/serve.ts` and tests call it; nothing else does.
import type Router from '@koa/router';
import type { RequestListener } from 'node:http';
import type { Context } from 'koa';
import { home } from '../../views/home.tsx';
import type { AuditEvent } from '../audit/event.ts';
import { mountAccount } from '../accounts/routes/account.ts';
import { createPasswordForm } from '../accounts/routes/password-form.ts';
import { mountSetUp } from '../accounts/routes/set-up.ts';
import { createSignIn } from '../accounts/login.ts';
import { WEB_CLIENT } from '../config/built-in.ts';
import type { Config, Locale } from '../config/config.ts';
import { createConfigSource } from '../config/source.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { isDomainError } from '../lib/errors.ts';
import { createSealer } from '../lib/sealed.ts';
import { mountMailbox } from '../mail/routes.ts';
import { maySignIn } from '../oidc/account.ts';
import { formatUserCode, normalizeUserCode, POLL_INTERVAL } from '../oidc/device-codes.ts';
import { createDoor, TOKEN_PATH } from '../oidc/door.ts';
import { mountConsent } from '../oidc/interactions/consent.ts';
import { mountLogin } from '../oidc/interactions/login.ts';
import { mountScan } from '../oidc/interactions/scan.ts';
import { createHealth } from '../ops/health.ts';
import { createLogger } from '../ops/logger.ts';
import { createMetrics } from '../ops/metrics.ts';
import { mountOperations } from '../ops/routes.ts';
import { describeScope } from '../policy/scope.ts';
import { createBrowserFlows, OF_AN_INTERACTION } from '../qr/routes/browser-flow.ts';
import { createConfirmation } from '../qr/confirmation.ts';
import { createHints } from '../qr/hints.ts';
import { mountBrowser } from '../qr/routes/browser.ts';
import { createDigitsTaker, mountCheck } from '../qr/routes/check.ts';
import { mountPhoneApi } from '../qr/routes/phone-api.ts';
import { createPhoneRecords } from '../qr/routes/phone-records.ts';
import { mountEvents } from '../qr/routes/events.ts';
import { mountPhone } from '../qr/routes/phone.ts';
import { createScans } from '../qr/routes/scan.ts';
import { openStorage } from '../storage/open.ts';
import type { Store } from '../storage/port.ts';
import { createApp } from '../web/app.ts';
import { createFront } from '../web/front.ts';
import { addressKey, createLimiter } from '../web/limits.ts';
import { createPlaces } from '../web/places.ts';
import { page } from '../web/render.ts';
import { stateOf } from '../web/request-state.ts';
import { createVisitors } from '../web/visitor.ts';
import { composeAuthorization, type Authorization } from './authorization.ts';
import { composeDomain, type Domain } from './domain.ts';
import { composeLimits } from './limits.ts';
import { createSampler } from './sampler.ts';

/** Refusals of unknown clients that one process records; all are counted in `/metrics`. */
const STRANGERS_RECORDED_PER_MINUTE = 120;

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

  const store =
    overrides.store ?? (await openStorage(initial.storage, { dataFolder: initial.dataFolder, clock, onError }));
  const domain = composeDomain({ config, store, clock, onError });
  const health = createHealth({ ping: () => store.ping() });
  const limiter = createLimiter({ store, clock });

  const strangers = createSampler({ clock, perMinute: STRANGERS_RECORDED_PER_MINUTE });
  const record = (event: AuditEvent): void => {
    // Anybody can be refused as often as they like; their refusals must not fill the store.
    const isStrangers = event.outcome === 'failure' && event.account === undefined && event.client === undefined;
    if (isStrangers && !strangers.take()) return metrics.recordLeftOut();
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

  const { admitAuthorization, admitDevice, admitPage, countCode } = composeLimits(config, limiter);

  const authorization = await composeAuthorization({
    config,
    store,
    clock,
    domain,
    admitDevice,
    admitAuthorization,
    record: ({ origin, ...event }) => {
      if (event.type === 'token.issued') metrics.tokenIssued(event.details?.['grant_type'] ?? 'unknown');
      const actor = event.account ?? event.client;
      record({ ...event, ...origin, ...(actor !== undefined && { actor }) });
    },
    failed: (err, requestId) => log.error({ err, request_id: requestId }, 'request failed'),
    onError,
  });
  const { clients, deviceCodes, deviceFlow, provider, sessions } = authorization;

  const visitors = createVisitors({
    sessions,
    findAccount: async (id) => {
      const account = await domain.directory.find(id);
      return account && { ...account, roles: domain.roles(account) };
    },
  });
  const findActive = async (id: string) => {
    const person = await authorization.findPerson(id);
    return person?.active ? person : undefined;
  };
  const signIn = createSignIn({
    directory: domain.directory,
    passwords: domain.passwords,
    limiter,
    addressKey,
    limits: () => config.current().limits.sign_in,
  });
  const passwordForm = createPasswordForm({
    signIn,
    record: (ctx, event) => {
      metrics.signIn(event.type.slice('sign_in.'.length) as 'succeeded' | 'failed' | 'throttled');
      return recordFrom(ctx, event);
    },
  });
  const confirmation = createConfirmation({
    authorizations: deviceFlow.authorizations,
    clock,
    config: config.current,
    maySignIn: (clientId, roles) => {
      const client = clients.configured(clientId);
      return (
        client !== undefined && client.grants.includes('device_code') && maySignIn({ roles }, client.allowed_roles)
      );
    },
    rolesOf: async (accountId) => (await findActive(accountId))?.roles,
    count: countCode,
  });
  const records = createPhoneRecords(recordFrom);
  const takeDigits = createDigitsTaker({ confirmation, records });
  const hints = createHints({
    clock,
    find: async (id) => {
      const found = await deviceFlow.authorizations.get(id);
      return found && { state: confirmation.stateOf(found), expiresAt: found.expiresAt };
    },
    subscribe: deviceCodes.onChange,
    onError,
  });
  const describe = (scope: string, locale: Locale) => describeScope(scope, locale, config.current().scopes);

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
      recordSignOut: (ctx, account) => recordFrom(ctx, { type: 'session.ended', outcome: 'success', account }),
    });
    mountSetUp(router, {
      link: domain.administratorLink,
      sessions,
      recordAdministrator: (ctx, account) => recordFrom(ctx, { type: 'admin_link.used', outcome: 'success', account }),
    });
    mountLogin(router, { provider: () => provider, clients, passwordForm });
    mountScan(router, {
      provider: () => provider,
      clients,
      scans: createScans({
        flows: createBrowserFlows(createSealer(config.current().secrets.cookie_keys, 'scan flow'), OF_AN_INTERACTION),
        clock,
        deviceFlow,
        stateOfAuthorization: confirmation.stateOf,
        takeDigits,
        admit: admitPage,
        formatUserCode,
        recordIssued: (ctx, client) => recordFrom(ctx, { type: 'device.issued', outcome: 'success', client }),
      }),
      record: recordFrom,
    });
    mountConsent(router, {
      provider: () => provider,
      clients,
      consents: domain.consents,
      sessions,
      visitors,
      describeScope: describe,
      record: recordFrom,
    });
    mountBrowser(router, {
      flows: createBrowserFlows(createSealer(config.current().secrets.cookie_keys, 'qr flow')),
      sessions,
      clock,
      deviceFlow,
      pollInterval: POLL_INTERVAL,
      stateOfAuthorization: confirmation.stateOf,
      takeDigits,
      admit: admitPage,
      takeIdToken: (idToken, nonce) => authorization.takeIdToken(idToken, nonce, WEB_CLIENT),
      record: recordFrom,
    });
    mountEvents(router, {
      hints,
      places: createPlaces('event_streams'),
      authorizations: deviceFlow.authorizations,
      stateOfAuthorization: confirmation.stateOf,
      idOfPass: (pass) => deviceCodes.idOfPass('events', pass),
      mayCall: clients.mayCall,
    });
    mountPhone(router, {
      visitors,
      sessions,
      confirmation,
      clock,
      faceOf: clients.face,
      describeScope: describe,
      normalizeUserCode,
      formatUserCode,
      records,
    });
    mountPhoneApi(router, {
      bearer: authorization.bearer,
      confirmation,
      records,
      clock,
      faceOf: clients.face,
      describeScope: describe,
      userCodes: { normalize: normalizeUserCode, format: formatUserCode },
    });
    mountCheck(router, {
      takeDigits,
      idOfPass: (pass) => deviceCodes.idOfPass('check', pass),
      originsOf: async (id) =>
        clients.configured((await deviceFlow.authorizations.get(id))?.clientId ?? '')?.origins ?? [],
    });
    if (config.current().mode === 'development') mountMailbox(router, { outbox: domain.outbox, token: mailboxToken });
  }

  const app = createApp({ config, log, meter: metrics, mountRoutes, provider: authorization.middleware });
  const front = createFront({
    config,
    log,
    meter: metrics,
    path: TOKEN_PATH,
    route: 'token',
    answer: createDoor({ clients, deviceCodes }),
  });
  return {
    app: { callback: () => front(app.callback()) },
    config,
    store,
    domain,
    authorization,
    log,
    leave() {
      health.leave();
      void hints.close().catch(onError);
    },
    async close() {
      await hints.close().catch(onError);
      await domain.close();
      if (!overrides.store) await store.close();
    },
  };
}
