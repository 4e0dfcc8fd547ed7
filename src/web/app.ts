// The HTTP host: the order of everything that happens to a request. Routes are mounted by `compose/`; the provider
// gets what they do not serve, with its request stream untouched.
import Router from '@koa/router';
import type { Middleware } from 'koa';
import Koa from 'koa';
import type { ConfigSource } from '../config/config.ts';
import { mountAssets } from './assets.ts';
import type { Log, RequestMeter } from './log.ts';
import { errorHandler } from './middleware/error-handler.ts';
import { hostPolicy } from './middleware/host-policy.ts';
import { requestLog } from './middleware/request-log.ts';
import { requestStart } from './middleware/request-start.ts';
import { requestTarget } from './middleware/request-target.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { unmatched } from './middleware/unmatched.ts';

export interface AppDeps {
  config: ConfigSource;
  log: Log;
  meter: RequestMeter;
  mountRoutes: (router: Router) => void;
  /** Serves its own addresses and calls `next` for all others. */
  provider?: Middleware;
}

export function createApp({ config, log, meter, mountRoutes, provider }: AppDeps): Koa {
  const router = new Router();
  mountRoutes(router);
  mountAssets(router);

  // `request-start.ts` makes the forwarding headers trustworthy, so Koa may believe them.
  const app = new Koa({ proxy: true });
  app.on('error', (error: unknown) => log.error({ err: error }, 'answer failed'));

  app.use(requestStart(config));
  app.use(requestLog({ log, meter }));
  app.use(securityHeaders());
  app.use(errorHandler(log));
  app.use(requestTarget);
  app.use(hostPolicy);
  app.use(router.routes());
  if (provider !== undefined) app.use(provider);
  app.use(unmatched);
  return app;
}
