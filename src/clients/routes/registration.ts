// `/oauth/register` (RFC 7591) and `/oauth/register/<client_id>` (RFC 7592), while the configuration has them enabled. Refusals
// are OAuth's: `error` and `error_description`.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { DomainError, isDomainError } from '../../lib/errors.ts';
import { statusOf } from '../../web/error-status.ts';
import { readJson } from '../../web/middleware/body.ts';
import { stateOf } from '../../web/request-state.ts';
import { RegistrationRefused } from '../registration/metadata.ts';
import { type Registrar, REGISTRATION_PATH, type RegistrationActs } from '../registration/registrar.ts';

export interface RegistrationRoutesDeps {
  registrar: Registrar;
  /** Counts a registration by address; throws `throttled`. */
  admit(ctx: Context): Promise<void>;
  /** Counts by address what clients ask about themselves; throws `throttled`. */
  admitManagement(ctx: Context): Promise<void>;
  actsOf(ctx: Context, by: string): RegistrationActs;
}

const STATUS: Readonly<Record<RegistrationRefused['error'], number>> = {
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  invalid_token: 401,
  access_denied: 403,
};

const BEARER = /^Bearer +([\w\-.~+/]+=*)$/i;

export function mountRegistration(router: Router, deps: RegistrationRoutesDeps): void {
  const { registrar, admit, admitManagement, actsOf } = deps;
  const one = `${REGISTRATION_PATH}/:id`;

  router.post(REGISTRATION_PATH, (ctx) =>
    whileEnabled(ctx, async () => {
      await admit(ctx);
      ctx.body = await registrar.register(tokenIn(ctx), await readJson(ctx), (by) => actsOf(ctx, by));
      ctx.status = 201;
    }),
  );
  router.get(one, (ctx) =>
    whileEnabled(ctx, async () => {
      await admitManagement(ctx);
      ctx.body = await registrar.read(idOf(ctx), tokenIn(ctx));
    }),
  );
  router.put(one, (ctx) =>
    whileEnabled(ctx, async () => {
      await admitManagement(ctx);
      const id = idOf(ctx);
      ctx.body = await registrar.update(id, tokenIn(ctx), await readJson(ctx), actsOf(ctx, id));
    }),
  );
  router.delete(one, (ctx) =>
    whileEnabled(ctx, async () => {
      await admitManagement(ctx);
      await registrar.end(idOf(ctx), tokenIn(ctx), actsOf(ctx, idOf(ctx)));
      ctx.status = 204;
    }),
  );
}

const idOf = (ctx: Context): string => String(ctx['params'].id);

const tokenIn = (ctx: Context): string => BEARER.exec(ctx.get('Authorization'))?.[1] ?? '';

/** Where it is not enabled there is no such address. */
async function whileEnabled(ctx: Context, work: () => Promise<void>): Promise<void> {
  if (!stateOf(ctx).config.client_registration.enabled) throw new DomainError('not_found', 'not_found');
  ctx.set('Cache-Control', 'no-store');
  try {
    await work();
  } catch (error) {
    answerRefusal(ctx, error);
  }
}

function answerRefusal(ctx: Context, error: unknown): void {
  if (error instanceof RegistrationRefused) {
    ctx.status = STATUS[error.error];
    if (ctx.status === 401)
      ctx.set('WWW-Authenticate', `Bearer realm="${stateOf(ctx).config.issuer}", error="${error.error}"`);
    ctx.body = { error: error.error, error_description: error.message };
  } else if (isDomainError(error, 'throttled')) answerThrottled(ctx, error);
  else if (isDomainError(error, 'invalid') || isDomainError(error, 'too_large')) answerUnreadable(ctx, error);
  else throw error;
}

/** RFC 7591 §3.2.2, of a body that is no metadata at all. */
function answerUnreadable(ctx: Context, error: DomainError): void {
  ctx.status = statusOf(error);
  ctx.body = {
    error: 'invalid_client_metadata',
    error_description: error.detail ?? 'The body must be a JSON object',
  };
}

/** RFC 6585 §4. */
function answerThrottled(ctx: Context, { retryAfter = 60 }: DomainError): void {
  ctx.status = 429;
  ctx.set('Retry-After', String(retryAfter));
  ctx.body = { error: 'temporarily_unavailable', error_description: 'too many registrations, try again later' };
}
