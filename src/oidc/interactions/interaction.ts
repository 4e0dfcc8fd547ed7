// The interaction that a sign-in or consent page belongs to. It ends by time, by use and by signing in as somebody else.
import type { Context } from 'koa';
import { errors, type default as Provider } from 'oidc-provider';
import { QR_APPROVE } from '../../config/built-in.ts';
import { DomainError } from '../../lib/errors.ts';
import { widenPolicy } from '../../web/middleware/security-headers.ts';

export type InteractionDetails = Awaited<ReturnType<Provider['interactionDetails']>>;

/** Throws `session_not_found` (`not_found`) when the page is out of date or belongs to another browser. */
export async function currentInteraction(provider: Provider, ctx: Context): Promise<InteractionDetails> {
  try {
    const details = await provider.interactionDetails(ctx.req, ctx.res);
    if (details.uid === ctx['params'].uid) return details;
  } catch (cause) {
    if (!(cause instanceof errors.SessionNotFound)) throw cause;
  }
  throw new DomainError('not_found', 'session_not_found');
}

/**
 * A phone vouches for a sign-in of its own, which may be long ago: it cannot answer who wants one of this moment
 * (OpenID Connect Core §3.1.2.1, `prompt` and `max_age`), nor let its holder sign others in.
 */
export function mayScan({ params: { prompt, max_age: maxAge, scope } }: InteractionDetails): boolean {
  const words = (value: unknown): string[] => (typeof value === 'string' ? value.split(' ') : []);
  return !words(prompt).includes('login') && maxAge === undefined && !words(scope).includes(QR_APPROVE);
}

/** The answer to the form ends in a redirect to the application, to which browsers apply `form-action` as well. */
export function allowRedirectToClient(ctx: Context, { params }: InteractionDetails): void {
  widenPolicy(ctx, { formAction: [String(params['redirect_uri'])] });
}
