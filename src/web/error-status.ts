// From the kind of a refusal to its HTTP status (RFC 9110 §15). `middleware/error-handler.ts` answers with it.
import type { DomainError, ErrorKind } from '../lib/errors.ts';
import { HttpRefusal } from './http-refusal.ts';

const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  expired: 410,
  too_large: 413,
  unprocessable: 422,
  throttled: 429,
  unavailable: 503,
};

/** The status that answers a refusal. */
export const statusOf = (error: DomainError): number =>
  error instanceof HttpRefusal ? error.status : STATUS[error.kind];
