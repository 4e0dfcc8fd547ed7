// What `/api/v1/accounts`, `/api/v1/records` and `/api/v1/review` answer from.
import { accountJson } from '../accounts/account-json.ts';
import type { AccountsQuery, RecordsQuery, ReviewQuery } from '../admin/api.ts';
import { recordJson } from '../audit/export.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Domain } from './domain.ts';
import type { createRecordsDesk } from './records-desk.ts';
import { reviewPage } from './review.ts';
import { holdingJson } from './review-rows.ts';

export interface AdminApiSourceDeps {
  config: ConfigSource;
  clock: Clock;
  domain: Pick<Domain, 'directory' | 'keys' | 'grants' | 'audit'>;
  recordsDesk: Pick<ReturnType<typeof createRecordsDesk>, 'queryOf'>;
}

const PAGE = 50;
const DAY = 86_400;
const INDEXES = ['role', 'kind', 'status'] as const;

export function createAdminApiSource({ config, clock, domain, recordsDesk }: AdminApiSourceDeps) {
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
  };
}
