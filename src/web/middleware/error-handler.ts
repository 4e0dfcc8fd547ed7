// The only place that answers a refusal: an HTML page for a reader, RFC 9457 problem details for a program. What is not a
// `DomainError` is logged under its request id and shown as `internal`.
import type { Context, Middleware } from 'koa';
import { errorPage } from '../../../views/error.tsx';
import { DomainError } from '../../lib/errors.ts';
import { statusOf } from '../error-status.ts';
import { HttpRefusal } from '../http-refusal.ts';
import type { Log } from '../log.ts';
import { answerProblem } from '../problem.ts';
import { page } from '../render.ts';
import { stateOf } from '../request-state.ts';

/** They described the answer that did not come about. */
const STALE_HEADERS = ['Content-Disposition', 'Content-Encoding', 'ETag', 'Last-Modified'] as const;

interface Answer {
  status: number;
  code: string;
  detail?: string | undefined;
  /** Seconds. */
  retryAfter?: number | undefined;
  headers?: Readonly<Record<string, string>>;
}

export function errorHandler(log: Log): Middleware {
  return async (ctx: Context, next) => {
    try {
      await next();
    } catch (error) {
      const answer = answerTo(error);
      stateOf(ctx).errorCode = answer.code;
      if (answer.status >= 500) logFailure(log, ctx, error);
      if (ctx.headerSent) abort(ctx);
      else respond(ctx, answer, log);
    }
  };
}

function answerTo(error: unknown): Answer {
  if (!(error instanceof DomainError)) return { status: 500, code: 'internal' };
  const { code, detail, retryAfter } = error;
  return {
    status: statusOf(error),
    code,
    detail,
    retryAfter,
    ...(error instanceof HttpRefusal && { headers: error.headers }),
  };
}

function logFailure(log: Log, ctx: Context, error: unknown): void {
  const { requestId, errorCode } = stateOf(ctx);
  log.error({ request_id: requestId, error_code: errorCode, err: error }, 'request failed');
}

/** Half an answer must not look complete. */
function abort(ctx: Context): void {
  ctx.respond = false;
  ctx.res.destroy();
}

function respond(ctx: Context, answer: Answer, log: Log): void {
  ctx.respond = true;
  for (const name of STALE_HEADERS) ctx.remove(name);
  ctx.set({ 'Cache-Control': 'no-store', ...answer.headers });
  if (answer.retryAfter !== undefined) ctx.set('Retry-After', String(Math.max(1, Math.ceil(answer.retryAfter))));
  if (!prefersPage(ctx)) return answerProblem(ctx, answer);
  try {
    answerPage(ctx, answer);
  } catch (error) {
    logFailure(log, ctx, error);
    answerProblem(ctx, answer);
  }
}

/** JSON unless HTML is really preferred, as the provider decides too. */
const prefersPage = (ctx: Context): boolean => ctx.accepts('json', 'html') === 'html';

function answerPage(ctx: Context, { status, code, detail, retryAfter }: Answer): void {
  const address = code === 'misdirected' ? stateOf(ctx).config.issuer : undefined;
  page(ctx, errorPage, { status, code, detail, retryAfter, address }, { status });
}
