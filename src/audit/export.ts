// Authorization records as they are handed out: as JSON, and as lines of CSV that are safe to open in a spreadsheet.
import { csvLine } from '../lib/csv.ts';
import type { AuditRecord } from './log.ts';

const COLUMNS = [
  'at',
  'type',
  'outcome',
  'reason',
  'actor',
  'account',
  'client',
  'scopes',
  'grant',
  'address',
  'userAgent',
  'requestId',
  'details',
  'id',
  'via',
] as const;

/** `at` as RFC 3339. */
export const recordJson = (record: AuditRecord) => ({ ...record, at: new Date(record.at).toISOString() });

/** The line of names first. */
export async function* recordsCsv(records: AsyncIterable<AuditRecord>): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  for await (const record of records) {
    const shown = recordJson(record);
    yield csvLine(COLUMNS.map((column) => shown[column]));
  }
}
