// THE composition root: configuration → storage → features → HTTP. `cli/serve.ts` and tests call it; nothing else does.
import type Router from '@koa/router';
import type { RequestListener } from 'node:http';
import { hostname } from 'node:os';
import { home } from '../../views/home.tsx';
import { ADMIN_READ } from '../config/built-in.ts';
import type { Config, Locale } from '../config/config.ts';
import { createConfigSource } from '../config/source.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { isDomainError } from '../lib/errors.ts';
import { openGeo } from '../geo/place.ts';
import { mountMailbox } from '../mail/routes.ts';
import { createDoor, TOKEN_PATH } from '../oidc/door.ts';
import { createHealth } from '../ops/health.ts';
import { createLogger } from '../ops/logger.ts';
import { createMetrics } from '../ops/metrics.ts';
import { mountOperations } from '../ops/routes.ts';
import { mountExplain } from '../policy/routes.ts';
import { describeScope } from '../policy/scope.ts';
import { randomToken } from '../lib/random.ts';
import { openStorage } from '../storage/open.ts';
import type { Store } from '../storage/port.ts';
import { createApp } from '../web/app.ts';
import { formWay } from '../web/front-form.ts';
import { createFront } from '../web/front.ts';
import { createLimiter } from '../web/limits.ts';
import { page } from '../web/render.ts';
import { createVisitors } from '../web/visitor.ts';
import { createAdministration } from './administration.ts';
import { mountClients } from './client-routes.ts';
import { composeAuthorization, type Authorization } from './authorization.ts';
import { composeConsole } from './console.ts';
import { composeDeveloper } from './developer.ts';
import { createKeyReminders } from './key-reminders.ts';
import { composeDomain, type Domain } from './domain.ts';
import { composeLimits } from './limits.ts';
import { composeLogout } from './logout.ts';
import { composeSender } from './mail.ts';
import { createErasure } from './erasure.ts';
import { createExplain } from './explain.ts';
import { mountInterfaceDescription } from './interface.ts';
import { composePeople } from './people.ts';
import { composeQr } from './qr.ts';
import { composeRecording } from './recording.ts';
import { createReload, type Reload } from './reload.ts';
import { composeSignInFollowUp, hasEnded } from './sign-ins.ts';

export interface Overrides {
  clock?: Clock;
  /** An open store, which `close` then leaves open. */
  store?: Store;
  log?: ReturnType<typeof createLogger>;
  /** The mailbox page needs this token, when the server can be reached from other machines. */
  mailboxToken?: string;
  /** Reads the configuration again, for a reload. */
  load?: () => Promise<Config>;
}

export interface Server {
  app: { callback(): RequestListener };
  config: ReturnType<typeof createConfigSource>;
  store: Store;
  domain: Domain;
  authorization: Authorization;
  log: ReturnType<typeof createLogger>;
  /** Follows changed files; `start` it once the server listens. */
  reload: Reload;
  /** Not ready from now on, and no more waiting pages; see `ops/health.ts`. */
  leave(): void;
  /** Writes what is gathered and closes the store. */
  close(): Promise<void>;
}

export async function compose(initial: Config, overrides: Overrides = {}): Promise<Server> {
  const { clock = systemClock, log = createLogger({ level: 'info' }), mailboxToken, load } = overrides;
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
  await domain.clients.inForce.start();
  const health = createHealth({ ping: () => store.ping() });
  const limiter = createLimiter({ store, clock });

  const recording = composeRecording({ config, clock, domain, metrics, onError });
  const { record, recordFrom } = recording;
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
  const { clients, deviceCodes, sessions } = authorization;

  const visitors = createVisitors({
    sessions,
    findAccount: async (id, amr) => {
      const account = await domain.directory.find(id);
      return account && { ...account, roles: domain.roles(account, amr) };
    },
  });
  const describe = (scope: string, locale: Locale) => describeScope(scope, locale, config.current().scopes);
  const logout = await composeLogout({ domain, authorization, record, onError });
  const sender = composeSender({ config, domain, clock, metrics, log, record, onError });
  const qr = composeQr({
    config,
    clock,
    authorization,
    visitors,
    limits,
    signIns: domain.signIns,
    geo,
    withdrawn: domain.consents.withdrawn,
    hasEnded: (via) => hasEnded(domain.revocation, via),
    describe,
    recordFrom,
    onError,
  });
  const people = composePeople({
    config,
    store,
    clock,
    domain,
    authorization,
    visitors,
    limiter,
    limits,
    recording,
    describeScope: describe,
    onError,
  });
  const developer = composeDeveloper({
    config,
    clock,
    domain,
    authorization,
    visitors,
    limits,
    recording,
    describeScope: describe,
    onError,
  });
  const reload = createReload({
    config,
    load,
    store,
    domain,
    metrics,
    log,
    process: `${hostname()}:${process.pid}:${randomToken(3)}`,
    now: clock.now,
  });
  const admin = composeConsole({ config, clock, domain, reload, authorization, visitors, recording });
  const erasure = createErasure({ domain, acts: createAdministration(domain), clock, onError });
  const keyReminders = createKeyReminders({ domain, clock, onError });

  function mountRoutes(router: Router): void {
    router.get('/', async (ctx) => {
      const visitor = await visitors.current(ctx);
      const scopes = visitor && (await domain.scopesOfAccount(visitor.accountId, visitor.amr));
      page(ctx, home, { isAdministrator: scopes?.has(ADMIN_READ) ?? false });
    });
    mountOperations(router, { health, metrics });
    people.mount(router);
    developer.mount(router);
    mountInterfaceDescription(router);
    mountClients(router, { domain, guard: admin.guard, authorization, limits, recording, describeScope: describe });
    admin.mount(router);
    mountExplain(router, {
      bearer: authorization.bearer,
      explain: createExplain({ config, clock, domain }),
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
    reload,
    leave() {
      health.leave();
      void qr.close().catch(onError);
    },
    async close() {
      erasure.close();
      keyReminders.close();
      await reload.close().catch(onError);
      await people.close();
      await logout.close().catch(onError);
      await authorization.close().catch(onError);
      await developer.close();
      await Promise.all([qr.close().catch(onError), sender.close()]);
      await domain.close();
      if (!overrides.store) await store.close();
    },
  };
}
