// The layout of the database, step by step: entry n brings version n to n + 1. Entries are never edited once released.
import { refuseNewer } from '../schema-version.ts';
import type { Connection } from './connection.ts';

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE documents (
     doc INTEGER PRIMARY KEY,
     kind TEXT NOT NULL,
     id TEXT NOT NULL,
     value TEXT NOT NULL,
     version INTEGER NOT NULL,
     expires_at INTEGER,
     consumed_at INTEGER,
     has_refs INTEGER NOT NULL,
     UNIQUE (kind, id)
   );
   CREATE INDEX documents_expiry ON documents (expires_at) WHERE expires_at IS NOT NULL;

   CREATE TABLE unique_values (
     kind TEXT NOT NULL,
     name TEXT NOT NULL,
     value TEXT NOT NULL,
     doc INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
     PRIMARY KEY (kind, name, value)
   ) WITHOUT ROWID;
   CREATE INDEX unique_values_doc ON unique_values (doc);

   CREATE TABLE index_values (
     kind TEXT NOT NULL,
     name TEXT NOT NULL,
     value TEXT NOT NULL,
     id TEXT NOT NULL,
     doc INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
     PRIMARY KEY (kind, name, value, id)
   ) WITHOUT ROWID;
   CREATE INDEX index_values_doc ON index_values (doc);

   CREATE TABLE terms (
     kind TEXT NOT NULL,
     term TEXT NOT NULL,
     id TEXT NOT NULL,
     doc INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
     PRIMARY KEY (kind, term, id)
   ) WITHOUT ROWID;
   CREATE INDEX terms_doc ON terms (doc, term);

   CREATE TABLE counters (
     name TEXT PRIMARY KEY,
     count INTEGER NOT NULL,
     reset_at INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX counters_reset ON counters (reset_at);

   CREATE TABLE entries (
     sequence INTEGER PRIMARY KEY,
     log TEXT NOT NULL,
     at INTEGER NOT NULL,
     value TEXT NOT NULL,
     event_id TEXT,
     expires_at INTEGER NOT NULL
   );
   CREATE INDEX entries_order ON entries (log, at, sequence);
   CREATE UNIQUE INDEX entries_event ON entries (log, event_id) WHERE event_id IS NOT NULL;
   CREATE INDEX entries_expiry ON entries (expires_at);

   CREATE TABLE entry_fields (
     log TEXT NOT NULL,
     name TEXT NOT NULL,
     value TEXT NOT NULL,
     at INTEGER NOT NULL,
     sequence INTEGER NOT NULL REFERENCES entries ON DELETE CASCADE,
     PRIMARY KEY (log, name, value, at, sequence)
   ) WITHOUT ROWID;
   CREATE INDEX entry_fields_sequence ON entry_fields (sequence);

   CREATE TABLE events (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT,
     origin TEXT NOT NULL,
     channel TEXT NOT NULL,
     message TEXT NOT NULL,
     at INTEGER NOT NULL
   );`,
];

/** Brings the database to the newest layout under the write lock. Throws `storage_newer` before touching a newer one. */
export function migrate(connection: Connection): void {
  const version = connection.prepare<{ user_version: number }>('PRAGMA user_version');
  const current = (): number => version.get()?.user_version ?? 0;

  refuseNewer(current(), MIGRATIONS.length);
  if (current() === MIGRATIONS.length) return;
  connection.transaction(() => {
    refuseNewer(current(), MIGRATIONS.length);
    for (const step of MIGRATIONS.slice(current())) connection.exec(step);
    connection.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}
