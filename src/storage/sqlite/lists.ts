// Lists and counts of documents: over a kind, over an index value, over search terms.
import type { Clock } from '../../lib/clock.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { requireListable, type Doc, type Kind, type ListQuery, type Page } from '../port.ts';
import { endOfPrefix } from '../prefix.ts';
import type { Connection } from './connection.ts';
import { COLUMNS, LIVING, toDoc, type DocumentRow } from './row.ts';

export interface Lists {
  list(kind: Kind, query: ListQuery): Page<Doc>;
  count(kind: Kind, index?: { name: string; value: string }): number;
}

export function createLists(connection: Connection, clock: Clock): Lists {
  const all = connection.prepare<DocumentRow>(
    `SELECT ${COLUMNS} FROM documents d WHERE kind = ? AND id > ? AND ${LIVING} ORDER BY id LIMIT ?`,
  );
  const byIndex = connection.prepare<DocumentRow>(
    `SELECT ${COLUMNS} FROM index_values v JOIN documents d USING (doc)
     WHERE v.kind = ? AND v.name = ? AND v.value = ? AND v.id > ? AND ${LIVING} ORDER BY v.id LIMIT ?`,
  );
  const byTerm = connection.prepare<DocumentRow & { term: string }>(
    `SELECT ${COLUMNS}, t.term FROM terms t JOIN documents d USING (doc)
     WHERE t.kind = ? AND t.term >= ? AND t.term < ? AND (t.term, t.id) > (?, ?) AND ${LIVING}
       AND NOT EXISTS (SELECT 1 FROM terms o WHERE o.doc = t.doc AND o.term >= ? AND o.term < t.term)
     ORDER BY t.term, t.id LIMIT ?`,
  );
  const countAll = connection.prepare<{ n: number }>(`SELECT count(*) n FROM documents d WHERE kind = ? AND ${LIVING}`);
  const countIndex = connection.prepare<{ n: number }>(
    `SELECT count(*) n FROM index_values v JOIN documents d USING (doc)
     WHERE v.kind = ? AND v.name = ? AND v.value = ? AND ${LIVING}`,
  );

  function listTerms(kind: Kind, prefix: string, after: string | undefined, limit: number): Page<Doc> {
    const [term = '', id = ''] = after === undefined ? [] : decodeCursor(after, 2);
    const end = endOfPrefix(prefix);
    const rows = byTerm.all(kind.name, prefix, end, term, id, clock.now(), prefix, limit + 1);
    return page(rows, limit, (last) => encodeCursor(last.term, last.id));
  }

  return {
    list(kind, { index, prefix, after, limit }) {
      if (!index) requireListable(kind);
      if (prefix !== undefined) return listTerms(kind, prefix, after, limit);
      const [id = ''] = after === undefined ? [] : decodeCursor(after, 1);
      const rows = index
        ? byIndex.all(kind.name, index.name, index.value, id, clock.now(), limit + 1)
        : all.all(kind.name, id, clock.now(), limit + 1);
      return page(rows, limit, (last) => encodeCursor(last.id));
    },
    count(kind, index) {
      if (!index) requireListable(kind);
      const row = index
        ? countIndex.get(kind.name, index.name, index.value, clock.now())
        : countAll.get(kind.name, clock.now());
      return row?.n ?? 0;
    },
  };
}

/** `rows` holds one more than the page when another page follows. */
function page<Row extends DocumentRow>(rows: Row[], limit: number, cursor: (last: Row) => string): Page<Doc> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(toDoc), ...(last && rows.length > limit && { next: cursor(last) }) };
}
