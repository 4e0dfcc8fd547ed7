// One log line and one measure for each request, when its answer has ended. Neither holds a query, a secret from the
// address, a header or a body.
import type { ServerResponse } from 'node:http';
import type { Context, Middleware } from 'koa';
import type { Log, RequestMeter } from '../log.ts';
import { onceOver } from '../answer-over.ts';
import { stateOf } from '../request-state.ts';
import { loggablePath, routeOf } from '../route-name.ts';

/** Probes come every few seconds and would drown the rest. */
const QUIET: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics', '/assets/:name']);

export interface AnswerNotes {
  log: Log;
  meter: RequestMeter;
}

interface AnsweredRequest {
  requestId: string;
  address: string;
  method: string;
  /** From a bounded set. */
  route: string;
  /** Without secrets. */
  path: string;
  errorCode?: string | undefined;
}

export function requestLog(notes: AnswerNotes): Middleware {
  return (ctx: Context, next) => {
    noteAnswer(notes, ctx.res, performance.now(), () => ({
      ...stateOf(ctx),
      method: ctx.method,
      route: routeOf(ctx),
      path: loggablePath(ctx),
    }));
    return next();
  };
}

/** Asks for the names when the answer has ended: only then they are known. */
export function noteAnswer(
  { log, meter }: AnswerNotes,
  res: ServerResponse,
  startedAt: number,
  describe: () => AnsweredRequest,
): void {
  onceOver(res, () => {
    const milliseconds = performance.now() - startedAt;
    const request = describe();
    measure(meter, request, res, milliseconds);
    write(log, request, res, milliseconds);
  });
}

function measure(meter: RequestMeter, { route, method }: AnsweredRequest, res: ServerResponse, ms: number): void {
  const isStream = String(res.getHeader('Content-Type')).startsWith('text/event-stream');
  meter.request({ route, method, status: res.statusCode, ...(!isStream && { seconds: ms / 1000 }) });
}

function write(log: Log, request: AnsweredRequest, res: ServerResponse, milliseconds: number): void {
  const { requestId, address, method, route, path, errorCode } = request;
  const fields = {
    request_id: requestId,
    method,
    path,
    status: res.statusCode,
    ms: Math.round(milliseconds * 10) / 10,
    address,
    ...(errorCode !== undefined && { error_code: errorCode }),
    ...(!res.writableFinished && { aborted: true }),
  };
  if (QUIET.has(route)) log.debug(fields, 'request');
  else log.info(fields, 'request');
}
