// The interaction that a sign-in or consent page belongs to. It ends by time, by use and by signing in as somebody else.
import type { Context } from 'koa';
import { errors, type default as Provider } from 'oidc-provider';
import { DomainError } from '../../lib/errors.ts';

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
