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
  /** Read or given once per request (`middleware/csrf.ts`). */
  csrfCookie?: string;
  /** Account id of who is signed in, once `visitor.ts` has looked. */
  visitor?: string;
  /** The client whose access token came along, once `bearer.ts` has looked. */
  via?: string;
  /** Whose form the request is, once `requireCsrf` has looked. */
  formOf?: string;
  /** For pages: the name shown in the header for a person signed in. */
  signedInAs?: string;
  /** Bounded name for metrics and logs of a request that our own router does not serve, such as `token`. */
  route?: string;
  /** `code` of the refusal that answered the request. */
  errorCode?: string;
}

/** The state of a request that passed `middleware/request-start.ts`. */
export const stateOf = (ctx: Pick<Context, 'state'>): RequestState => ctx.state;
