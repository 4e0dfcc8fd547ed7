// The access review as it is handed out: as JSON, and as lines of CSV that are safe to open in a spreadsheet.
import { moment } from '../lib/moment.ts';
import { nameOf } from '../accounts/account.ts';
import { csvLine } from '../lib/csv.ts';
import type { Holding } from './holding.ts';

const COLUMNS = [
  'account',
  'account_id',
  'kind',
  'name',
  'scopes',
  'since',
  'by',
  'last_used',
  'kept_at',
  'kept_by',
  'grant_id',
] as const;

const momentIf = (at: number | undefined): string | undefined => (at === undefined ? undefined : moment(at));

/** Times as RFC 3339; what is unknown is `undefined`. */
export const holdingJson = ({ account, kind, name, scopes, grantId, since, by, lastUsed, kept }: Holding) => ({
  account: nameOf(account),
  account_id: account.id,
  kind,
  name,
  scopes,
  since: momentIf(since),
  by,
  last_used: momentIf(lastUsed),
  kept_at: momentIf(kept?.at),
  kept_by: kept?.by,
  grant_id: grantId,
});

/** The line of names first. */
export async function* reviewCsv(held: AsyncIterable<Holding>): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  for await (const holding of held) {
    const row = holdingJson(holding);
    yield csvLine(COLUMNS.map((column) => row[column]));
  }
}
