// OAuth error answers (RFC 6749 §5.2) with a status that oidc-provider has no class for.
import { errors } from 'oidc-provider';
import { DomainError, isDomainError } from '../lib/errors.ts';

const RETRY_SECONDS = 2;

/** `description` is shown to the client; `cause` is logged only. */
export function refusal(status: number, error: string, description: string, cause?: unknown): Error {
  return Object.assign(new errors.CustomOIDCProviderError(error, description), {
    status,
    statusCode: status,
    expose: true,
    cause,
  });
}

/**
 * What the provider asks of us, with a store out of reach told in a way that both sides understand: OAuth clients hear
 * `temporarily_unavailable`; our own pages, which read the session through the provider, find a `DomainError`.
 */
export async function provided<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isDomainError(cause, 'unavailable')) throw cause;
    const { code, retryAfter = RETRY_SECONDS } = cause;
    throw Object.assign(new DomainError('unavailable', code, { cause, retryAfter }), {
      message: 'temporarily_unavailable',
      error_description: 'the store cannot be reached, try again soon',
      statusCode: 503,
      expose: true,
    });
  }
}

/** RFC 8628 §3.5. */
export const slowDown = (): InstanceType<typeof errors.SlowDown> =>
  new errors.SlowDown('polled sooner than the interval allows');
