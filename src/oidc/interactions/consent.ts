// The consent page: what is new, in plain words, approved or denied (OpenID Connect Core §3.1.2.4). Scopes that the client's
// configuration calls optional can be left out one by one; what the form says of any other counts for nothing.
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
import { newGrant } from '../editions.ts';
import { addTo } from '../grants.ts';
import { type Consents, type Granted, only, scopesOf, without } from '../consents.ts';
import type { Resources } from '../resources.ts';
import { allowRedirectToClient, currentInteraction, type InteractionDetails } from './interaction.ts';

export interface ConsentEvent {
  type: 'consent.approved' | 'consent.denied';
  outcome: 'success';
  account: string;
  client: string;
  scopes: string[];
  /** What was left out, separated by spaces. */
  details?: { refused: string };
}

export interface ConsentDeps {
  provider(): Provider;
  clients: Clients;
  consents: Pick<Consents, 'find' | 'remember' | 'lift'>;
  resources: Pick<Resources, 'grantable'>;
  sessions: Pick<Sessions, 'end'>;
  visitors: Visitors;
  describeScope(scope: string, locale: Locale): string;
  record(ctx: Context, event: ConsentEvent): Promise<void>;
}

interface Answer {
  accountId: string;
  clientId: string;
  /** Of the client that the person saw. */
  edition: number;
  granted: Granted;
  refused: readonly string[];
}

export function mountConsent(router: Router, deps: ConsentDeps): void {
  const { provider, clients, consents, resources, sessions, visitors, describeScope, record } = deps;

  router.get('/interaction/:uid', async (ctx) => {
    const details = await currentInteraction(provider(), ctx);
    const visitor = await visitors.current(ctx);
    if (details.prompt.name !== 'consent' || !visitor) throw new DomainError('not_found', 'session_not_found');
    const clientId = String(details.params['client_id']);
    const { accountId, account } = visitor;
    const edition = clients.editionOf(clientId);
    const asked = scopesOf(missingOf(details));
    const optional = optionalOf(clientId);
    const [{ openid, resource }, { refused, withdrawn }] = await Promise.all([
      resources.grantable(clientId, visitor, requestedScopes(details).join(' ')),
      consents.find(accountId, clientId),
    ]);
    const grantable = [...openid, ...(resource?.scopes ?? [])];
    const describe = (name: string) => ({ name, description: describeScope(name, localeOf(ctx)) });
    allowRedirectToClient(ctx, details);
    page(ctx, consent, {
      action: `/interaction/${details.uid}/consent`,
      ...(edition > 0 && { edition: String(edition) }),
      switchAction: `/interaction/${details.uid}/switch`,
      client: clients.face(clientId, String(details.params['redirect_uri'])) ?? { name: clientId },
      person: { name: displayName(account), email: account.email },
      scopes: asked.filter((scope) => !optional.includes(scope)).map(describe),
      choices: asked
        .filter((scope) => optional.includes(scope))
        .map((scope) => ({ ...describe(scope), isChosen: !withdrawn.includes(scope) })),
      grantedScopes: grantable.filter((scope) => !asked.includes(scope) && !refused.includes(scope)).map(describe),
      unavailableScopes: requestedScopes(details)
        .filter((scope) => !grantable.includes(scope))
        .map(describe),
    });
  });

  router.post('/interaction/:uid/consent', async (ctx) => {
    const form = await readForm(ctx, 'scope');
    requireCsrf(ctx, form);
    const details = await currentInteraction(provider(), ctx);
    const account = details.session?.accountId;
    await visitors.current(ctx);
    if (details.prompt.name !== 'consent' || !account) throw new DomainError('not_found', 'session_not_found');
    const client = String(details.params['client_id']);
    const edition = clients.editionOf(client);
    const missing = missingOf(details);
    const event = { outcome: 'success', account, client } as const;

    if (form['decision'] === 'deny') {
      await record(ctx, { ...event, type: 'consent.denied', scopes: scopesOf(missing) });
      return finish(ctx, { error: 'access_denied', error_description: 'the person refused' });
    }
    // What the person saw has another name by now, or leads elsewhere.
    if ((form['edition'] ?? '0') !== String(edition)) return see(ctx, `/interaction/${details.uid}`);
    if (form['decision'] !== 'approve') throw new DomainError('invalid', 'decision_missing');
    const ticked = words(form['scope']);
    const refused = scopesOf(only(missing, optionalOf(client))).filter((scope) => !ticked.includes(scope));
    const granted = without(missing, refused);
    const grantId = await give(details, { accountId: account, clientId: client, edition, granted, refused });
    const left = refused.length > 0 && { details: { refused: refused.join(' ') } };
    await record(ctx, { ...event, type: 'consent.approved', scopes: scopesOf(granted), ...left });
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
    see(ctx, `/oauth/authorize?${new URLSearchParams(again)}`);
  });

  const optionalOf = (clientId: string): readonly string[] => clients.configured(clientId)?.optional_scopes ?? [];

  async function give(details: InteractionDetails, answer: Answer): Promise<string> {
    const found = details.grantId === undefined ? undefined : await provider().Grant.find(details.grantId);
    const { accountId, clientId, edition, granted, refused } = answer;
    const grant = found ?? newGrant(provider(), { accountId, clientId, edition });
    addTo(grant, granted);
    if (clients.configured(clientId)?.first_party) await consents.lift(accountId, clientId, granted, refused);
    else await consents.remember(accountId, clientId, granted, { refused, edition });
    return grant.save();
  }

  async function finish(ctx: Context, result: Parameters<Provider['interactionFinished']>[2]): Promise<void> {
    ctx.respond = false;
    await provider().interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: !('error' in result) });
  }
}

function see(ctx: Context, address: string): void {
  ctx.redirect(address);
  ctx.status = 303;
}

function missingOf({ prompt: { details } }: InteractionDetails): Granted {
  return {
    openid: (details['missingOIDCScope'] as string[] | undefined) ?? [],
    resources: (details['missingResourceScopes'] as Record<string, string[]> | undefined) ?? {},
  };
}

const requestedScopes = ({ params: { scope } }: InteractionDetails): string[] => words(scope);

const words = (scope: unknown): string[] => (typeof scope === 'string' ? scope.split(' ').filter(Boolean) : []);
