// `/account/apps`: which applications the person has let in, what each may do, and taking it back, scope by scope or
// whole; what was refused to one can be allowed after all.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { apps } from '../../../views/accounts/apps.tsx';
import type { ClientFace } from '../../../views/partials/client.tsx';
import type { Locale } from '../../config/config.ts';
import { DomainError } from '../../lib/errors.ts';
import { doneOf, seeDone } from '../../web/done.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { page } from '../../web/render.ts';
import type { Visitor, Visitors } from '../../web/visitor.ts';

/** One grant; an application may hold several, such as one for each device. */
export interface GivenAccess {
  clientId: string;
  scopes: readonly string[];
  /** Milliseconds since the epoch. */
  issuedAt: number;
}

export interface AppsDeps {
  visitors: Visitors;
  /** What sessions and devices hold now. */
  grantsOf(accountId: string): Promise<readonly GivenAccess[]>;
  /** What applications get at the next sign-in without asking; it outlives the grants. */
  rememberedBy(accountId: string): Promise<readonly GivenAccess[]>;
  /** What the person left out when the application asked, and could still allow it. */
  refusedTo(accountId: string, clientId: string): Promise<readonly string[]>;
  faceOf(clientId: string): ClientFace | undefined;
  describeScope(scope: string, locale: Locale): string;
  allowScope(ctx: Context, accountId: string, clientId: string, scope: string): Promise<void>;
  withdrawScope(ctx: Context, accountId: string, clientId: string, scope: string): Promise<void>;
  endAccess(ctx: Context, accountId: string, clientId: string): Promise<void>;
}

const HERE = '/account/apps';

export function mountApps(router: Router, deps: AppsDeps): void {
  const { visitors, grantsOf, rememberedBy, refusedTo, faceOf, describeScope, allowScope, withdrawScope, endAccess } =
    deps;

  router.get(HERE, async (ctx) => {
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    const { accountId } = visitor;
    const describe = (name: string) => ({ name, description: describeScope(name, localeOf(ctx)) });
    const [grants, remembered] = await Promise.all([grantsOf(accountId), rememberedBy(accountId)]);
    const shown = [...byClient([...grants, ...remembered])].map(async ([clientId, given]) => ({
      clientId,
      client: faceOf(clientId) ?? { name: clientId },
      scopes: scopesOf(given).map(describe),
      refusedScopes: (await refusedTo(accountId, clientId)).map(describe),
      since: new Date(Math.min(...given.map(({ issuedAt }) => issuedAt))),
      devices: grants.filter((grant) => grant.clientId === clientId).length,
    }));
    page(ctx, apps, { apps: await Promise.all(shown), done: doneOf(ctx) });
  });

  router.post(`${HERE}/allow`, async (ctx) => {
    const { visitor, form } = (await answered(ctx)) ?? {};
    if (!visitor || !form) return;
    const { client_id: clientId = '', scope = '' } = form;
    const refused = await refusedTo(visitor.accountId, clientId);
    if (!refused.includes(scope)) throw new DomainError('not_found', 'grant_unknown');
    await allowScope(ctx, visitor.accountId, clientId, scope);
    seeDone(ctx, HERE, 'right_allowed');
  });

  router.post(`${HERE}/withdraw`, async (ctx) => {
    const { visitor, form, given } = (await answered(ctx)) ?? {};
    if (!visitor || !form) return;
    const scope = form['scope'] ?? '';
    if (!scopesOf(given ?? []).includes(scope)) throw new DomainError('not_found', 'grant_unknown');
    await withdrawScope(ctx, visitor.accountId, form['client_id'] ?? '', scope);
    seeDone(ctx, HERE, 'right_withdrawn');
  });

  router.post(`${HERE}/end`, async (ctx) => {
    const { visitor, form } = (await answered(ctx)) ?? {};
    if (!visitor || !form) return;
    await endAccess(ctx, visitor.accountId, form['client_id'] ?? '');
    seeDone(ctx, HERE, 'access_ended');
  });

  /** Who answers for which application of theirs. Throws `grant_unknown` (`not_found`) for any other. */
  async function answered(ctx: Context) {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const visitor: Visitor | undefined = await visitors.require(ctx);
    if (!visitor) return undefined;
    const [grants, remembered] = await Promise.all([grantsOf(visitor.accountId), rememberedBy(visitor.accountId)]);
    const given = byClient([...grants, ...remembered]).get(form['client_id'] ?? '');
    if (!given) throw new DomainError('not_found', 'grant_unknown');
    return { visitor, form, given };
  }
}

function byClient(given: readonly GivenAccess[]): Map<string, GivenAccess[]> {
  const clients = new Map<string, GivenAccess[]>();
  for (const access of given) clients.set(access.clientId, [...(clients.get(access.clientId) ?? []), access]);
  return clients;
}

const scopesOf = (given: readonly GivenAccess[]): string[] => [...new Set(given.flatMap(({ scopes }) => scopes))];
