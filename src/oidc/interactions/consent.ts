// The consent page: what is new, in plain words, approved or denied as a whole (OpenID Connect Core §3.1.2.4).
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { default as Provider } from 'oidc-provider';
import { consent } from '../../../views/oidc/consent.tsx';
import type { Locale } from '../../config/config.ts';
import { DomainError } from '../../lib/errors.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { page } from '../../web/render.ts';
import type { Sessions } from '../../web/session.ts';
import { displayName, type Visitors } from '../../web/visitor.ts';
import type { Clients } from '../clients.ts';
import type { Consents, Granted } from '../consents.ts';
import { allowRedirectToClient, currentInteraction, type InteractionDetails } from './interaction.ts';

export interface ConsentEvent {
  type: 'consent.approved' | 'consent.denied';
  outcome: 'success';
  account: string;
  client: string;
  scopes: string[];
}

export interface ConsentDeps {
  provider(): Provider;
  clients: Clients;
  consents: Pick<Consents, 'remember' | 'lift'>;
  sessions: Pick<Sessions, 'end'>;
  visitors: Visitors;
  describeScope(scope: string, locale: Locale): string;
  record(ctx: Context, event: ConsentEvent): Promise<void>;
}

export function mountConsent(router: Router, deps: ConsentDeps): void {
  const { provider, clients, consents, sessions, visitors, describeScope, record } = deps;

  router.get('/interaction/:uid', async (ctx) => {
    const details = await currentInteraction(provider(), ctx);
    const visitor = await visitors.current(ctx);
    if (details.prompt.name !== 'consent' || !visitor) throw new DomainError('not_found', 'session_not_found');
    const clientId = String(details.params['client_id']);
    const asked = scopesOf(missingOf(details));
    const describe = (name: string) => ({ name, description: describeScope(name, localeOf(ctx)) });
    allowRedirectToClient(ctx, details);
    page(ctx, consent, {
      action: `/interaction/${details.uid}/consent`,
      switchAction: `/interaction/${details.uid}/switch`,
      client: clients.face(clientId, String(details.params['redirect_uri'])) ?? { name: clientId },
      person: { name: displayName(visitor.account), email: visitor.account.email },
      scopes: asked.map(describe),
      grantedScopes: requestedScopes(details)
        .filter((scope) => !asked.includes(scope))
        .map(describe),
      offlineAccess: asked.includes('offline_access'),
    });
  });

  router.post('/interaction/:uid/consent', async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const details = await currentInteraction(provider(), ctx);
    const account = details.session?.accountId;
    await visitors.current(ctx);
    if (details.prompt.name !== 'consent' || !account) throw new DomainError('not_found', 'session_not_found');
    const client = String(details.params['client_id']);
    const missing = missingOf(details);
    const event = { outcome: 'success', account, client, scopes: scopesOf(missing) } as const;

    if (form['decision'] === 'deny') {
      await record(ctx, { ...event, type: 'consent.denied' });
      return finish(ctx, { error: 'access_denied', error_description: 'the person refused' });
    }
    if (form['decision'] !== 'approve') throw new DomainError('invalid', 'decision_missing');
    const grantId = await give(details, account, client, missing);
    await record(ctx, { ...event, type: 'consent.approved' });
    return finish(ctx, { consent: { grantId } });
  });

  /** "Not you?": signs out and asks the same again. */
  router.post('/interaction/:uid/switch', async (ctx) => {
    requireCsrf(ctx, await readForm(ctx));
    const { params } = await currentInteraction(provider(), ctx);
    await sessions.end(ctx);
    const again = Object.entries({ ...params, prompt: 'login' }).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    ctx.redirect(`/oauth/authorize?${new URLSearchParams(again)}`);
    ctx.status = 303;
  });

  async function give(
    details: InteractionDetails,
    accountId: string,
    clientId: string,
    missing: Granted,
  ): Promise<string> {
    const found = details.grantId === undefined ? undefined : await provider().Grant.find(details.grantId);
    const grant = found ?? new (provider().Grant)({ accountId, clientId });
    if (missing.openid.length > 0) grant.addOIDCScope(missing.openid.join(' '));
    for (const [indicator, scopes] of Object.entries(missing.resources)) {
      grant.addResourceScope(indicator, scopes.join(' '));
    }
    if (clients.configured(clientId)?.first_party) await consents.lift(accountId, clientId, missing);
    else await consents.remember(accountId, clientId, missing);
    return grant.save();
  }

  async function finish(ctx: Context, result: Parameters<Provider['interactionFinished']>[2]): Promise<void> {
    ctx.respond = false;
    await provider().interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: !('error' in result) });
  }
}

function missingOf({ prompt: { details } }: InteractionDetails): Granted {
  return {
    openid: (details['missingOIDCScope'] as string[] | undefined) ?? [],
    resources: (details['missingResourceScopes'] as Record<string, string[]> | undefined) ?? {},
  };
}

const scopesOf = ({ openid, resources }: Granted): string[] => [...openid, ...Object.values(resources).flat()];

const requestedScopes = ({ params: { scope } }: InteractionDetails): string[] =>
  typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [];
