// The composition of people's own account: profile, activity, applications, and the copy of what is kept of them.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { mountApps } from '../accounts/routes/apps.ts';
import { mountProfile } from '../accounts/routes/profile.ts';
import type { Locale } from '../config/config.ts';
import type { Clients } from '../oidc/clients.ts';
import type { Visitors } from '../web/visitor.ts';
import type { Actor, Administration } from './administration.ts';
import type { Domain } from './domain.ts';

const ACTIVITY_PAGE = 25;
/** Of a copy; older records are for the administrator to hand out. */
const COPIED_RECORDS = 1000;

export interface OwnAccountDeps {
  domain: Domain;
  acts: Administration;
  visitors: Visitors;
  clients: Clients;
  describeScope(scope: string, locale: Locale): string;
  actorOf(ctx: Context, accountId: string): Actor;
}

export function mountOwnAccount(router: Router, deps: OwnAccountDeps): void {
  const { domain, acts, visitors, clients, describeScope, actorOf } = deps;
  const nameOf = (clientId: string | undefined) =>
    clientId === undefined ? undefined : (clients.face(clientId)?.name ?? clientId);

  mountProfile(router, {
    visitors,
    change: async (ctx, accountId, profile) =>
      void (await acts.changeProfile(actorOf(ctx, accountId), accountId, profile)),
    async activityOf(account, types, after) {
      const query = { account, types, limit: ACTIVITY_PAGE, ...(after !== undefined && { after }) };
      const { items, next } = await domain.audit.list(query);
      const entries = items.map(({ type, at, client, address, userAgent }) => ({
        type,
        at: new Date(at),
        client: nameOf(client),
        address,
        userAgent,
      }));
      return { items: entries, ...(next !== undefined && { next }) };
    },
    async copyOf(account) {
      const [person, second_factors, applications, keys, { items }, sign_ins] = await Promise.all([
        domain.directory.find(account),
        domain.factors.find(account),
        domain.grants.of(account),
        domain.keys.lifecycle.list({ ownerId: account, limit: COPIED_RECORDS }),
        domain.audit.list({ account, limit: COPIED_RECORDS }),
        domain.signIns.listOf(account),
      ]);
      return { account: person, second_factors, applications, api_keys: keys.items, sign_ins, records: items };
    },
  });

  mountApps(router, {
    visitors,
    givenBy: domain.grants.of,
    faceOf: clients.face,
    describeScope,
    withdrawScope: (ctx, account, client, scope) => acts.withdrawScope(actorOf(ctx, account), account, client, scope),
    endAccess: (ctx, account, client) => acts.endAccess(actorOf(ctx, account), account, client),
  });
}
