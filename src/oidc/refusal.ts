// OAuth error answers (RFC 6749 §5.2) with a status that oidc-provider has no class for.
import { errors } from 'oidc-provider';

/** `description` is shown to the client; `cause` is logged only. */
export function refusal(status: number, error: string, description: string, cause?: unknown): Error {
  return Object.assign(new errors.CustomOIDCProviderError(error, description), {
    status,
    statusCode: status,
    expose: true,
    cause,
  });
}

/** RFC 8628 §3.5. */
export const slowDown = (): InstanceType<typeof errors.SlowDown> =>
  new errors.SlowDown('polled sooner than the interval allows');
