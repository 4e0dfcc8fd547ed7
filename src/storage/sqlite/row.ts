// The row of a document and the pieces of SQL that every query over documents shares.
import type { Doc } from '../port.ts';

export interface DocumentRow {
  doc: number;
  id: string;
  value: string;
  version: number;
  expires_at: number | null;
  consumed_at: number | null;
  has_refs: number;
}

/** Columns of a `DocumentRow`, in a query whose `documents` are called `d`. */
export const COLUMNS = 'd.doc, d.id, d.value, d.version, d.expires_at, d.consumed_at, d.has_refs';

/** True of a living document; takes the present time. */
export const LIVING = '(d.expires_at IS NULL OR d.expires_at > ?)';

export const isLiving = (row: DocumentRow, now: number): boolean => row.expires_at === null || row.expires_at > now;

export const toDoc = (row: DocumentRow): Doc => ({
  id: row.id,
  value: JSON.parse(row.value) as unknown,
  version: row.version,
  ...(row.expires_at !== null && { expiresAt: row.expires_at }),
  ...(row.consumed_at !== null && { consumedAt: row.consumed_at }),
});
