// The name of a request in answers, logs and records. A foreign one is taken from a trusted proxy only.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Nothing that could break a log line or a header. */
const ACCEPTABLE = /^[\w.-]{8,64}$/;

/** The X-Request-Id of the request when its sender is trusted and it is harmless; otherwise a new one. */
export function requestIdOf(req: IncomingMessage, senderIsTrusted: boolean): string {
  const foreign = senderIsTrusted ? req.headers['x-request-id'] : undefined;
  return typeof foreign === 'string' && ACCEPTABLE.test(foreign) ? foreign : randomUUID();
}
