// Refusals that only HTTP knows: a wrong method, media type or authority. Domain refusals are `DomainError` alone; their
// statuses are in `error-status.ts`.
import type { DomainErrorOptions } from '../lib/errors.ts';
import { DomainError } from '../lib/errors.ts';

export class HttpRefusal extends DomainError {
  readonly status: 405 | 415 | 421;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: HttpRefusal['status'],
    code: string,
    options: DomainErrorOptions & { headers?: Record<string, string> } = {},
  ) {
    super('invalid', code, options);
    this.name = 'HttpRefusal';
    this.status = status;
    this.headers = options.headers ?? {};
  }
}
