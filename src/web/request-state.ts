// What the host knows of one request: set at its start by `middleware/request-start.ts`, read by pages and by the log.
import type { Context } from 'koa';
import type { Config, Locale } from '../config/config.ts';

export interface RequestState {
  /** The snapshot that this request is served under, whatever a reload does meanwhile. */
  config: Config;
  requestId: string;
  /** Normalised IP address of the client. */
  address: string;
  /** Somebody forwarded this request, and is not in `trusted_proxies`: `address` may be a proxy's. */
  behindUnknownProxy: boolean;
  /** For pages: chosen once per request by `localeOf`. */
  locale?: Locale;
  /** For pages: made once per request by `csrfToken`. */
  csrf?: string;
  /** For pages: the name shown in the header for a person signed in. */
  signedInAs?: string;
  /** Bounded name for metrics and logs of a request that our own router does not serve, such as `token`. */
  route?: string;
  /** `code` of the refusal that answered the request. */
  errorCode?: string;
}

/** The state of a request that passed `middleware/request-start.ts`. */
export const stateOf = (ctx: Pick<Context, 'state'>): RequestState => ctx.state;
