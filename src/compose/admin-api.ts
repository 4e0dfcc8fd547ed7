// What administration by JSON answers from: its lists, one account, one grant.
import { accountJson } from '../accounts/account-json.ts';
import type { AccountsQuery, GrantsQuery, KeysQuery, RecordsQuery, ReviewQuery } from '../admin/api/lists.ts';
import { recordJson } from '../audit/export.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { grantJson } from '../oidc/grant-records.ts';
import { accountDetails, type AccountDetailsDeps } from './account-details.ts';
import type { Domain } from './domain.ts';
import { findAccount } from './find-account.ts';
import type { createKeysDesk } from './keys-desk.ts';
import type { createRecordsDesk } from './records-desk.ts';
import { reviewPage } from './review.ts';
import { holdingJson } from './review-rows.ts';

export interface AdminApiSourceDeps {
  config: ConfigSource;
  clock: Clock;
  domain: Pick<Domain, 'directory' | 'keys' | 'grants' | 'audit'> & AccountDetailsDeps;
  recordsDesk: Pick<ReturnType<typeof createRecordsDesk>, 'queryOf'>;
  keysDesk: Pick<ReturnType<typeof createKeysDesk>, 'listJson'>;
}

const PAGE = 50;
const DAY = 86_400;
const INDEXES = ['role', 'kind', 'status'] as const;

export function createAdminApiSource({ config, clock, domain, recordsDesk, keysDesk }: AdminApiSourceDeps) {
  return {
    async accounts({ limit = PAGE, after, ...filter }: AccountsQuery) {
      const from = after === undefined ? {} : { after };
      const wanted: Readonly<Record<string, string | undefined>> = filter;
      const { prefix } = wanted;
      const name = INDEXES.find((index) => wanted[index] !== undefined);
      const by = name && { by: { name, value: wanted[name] ?? '' } };
      const { items, next } = await domain.directory.list({
        ...from,
        ...by,
        ...(prefix !== undefined && { prefix }),
        limit,
      });
      return { items: items.map(accountJson), ...(next !== undefined && { next }) };
    },

    async records({ limit = PAGE, after, ...filter }: RecordsQuery) {
      const query = await recordsDesk.queryOf(filter);
      const { items, next } = await domain.audit.list({ ...query, limit, ...(after !== undefined && { after }) });
      return { items: items.map(recordJson), ...(next !== undefined && { next }) };
    },

    async review({ limit = PAGE, after, stale_days }: ReviewQuery) {
      const { items, next } = await reviewPage(
        { config: config.current(), clock, domain },
        {
          limit,
          ...(after !== undefined && { after }),
          ...(stale_days !== undefined && { staleSeconds: stale_days * DAY }),
        },
      );
      return { items: items.map(holdingJson), ...(next !== undefined && { next }) };
    },

    /** A page is as long as it is read at once. */
    keys: ({ owner, state, unused_days, expiring_days, after }: KeysQuery) =>
      keysDesk.listJson(
        {
          ...(owner !== undefined && { owner }),
          ...(state !== undefined && { state }),
          ...(unused_days !== undefined && { unused: unused_days }),
          ...(expiring_days !== undefined && { expiring: expiring_days }),
        },
        after,
      ),

    async grants({ account, client, limit = PAGE, after }: GrantsQuery) {
      const accountId = account === undefined ? undefined : (await findAccount(domain.directory, account))?.id;
      if (account !== undefined && accountId === undefined) return { items: [] };
      const { items, next } = await domain.grants.list({
        limit,
        ...(accountId !== undefined && { accountId }),
        ...(client !== undefined && { clientId: client }),
        ...(after !== undefined && { after }),
      });
      return { items: items.map(grantJson), ...(next !== undefined && { next }) };
    },

    async account(id: string): Promise<object> {
      const account = await domain.directory.find(id);
      if (!account) throw new DomainError('not_found', 'account_unknown', { detail: 'there is no such account' });
      return accountDetails(domain, account);
    },

    async grant(id: string): Promise<object> {
      const grant = await domain.grants.find(id);
      if (!grant) throw new DomainError('not_found', 'grant_unknown', { detail: 'there is no such grant' });
      return grantJson(grant);
    },
  };
}
