// Authorization records with the names of the accounts that they speak of, for pages of administration.
import type { Named, RecordFace } from '../../views/partials/record-list.tsx';
import { nameOf } from '../accounts/account.ts';
import type { AuditRecord } from '../audit/log.ts';
import type { Domain } from './domain.ts';

export type RecordFaces = (records: readonly AuditRecord[]) => Promise<RecordFace[]>;

export function createRecordFaces({ directory }: Pick<Domain, 'directory'>): RecordFaces {
  /** Actors are accounts, clients, or names such as `operator`; accounts may be erased by now. */
  async function named(ids: ReadonlySet<string>): Promise<Map<string, Named>> {
    const found = await Promise.all([...ids].map((id) => directory.find(id)));
    return new Map(
      [...ids].map((id, place): [string, Named] => {
        const account = found[place];
        return [id, { id, name: account ? nameOf(account) : id, isKnown: account !== undefined }];
      }),
    );
  }

  return async (records) => {
    const names = await named(new Set(records.flatMap(({ actor, account }) => [actor ?? [], account ?? []].flat())));
    const nameFor = (id: string | undefined) => (id === undefined ? undefined : names.get(id));
    return records.map(({ id, at, type, outcome, scopes = [], details = {}, ...record }) => ({
      id,
      at: new Date(at),
      type,
      state: outcome,
      reason: record.reason,
      actor: nameFor(record.actor),
      account: nameFor(record.account),
      via: record.via,
      client: record.client,
      scopes,
      address: record.address,
      userAgent: record.userAgent,
      requestId: record.requestId,
      details: Object.entries(details)
        .filter(([, value]) => value !== '')
        .map(([name, value]) => ({ name, value: String(value) })),
    }));
  };
}
