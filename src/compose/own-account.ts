// The composition of people's own account: profile, activity, applications, and the copy of what is kept of them.
import type Router from '@koa/router';
import { mountApps } from '../accounts/routes/apps.ts';
import { mountDelete } from '../accounts/routes/delete.ts';
import { mountProfile } from '../accounts/routes/profile.ts';
import type { AuditRecord } from '../audit/log.ts';
import type { Locale } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Clients } from '../oidc/clients.ts';
import { localeOf } from '../web/middleware/locale.ts';
import type { Visitors } from '../web/visitor.ts';
import { createAdministration } from './administration.ts';
import type { RequireRecent } from '../web/recent.ts';
import type { Domain } from './domain.ts';
import type { Recording } from './recording.ts';

const ACTIVITY_PAGE = 25;
/** Of a copy; older records are for the administrator to hand out. */
const COPIED_RECORDS = 1000;

export interface OwnAccountDeps {
  clock: Clock;
  domain: Domain;
  visitors: Visitors;
  requireRecent: RequireRecent;
  clients: Clients;
  describeScope(scope: string, locale: Locale): string;
  recording: Pick<Recording, 'actorOf'>;
  /** Throws `last_administrator` (`conflict`). */
  refuseDeletion(accountId: string): Promise<void>;
  onError(error: unknown): void;
}

export function mountOwnAccount(router: Router, deps: OwnAccountDeps): void {
  const { clock, domain, visitors, requireRecent, clients, describeScope, recording, refuseDeletion, onError } = deps;
  const { actorOf } = recording;
  const acts = createAdministration(domain);
  const nameOf = (clientId: string | undefined) =>
    clientId === undefined ? undefined : (clients.face(clientId)?.name ?? clientId);

  mountProfile(router, {
    visitors,
    change: async (ctx, accountId, profile) =>
      void (await acts.changeProfile(actorOf(ctx, accountId), accountId, profile)),
    async activityOf(account, types, after) {
      const query = { account, types, limit: ACTIVITY_PAGE, ...(after !== undefined && { after }) };
      const { items, next } = await domain.audit.list(query);
      const entries = items.map(seenBy(account)).map(({ type, at, client, details, address, userAgent }) => ({
        type,
        at: new Date(at),
        client: nameOf(client),
        factor: details?.['factor']?.toString(),
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
      return {
        account: person,
        second_factors,
        applications,
        api_keys: keys.items,
        sign_ins,
        records: items.map(seenBy(account)),
      };
    },
  });

  mountApps(router, {
    visitors,
    grantsOf: domain.grants.of,
    rememberedBy: domain.consents.rememberedBy,
    async refusedTo(account, client) {
      const { scopes = [], optional_scopes = [] } = clients.configured(client) ?? {};
      const { refused } = await domain.consents.find(account, client);
      return refused.filter((scope) => scopes.includes(scope) && optional_scopes.includes(scope));
    },
    faceOf: clients.face,
    describeScope,
    allowScope: (ctx, account, client, scope) =>
      acts.allowScope(actorOf(ctx, account), account, client, domain.placed(scope)),
    withdrawScope: (ctx, account, client, scope) => acts.withdrawScope(actorOf(ctx, account), account, client, scope),
    endAccess: (ctx, account, client) => acts.endAccess(actorOf(ctx, account), account, client),
  });

  mountDelete(router, {
    visitors,
    requireRecent,
    clock,
    async schedule(ctx, accountId, at) {
      await refuseDeletion(accountId);
      const account = await acts.scheduleDeletion(actorOf(ctx, accountId), accountId, at);
      if (account.email === undefined) return;
      const to = { email: account.email, locale: account.locale ?? localeOf(ctx) };
      // The person is served although a mail could not be handed on.
      await domain.letters.deletionScheduled(to, at).catch(onError);
    },
    keep: async (ctx, accountId) => void (await acts.keepAccount(actorOf(ctx, accountId), accountId)),
  });
}

/** Of acts of administrators: what was done, and not from where, which is theirs. */
const seenBy =
  (account: string) =>
  ({
    address,
    userAgent,
    ...record
  }: AuditRecord): Omit<AuditRecord, 'address' | 'userAgent'> & Partial<AuditRecord> => {
    const { actor = account } = record;
    const isOthers = actor !== account && actor !== 'anonymous';
    return isOthers ? record : { ...record, ...(address && { address }), ...(userAgent && { userAgent }) };
  };
