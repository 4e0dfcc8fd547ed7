// RFC 9457 problem details: how our own JSON says no. OAuth endpoints keep the bodies of RFC 6749 §5.2.
import { STATUS_CODES } from 'node:http';
import type { Context } from 'koa';
import { stateOf } from './request-state.ts';

export interface Problem {
  status: number;
  /** Stable; clients switch on it. */
  code: string;
  detail?: string | undefined;
}

/** Answers with `application/problem+json`. The type is `about:blank`, so the title is the status phrase (§4.2.1). */
export function answerProblem(ctx: Context, { status, code, detail }: Problem): void {
  ctx.status = status;
  ctx.body = JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    ...(detail !== undefined && { detail }),
    request_id: stateOf(ctx).requestId,
  });
  ctx.type = 'application/problem+json';
}
