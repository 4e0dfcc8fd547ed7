// What `/admin/records` and `/api/v1/records` tell: authorization records by filter, older or newer than one, and all of them.
import type { ChainFace } from '../../views/admin/records.tsx';
import type { RecordFace } from '../../views/partials/record-list.tsx';
import type { RecordCursor, RecordFilter } from '../admin/console/records.ts';
import { recordsCsv } from '../audit/export.ts';
import type { AuditQuery } from '../audit/log.ts';
import { everyItem } from '../storage/pages.ts';
import type { Domain } from './domain.ts';
import { findAccount } from './find-account.ts';
import type { RecordFaces } from './record-faces.ts';

export interface RecordsDeskDeps {
  domain: Pick<Domain, 'audit' | 'directory'>;
  facesOf: RecordFaces;
}

const PAGE = 25;
/** Faults that the page shows; `audit verify` shows all. */
const FAULTS_SHOWN = 50;

export function createRecordsDesk({ domain: { audit, directory }, facesOf }: RecordsDeskDeps) {
  /** Records outlive accounts, so an id of none is taken as it is. */
  async function queryOf({ account, ...filter }: RecordFilter): Promise<Omit<AuditQuery, 'limit'>> {
    if (account === undefined) return filter;
    return { ...filter, account: (await findAccount(directory, account))?.id ?? account };
  }

  return {
    queryOf,

    async list(
      filter: RecordFilter,
      { after, before }: RecordCursor,
    ): Promise<{ items: RecordFace[]; older?: string; newer?: string }> {
      const query = await queryOf(filter);
      if (before !== undefined) {
        const { items, next } = await audit.list({ ...query, order: 'asc', after: before, limit: PAGE });
        const newest = items.toReversed();
        const older = newest.at(-1)?.id ?? before;
        return { items: await facesOf(newest), older, ...(next !== undefined && { newer: next }) };
      }
      const { items, next } = await audit.list({ ...query, ...(after !== undefined && { after }), limit: PAGE });
      const newer = after === undefined ? undefined : (items[0]?.id ?? after);
      return {
        items: await facesOf(items),
        ...(next !== undefined && { older: next }),
        ...(newer !== undefined && { newer }),
      };
    },

    async *csv(filter: RecordFilter): AsyncGenerator<string> {
      const query = await queryOf(filter);
      yield* recordsCsv(everyItem((range) => audit.list({ ...query, ...range })));
    },

    async verify(): Promise<ChainFace> {
      const { faults, ...report } = await audit.verify();
      return { ...report, faults: faults.slice(0, FAULTS_SHOWN) };
    },
  };
}
