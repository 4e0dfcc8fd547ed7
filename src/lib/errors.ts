// Refusals. `web/error-status.ts` maps a kind to an HTTP status; `code` is the stable name in problem+json and catalogues.

export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'expired'
  | 'unprocessable'
  | 'throttled'
  | 'too_large'
  | 'unavailable';

export interface DomainErrorOptions {
  /** What was underneath; logged, never shown. */
  cause?: unknown;
  /** A sentence for the person or developer, without secrets. */
  detail?: string;
  /** The sentences of `detail`, where there are several. */
  problems?: readonly string[];
  /** Seconds to wait, for `throttled` and `unavailable` (RFC 9110 §10.2.3). */
  retryAfter?: number;
}

export class DomainError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly detail: string | undefined;
  readonly problems: readonly string[] | undefined;
  readonly retryAfter: number | undefined;

  constructor(kind: ErrorKind, code: string, options: DomainErrorOptions = {}) {
    super(options.detail ?? code, { cause: options.cause });
    this.name = 'DomainError';
    this.kind = kind;
    this.code = code;
    this.detail = options.detail;
    this.problems = options.problems;
    this.retryAfter = options.retryAfter;
  }
}

export const isDomainError = (error: unknown, kind?: ErrorKind): error is DomainError =>
  error instanceof DomainError && (kind === undefined || error.kind === kind);

/** The message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
