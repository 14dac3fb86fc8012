// Tables of the embedded store, and the migrations that lead to them.
import type { DatabaseSync } from 'node:sqlite';

const ERASING = (row: 'OLD' | 'NEW'): string =>
  `EXISTS (SELECT 1 FROM erased_workspace WHERE workspace = ${row}.workspace`;

/** Whoever read something of a workspace before it was erased may still want to write. */
const refuseErased = (table: string): string => `
  CREATE TRIGGER ${table}_of_erased BEFORE INSERT ON ${table} WHEN ${ERASING('NEW')})
    BEGIN SELECT RAISE(ABORT, 'the workspace is erased'); END;`;

/** Each entry moves the file one version up; entries are never edited once released. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE body (id INTEGER PRIMARY KEY, received_at TEXT NOT NULL, raw BLOB NOT NULL);
  CREATE TABLE inbox (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, dedupe_key TEXT NOT NULL, kind TEXT NOT NULL, workspace TEXT NOT NULL,
    account TEXT NOT NULL, received_at TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, next_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, UNIQUE (source, dedupe_key)
  );
  CREATE INDEX inbox_waiting ON inbox (next_at) WHERE state = 'waiting';
  CREATE TABLE work (
    id INTEGER PRIMARY KEY, workspace TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting', reason TEXT, next_at TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    again INTEGER NOT NULL DEFAULT 0, leased INTEGER NOT NULL DEFAULT 0, UNIQUE (workspace, kind, key)
  );
  CREATE INDEX work_waiting ON work (kind, next_at) WHERE state = 'waiting';
  CREATE TABLE fact (
    id INTEGER PRIMARY KEY, workspace TEXT NOT NULL, digest TEXT NOT NULL, fact TEXT NOT NULL, at TEXT NOT NULL,
    UNIQUE (workspace, digest)
  );
  CREATE TABLE ledger_row (
    workspace TEXT NOT NULL, entity TEXT NOT NULL, account TEXT NOT NULL, id TEXT NOT NULL, owner TEXT, parent TEXT,
    record TEXT, aspects TEXT NOT NULL, PRIMARY KEY (workspace, id, entity, account)
  ) WITHOUT ROWID;
  CREATE INDEX row_owner ON ledger_row (workspace, owner);
  CREATE INDEX row_parent ON ledger_row (workspace, parent) WHERE parent IS NOT NULL;
  CREATE INDEX row_record ON ledger_row (workspace, record) WHERE record IS NOT NULL;
  CREATE TABLE scope (
    workspace TEXT NOT NULL, scope TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (workspace, scope)
  ) WITHOUT ROWID;
  CREATE TABLE person (
    workspace TEXT NOT NULL, account TEXT NOT NULL, customer TEXT NOT NULL, number INTEGER NOT NULL, personal TEXT NOT NULL,
    PRIMARY KEY (workspace, customer, account)
  ) WITHOUT ROWID;
  CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
  INSERT INTO counter VALUES ('fetch', 0);
  CREATE TABLE outbox (
    key TEXT PRIMARY KEY, workspace TEXT NOT NULL, installation TEXT NOT NULL, desired TEXT NOT NULL, digest TEXT NOT NULL,
    delivered_digest TEXT, generation INTEGER NOT NULL DEFAULT 1, state TEXT NOT NULL DEFAULT 'waiting', reason TEXT,
    next_at TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, in_flight INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX outbox_waiting ON outbox (installation, next_at) WHERE state = 'waiting';
  CREATE TABLE operation (
    id TEXT NOT NULL, workspace TEXT NOT NULL, user TEXT NOT NULL, kind TEXT NOT NULL, body_hash TEXT NOT NULL,
    record TEXT NOT NULL, subject TEXT, state TEXT NOT NULL, request TEXT NOT NULL, steps TEXT NOT NULL, outcome TEXT,
    started_at TEXT NOT NULL, next_at TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (workspace, id)
  );
  CREATE INDEX operation_open ON operation (workspace, record) WHERE state IN ('running', 'checking');
  CREATE UNIQUE INDEX operation_subject ON operation (workspace, subject)
    WHERE subject IS NOT NULL AND state IN ('running', 'checking');
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY, workspace TEXT NOT NULL, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    operation TEXT, record TEXT, before TEXT, after TEXT
  );
  CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are final'); END;
  CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are final'); END;
  CREATE TABLE authorization (
    state TEXT PRIMARY KEY, browser TEXT NOT NULL, verifier TEXT NOT NULL, provider TEXT NOT NULL, expires_at TEXT NOT NULL
  );
  `,
  `ALTER TABLE authorization ADD COLUMN subject TEXT`,
  `
  ALTER TABLE outbox ADD COLUMN renewed INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX outbox_workspace ON outbox (workspace, key);
  `,
  `
  CREATE INDEX inbox_dead ON inbox (workspace) WHERE state = 'dead';
  CREATE INDEX outbox_dead ON outbox (workspace) WHERE state = 'dead';
  CREATE INDEX work_dead ON work (workspace) WHERE state = 'dead';
  CREATE INDEX authorization_end ON authorization (expires_at);
  `,
  `ALTER TABLE inbox ADD COLUMN unfinished INTEGER NOT NULL DEFAULT 0`,
  `ALTER TABLE outbox ADD COLUMN doubt_until TEXT; ALTER TABLE outbox ADD COLUMN doubt_digest TEXT`,
  `
  ALTER TABLE outbox ADD COLUMN history INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX outbox_lane ON outbox (installation, history, next_at) WHERE state = 'waiting';
  `,
  // Sweeps were something else before there were any.
  `UPDATE work SET kind = 'day' WHERE kind = 'sweep'`,
  `
  DROP INDEX inbox_waiting;
  CREATE INDEX inbox_waiting ON inbox (workspace, next_at) WHERE state = 'waiting';
  `,
  // Persons stood here in the open, and this file has no keys: they are read from the gateway once more, and sealed then.
  `
  CREATE TABLE tombstone (workspace TEXT NOT NULL, mark TEXT NOT NULL, PRIMARY KEY (workspace, mark)) WITHOUT ROWID;
  INSERT INTO work (workspace, kind, key, payload, next_at)
    SELECT workspace, 'fetch', 'customer|' || account || '|' || customer,
      json_object('account', account, 'entity', 'customer', 'id', customer), '' FROM person
    WHERE true ON CONFLICT DO NOTHING;
  DELETE FROM person;
  `,
  [
    `CREATE TABLE erased_workspace (workspace TEXT PRIMARY KEY, at TEXT NOT NULL, done_at TEXT) WITHOUT ROWID;
    DROP TRIGGER audit_is_not_deleted;
    CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit WHEN NOT ${ERASING('OLD')} AND done_at IS NULL)
      BEGIN SELECT RAISE(ABORT, 'audit rows are final'); END;
    CREATE TRIGGER inbox_of_erased BEFORE INSERT ON inbox WHEN ${ERASING('NEW')}) BEGIN SELECT RAISE(IGNORE); END;`,
    ...['work', 'fact', 'ledger_row', 'scope', 'person', 'tombstone', 'outbox', 'operation', 'audit'].map(
      refuseErased,
    ),
  ].join('\n'),
  `
  ALTER TABLE outbox ADD COLUMN kept_since TEXT;
  CREATE INDEX outbox_kept ON outbox (installation, kept_since) WHERE kept_since IS NOT NULL;
  `,
  // Whoever read a version of a scope ends with the process that counts them.
  `DROP TABLE scope`,
  // By a digest alone, each fact would lie somewhere else, and each commit write a page of the index for each of its facts. Ids
  // of gateways rise with time, so that what is told together lies together.
  `
  CREATE TABLE told (
    id INTEGER PRIMARY KEY, workspace TEXT NOT NULL, digest TEXT NOT NULL, fact TEXT NOT NULL, at TEXT NOT NULL
  );
  INSERT INTO told SELECT id, workspace, digest, fact, at FROM fact ORDER BY id;
  DROP TABLE fact;
  ALTER TABLE told RENAME TO fact;
  CREATE UNIQUE INDEX fact_told ON fact (workspace, json_extract(fact, '$.id'), digest);
  `,
  // The index by lane finds the same.
  `DROP INDEX outbox_waiting`,
  // Whoever inserts here looks once. For a trigger, SQLite copies each page that a row touches, which takes longer than the row.
  ['inbox', 'ledger_row', 'person', 'outbox'].map((table) => `DROP TRIGGER ${table}_of_erased`).join(';'),
];

/** Brings a file to the newest version; each step is one transaction. */
export function migrate(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA user_version').get() as { user_version: number };
  for (let version = row.user_version; version < MIGRATIONS.length; version += 1) {
    database.exec('BEGIN IMMEDIATE');
    database.exec(MIGRATIONS[version] ?? '');
    database.exec(`PRAGMA user_version = ${version + 1}`);
    database.exec('COMMIT');
  }
}
