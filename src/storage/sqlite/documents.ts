// Documents: read, write, consume, delete. Their unique values, indexes and terms are in `references.ts`, lists in `lists.ts`.
import type { Clock } from '../../lib/clock.ts';
import { VersionConflict, type Consumption, type Doc, type Kind, type PutOptions } from '../port.ts';
import type { Connection } from './connection.ts';
import { createReferences } from './references.ts';
import { COLUMNS, isLiving, LIVING, toDoc, type DocumentRow } from './row.ts';

export interface Documents {
  get(kind: Kind, id: string): Doc | undefined;
  find(kind: Kind, index: string, value: string): Doc | undefined;
  put(kind: Kind, id: string, value: unknown, options?: PutOptions): Doc;
  consume(kind: Kind, id: string): Consumption;
  delete(kind: Kind, id: string): boolean;
  deleteBy(kind: Kind, index: { name: string; value: string }): number;
}

export function createDocuments(connection: Connection, clock: Clock): Documents {
  const references = createReferences(connection, clock);
  const select = connection.prepare<DocumentRow>(`SELECT ${COLUMNS} FROM documents d WHERE kind = ? AND id = ?`);
  const insert = connection.prepare<{ doc: number }>(
    `INSERT INTO documents (kind, id, value, version, expires_at, has_refs) VALUES (?, ?, ?, 1, ?, ?) RETURNING doc`,
  );
  const update = connection.prepare(
    `UPDATE documents SET value = ?, version = version + 1, expires_at = ?, has_refs = ? WHERE doc = ?`,
  );
  const consume = connection.prepare<DocumentRow>(
    `UPDATE documents AS d SET consumed_at = ? WHERE kind = ? AND id = ? AND consumed_at IS NULL AND ${LIVING} RETURNING *`,
  );
  const remove = connection.prepare('DELETE FROM documents WHERE doc = ?');
  const removeById = connection.prepare(`DELETE FROM documents AS d WHERE kind = ? AND id = ? AND ${LIVING}`);
  const removeByIndex = connection.prepare(
    `DELETE FROM documents AS d WHERE doc IN (SELECT doc FROM index_values WHERE kind = ? AND name = ? AND value = ?)
     AND ${LIVING}`,
  );

  const living = (row: DocumentRow | undefined): Doc | undefined =>
    row && isLiving(row, clock.now()) ? toDoc(row) : undefined;

  /** The living row; an expired one makes room. */
  function current(kind: Kind, id: string): DocumentRow | undefined {
    const row = select.get(kind.name, id);
    if (!row || isLiving(row, clock.now())) return row;
    remove.run(row.doc);
    return undefined;
  }

  function write(kind: Kind, id: string, text: string, options: PutOptions): Omit<Doc, 'value'> {
    references.requireFree(kind, id, options.unique);
    const old = current(kind, id);
    if (options.ifVersion !== undefined && options.ifVersion !== (old?.version ?? 0))
      throw new VersionConflict(kind.name);

    const expiresAt = options.ttl === undefined ? null : clock.now() + Math.ceil(options.ttl);
    const hasRefs = references.isNeeded(options);
    if (old) update.run(text, expiresAt, hasRefs ? 1 : 0, old.doc);
    const doc = old?.doc ?? insert.get(kind.name, id, text, expiresAt, hasRefs ? 1 : 0)?.doc ?? 0;

    if (old?.has_refs) references.clear(doc);
    if (hasRefs) references.add(kind, id, doc, options);
    return {
      id,
      version: (old?.version ?? 0) + 1,
      ...(expiresAt !== null && { expiresAt }),
      ...(old && old.consumed_at !== null && { consumedAt: old.consumed_at }),
    };
  }

  return {
    get: (kind, id) => living(select.get(kind.name, id)),
    find: (kind, index, value) => living(references.owner(kind, index, value)),
    put(kind, id, value, options = {}) {
      const text = JSON.stringify(value);
      const written = connection.transaction(() => write(kind, id, text, options));
      return { ...written, value: JSON.parse(text) as unknown };
    },
    consume(kind, id) {
      const now = clock.now();
      const first = consume.get(now, kind.name, id, now);
      if (first) return { outcome: 'first', doc: toDoc(first) };
      const doc = living(select.get(kind.name, id));
      return doc ? { outcome: 'again', doc } : { outcome: 'missing' };
    },
    delete: (kind, id) => removeById.run(kind.name, id, clock.now()).changes > 0,
    deleteBy: (kind, { name, value }) => Number(removeByIndex.run(kind.name, name, value, clock.now()).changes),
  };
}
