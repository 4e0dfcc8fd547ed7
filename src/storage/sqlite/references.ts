// What leads to a document besides its id: unique values, index values and search terms. Rows go with their document
// (ON DELETE CASCADE); writes happen inside the transaction that `documents.ts` holds.
import type { Clock } from '../../lib/clock.ts';
import { UniqueConflict, type Kind, type PutOptions } from '../port.ts';
import type { Connection } from './connection.ts';
import { COLUMNS, isLiving, type DocumentRow } from './row.ts';

export interface References {
  /** The document that holds a unique value, living or not. */
  owner(kind: Kind, name: string, value: string): DocumentRow | undefined;
  /** Throws `UniqueConflict` when another living document has one of the values; an expired one makes room. */
  requireFree(kind: Kind, id: string, unique: PutOptions['unique']): void;
  isNeeded(options: PutOptions): boolean;
  add(kind: Kind, id: string, doc: number, options: PutOptions): void;
  clear(doc: number): void;
}

export function createReferences(connection: Connection, clock: Clock): References {
  const owner = connection.prepare<DocumentRow>(
    `SELECT ${COLUMNS} FROM unique_values u JOIN documents d USING (doc) WHERE u.kind = ? AND u.name = ? AND u.value = ?`,
  );
  const addUnique = connection.prepare('INSERT INTO unique_values (kind, name, value, doc) VALUES (?, ?, ?, ?)');
  const addIndex = connection.prepare(
    'INSERT OR IGNORE INTO index_values (kind, name, value, id, doc) VALUES (?, ?, ?, ?, ?)',
  );
  const addTerm = connection.prepare('INSERT OR IGNORE INTO terms (kind, term, id, doc) VALUES (?, ?, ?, ?)');
  const clearing = ['unique_values', 'index_values', 'terms'].map((table) =>
    connection.prepare(`DELETE FROM ${table} WHERE doc = ?`),
  );
  const removeDocument = connection.prepare('DELETE FROM documents WHERE doc = ?');

  return {
    owner: (kind, name, value) => owner.get(kind.name, name, value),
    requireFree(kind, id, unique = {}) {
      for (const [name, value] of Object.entries(unique)) {
        const holder = owner.get(kind.name, name, value);
        if (!holder || holder.id === id) continue;
        if (isLiving(holder, clock.now())) throw new UniqueConflict(kind.name, name);
        removeDocument.run(holder.doc);
      }
    },
    isNeeded: ({ unique = {}, indexes = {}, terms = [] }) =>
      terms.length > 0 || Object.keys(unique).length > 0 || Object.keys(indexes).length > 0,
    add(kind, id, doc, { unique = {}, indexes = {}, terms = [] }) {
      for (const [name, value] of Object.entries(unique)) addUnique.run(kind.name, name, value, doc);
      for (const [name, values] of Object.entries(indexes)) {
        for (const value of values) addIndex.run(kind.name, name, value, id, doc);
      }
      for (const term of terms) addTerm.run(kind.name, term, id, doc);
    },
    clear(doc) {
      for (const statement of clearing) statement.run(doc);
    },
  };
}
