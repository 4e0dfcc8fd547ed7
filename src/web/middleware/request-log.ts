// One log line and one measure for each request, when its answer has ended. Neither holds a query, a secret from the
// address, a header or a body.
import type { Context, Middleware } from 'koa';
import type { Log, RequestMeter } from '../log.ts';
import { stateOf } from '../request-state.ts';
import { loggablePath, routeOf } from '../route-name.ts';

/** Probes come every few seconds and would drown the rest. */
const QUIET: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics', '/assets/:name']);

export function requestLog({ log, meter }: { log: Log; meter: RequestMeter }): Middleware {
  return (ctx: Context, next) => {
    const startedAt = performance.now();
    ctx.res.once('close', () => {
      const milliseconds = performance.now() - startedAt;
      measure(meter, ctx, milliseconds);
      write(log, ctx, milliseconds);
    });
    return next();
  };
}

function measure(meter: RequestMeter, ctx: Context, milliseconds: number): void {
  const isStream = String(ctx.res.getHeader('Content-Type')).startsWith('text/event-stream');
  meter.request({
    route: routeOf(ctx),
    method: ctx.method,
    status: ctx.res.statusCode,
    ...(!isStream && { seconds: milliseconds / 1000 }),
  });
}

function write(log: Log, ctx: Context, milliseconds: number): void {
  const { requestId, address, errorCode } = stateOf(ctx);
  const fields = {
    request_id: requestId,
    method: ctx.method,
    path: loggablePath(ctx),
    status: ctx.res.statusCode,
    ms: Math.round(milliseconds * 10) / 10,
    address,
    ...(errorCode !== undefined && { error_code: errorCode }),
    ...(!ctx.res.writableFinished && { aborted: true }),
  };
  if (QUIET.has(routeOf(ctx))) log.debug(fields, 'request');
  else log.info(fields, 'request');
}
