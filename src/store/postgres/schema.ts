// Tables of the PostgreSQL store, and the migrations that lead to them.

const TABLES = `
  CREATE SEQUENCE inbox_id AS bigint;
  CREATE TABLE inbox (
    id bigint PRIMARY KEY DEFAULT nextval('inbox_id'), source text NOT NULL, dedupe_key text NOT NULL, kind text NOT NULL,
    workspace text NOT NULL, account text NOT NULL, received_at timestamptz NOT NULL, state text NOT NULL, reason text,
    next_at timestamptz NOT NULL, attempts integer NOT NULL DEFAULT 0, unfinished integer NOT NULL DEFAULT 0,
    UNIQUE (source, dedupe_key)
  );
  CREATE INDEX inbox_waiting ON inbox (next_at, id) WHERE state = 'waiting';
  CREATE INDEX inbox_tenant ON inbox (workspace, next_at, id) WHERE state = 'waiting';
  CREATE INDEX inbox_since ON inbox (received_at) WHERE state = 'waiting';
  CREATE INDEX inbox_dead ON inbox (workspace) WHERE state = 'dead';
  CREATE TABLE body (id bigint PRIMARY KEY, workspace text NOT NULL, received_at timestamptz NOT NULL, raw bytea NOT NULL);
  CREATE INDEX body_received ON body (received_at);

  CREATE TABLE work (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, workspace text NOT NULL, kind text NOT NULL, key text NOT NULL,
    payload text NOT NULL, state text NOT NULL DEFAULT 'waiting', reason text, next_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0, again boolean NOT NULL DEFAULT false, leased boolean NOT NULL DEFAULT false,
    UNIQUE (workspace, kind, key)
  );
  CREATE INDEX work_waiting ON work (kind, next_at) WHERE state = 'waiting';
  CREATE INDEX work_dead ON work (workspace) WHERE state = 'dead';

  CREATE TABLE fact (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, workspace text NOT NULL, digest text NOT NULL, fact text NOT NULL,
    at timestamptz NOT NULL, UNIQUE (workspace, digest)
  );
  CREATE INDEX fact_order ON fact (workspace, id);
  CREATE TABLE ledger_row (
    workspace text NOT NULL, entity text NOT NULL, account text NOT NULL, id text COLLATE "C" NOT NULL,
    owner text COLLATE "C", parent text, record text, open_due_at timestamptz, aspects text NOT NULL,
    PRIMARY KEY (workspace, id, entity, account)
  );
  CREATE INDEX row_owner ON ledger_row (workspace, owner);
  CREATE INDEX row_parent ON ledger_row (workspace, parent) WHERE parent IS NOT NULL;
  CREATE INDEX row_record ON ledger_row (workspace, record) WHERE record IS NOT NULL;
  CREATE INDEX row_due ON ledger_row (workspace, open_due_at) WHERE open_due_at IS NOT NULL;
  CREATE TABLE scope (
    workspace text NOT NULL, scope text NOT NULL, version bigint NOT NULL, PRIMARY KEY (workspace, scope)
  );
  CREATE TABLE person (
    workspace text NOT NULL, account text NOT NULL, customer text NOT NULL, number bigint NOT NULL, personal text NOT NULL,
    PRIMARY KEY (workspace, customer, account)
  );
  CREATE TABLE tombstone (workspace text NOT NULL, mark text NOT NULL, PRIMARY KEY (workspace, mark));
  CREATE SEQUENCE fetch_number AS bigint;

  CREATE TABLE outbox (
    key text COLLATE "C" PRIMARY KEY, workspace text NOT NULL, installation text NOT NULL, desired text NOT NULL,
    digest text NOT NULL, delivered_digest text, generation bigint NOT NULL DEFAULT 1, renewed bigint NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'waiting', reason text, next_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0, in_flight boolean NOT NULL DEFAULT false, doubt_until timestamptz, doubt_digest text,
    history boolean NOT NULL DEFAULT false, kept_since timestamptz
  );
  CREATE INDEX outbox_waiting ON outbox (installation, next_at) WHERE state = 'waiting';
  CREATE INDEX outbox_lane ON outbox (installation, history, next_at) WHERE state = 'waiting';
  CREATE INDEX outbox_dead ON outbox (workspace) WHERE state = 'dead';
  CREATE INDEX outbox_workspace ON outbox (workspace, key);
  CREATE INDEX outbox_kept ON outbox (installation, kept_since) WHERE kept_since IS NOT NULL;

  CREATE TABLE operation (
    id text NOT NULL, workspace text NOT NULL, user_id text NOT NULL, kind text NOT NULL, body_hash text NOT NULL,
    record text NOT NULL, subject text, state text NOT NULL, request text NOT NULL, steps text NOT NULL, outcome text,
    started_at timestamptz NOT NULL, next_at timestamptz NOT NULL, attempts integer NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace, id)
  );
  CREATE INDEX operation_open ON operation (workspace, record) WHERE state IN ('running', 'checking');
  CREATE INDEX operation_due ON operation (next_at) WHERE state IN ('running', 'checking');
  CREATE UNIQUE INDEX operation_subject ON operation (workspace, subject)
    WHERE subject IS NOT NULL AND state IN ('running', 'checking');
  CREATE TABLE audit (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, workspace text NOT NULL, at timestamptz NOT NULL, actor text NOT NULL,
    action text NOT NULL, operation text, record text, before text, after text
  );
  CREATE FUNCTION audit_rows_are_final() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'audit rows are final'; END $$;
  CREATE TRIGGER audit_is_final BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_rows_are_final();
  CREATE TRIGGER audit_is_kept BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_rows_are_final();

  CREATE TABLE moved (target text NOT NULL, at timestamptz NOT NULL DEFAULT now());

  CREATE SEQUENCE document_version AS bigint;
  CREATE TABLE document (
    kind text NOT NULL, id text COLLATE "C" NOT NULL, workspace text NOT NULL, document text NOT NULL,
    version bigint NOT NULL UNIQUE DEFAULT nextval('document_version'), PRIMARY KEY (kind, id)
  );
  CREATE TABLE pending_authorization (
    state text PRIMARY KEY, browser text NOT NULL, verifier text NOT NULL, provider text NOT NULL, subject text,
    expires_at timestamptz NOT NULL
  );
  CREATE INDEX authorization_end ON pending_authorization (expires_at);

  CREATE TABLE erased_workspace (
    workspace text PRIMARY KEY, at timestamptz NOT NULL, done_at timestamptz,
    version bigint NOT NULL DEFAULT nextval('document_version')
  );
  CREATE FUNCTION goes_with_its_workspace() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM payside.erased_workspace e WHERE e.workspace = OLD.workspace AND e.done_at IS NULL) THEN RETURN OLD; END IF;
    RAISE EXCEPTION '% rows are final', TG_TABLE_NAME;
  END $$;
  CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION goes_with_its_workspace();
  CREATE TRIGGER document_is_not_deleted BEFORE DELETE ON document FOR EACH ROW EXECUTE FUNCTION goes_with_its_workspace();
`;

/** What is of one workspace; a transaction of the app sees the workspaces it names, and without a name nothing. */
const GUARDED = [
  'inbox',
  'body',
  'work',
  'fact',
  'ledger_row',
  'scope',
  'person',
  'tombstone',
  'outbox',
  'operation',
  'audit',
];
const NAMES = `nullif(current_setting('payside.workspaces', true), '')::text[]`;
const NAMED = `workspace = ANY ((SELECT ${NAMES})::text[])`;
/** Nobody but who erases it sees a workspace that is being erased. */
const LIVING = `workspace = ANY ((SELECT array(SELECT named FROM unnest(${NAMES}) AS named
  WHERE NOT EXISTS (SELECT FROM erased_workspace e WHERE e.workspace = named)))::text[])`;
const ERASING = `workspace = ANY ((SELECT array(SELECT e.workspace FROM erased_workspace e
  WHERE e.workspace = ANY (${NAMES}) AND e.done_at IS NULL))::text[])`;

const guard = (table: string): string => `
  ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
  CREATE POLICY of_named_workspaces ON ${table} TO payside_app USING (${LIVING}) WITH CHECK (${LIVING});`;

/** Queues are claimed over all workspaces; what the claimer may see of a row is said column by column. */
const claimable = (table: string): string =>
  `CREATE POLICY of_all_workspaces ON ${table} TO payside_claimer USING (true) WITH CHECK (true);`;

/** Whoever erases a person works on one workspace as well. */
const erasable = (table: string): string =>
  `CREATE POLICY of_erased_persons ON ${table} TO payside_eraser USING (${NAMED}) WITH CHECK (${NAMED});`;

/** Whoever erases a workspace sees names of its rows, and takes them away once it is marked. */
const wipeable = (table: string): string => `
  CREATE POLICY names_of_rows ON ${table} FOR SELECT TO payside_wiper USING (${NAMED});
  CREATE POLICY of_erased_workspaces ON ${table} FOR DELETE TO payside_wiper USING (${ERASING});`;

const GRANTS = `
  GRANT USAGE ON SCHEMA payside TO payside_door, payside_claimer, payside_app, payside_eraser, payside_wiper, payside_directory;

  GRANT INSERT, SELECT (id) ON inbox TO payside_door;
  GRANT INSERT ON body TO payside_door;
  GRANT USAGE ON SEQUENCE inbox_id TO payside_door;
  CREATE POLICY of_the_door ON inbox FOR INSERT TO payside_door WITH CHECK (true);
  CREATE POLICY ids_for_the_door ON inbox FOR SELECT TO payside_door USING (true);
  CREATE POLICY of_the_door ON body FOR INSERT TO payside_door WITH CHECK (true);

  GRANT SELECT (id, workspace, state, received_at, next_at, attempts, unfinished), DELETE,
    UPDATE (state, reason, next_at, attempts, unfinished) ON inbox TO payside_claimer;
  GRANT SELECT (id, received_at), DELETE ON body TO payside_claimer;
  GRANT SELECT (id, workspace, kind, state, next_at, attempts, again, leased), DELETE,
    UPDATE (payload, state, reason, next_at, attempts, again, leased) ON work TO payside_claimer;
  GRANT SELECT (key, workspace, installation, digest, delivered_digest, generation, renewed, state, next_at, attempts,
    in_flight, doubt_until, doubt_digest, history), UPDATE (delivered_digest, state, reason, next_at, attempts, in_flight, doubt_until,
    doubt_digest, kept_since) ON outbox TO payside_claimer;
  GRANT SELECT (id, workspace, state, next_at, attempts), UPDATE (next_at, attempts) ON operation TO payside_claimer;

  GRANT SELECT, UPDATE (state, reason) ON inbox TO payside_app;
  GRANT SELECT ON body TO payside_app;
  GRANT SELECT, INSERT, UPDATE, DELETE ON work TO payside_app;
  GRANT SELECT, INSERT ON fact TO payside_app;
  GRANT SELECT, INSERT, UPDATE ON ledger_row, scope, person, outbox, operation TO payside_app;
  GRANT DELETE ON ledger_row TO payside_app;
  GRANT INSERT ON audit TO payside_app;
  GRANT SELECT, INSERT ON tombstone TO payside_app;
  GRANT USAGE ON SEQUENCE fetch_number TO payside_app;

  GRANT SELECT (id, workspace, digest), UPDATE (digest, fact), DELETE ON fact TO payside_eraser;
  GRANT SELECT, DELETE ON body TO payside_eraser;
  GRANT SELECT (key, workspace), DELETE ON outbox TO payside_eraser;
  GRANT SELECT (id, workspace, state) ON inbox TO payside_eraser;

  GRANT SELECT (id, workspace), DELETE ON inbox, body, work, fact, ledger_row, operation, audit TO payside_wiper;
  GRANT SELECT (workspace, scope), DELETE ON scope TO payside_wiper;
  GRANT SELECT (workspace, customer), DELETE ON person TO payside_wiper;
  GRANT SELECT (workspace, mark), DELETE ON tombstone TO payside_wiper;
  GRANT SELECT (workspace, key), DELETE ON outbox TO payside_wiper;
  GRANT SELECT (workspace), DELETE ON document TO payside_wiper;
  GRANT SELECT ON erased_workspace TO payside_door, payside_app, payside_wiper, payside_directory;
  GRANT UPDATE (done_at) ON erased_workspace TO payside_wiper;
  GRANT INSERT ON erased_workspace TO payside_directory;

  GRANT SELECT, INSERT, UPDATE ON document TO payside_directory;
  GRANT USAGE ON SEQUENCE document_version TO payside_directory;
  GRANT SELECT, INSERT, DELETE ON pending_authorization TO payside_directory;
`;

/**
 * Each entry moves the database one version up; entries are never edited once released. The version before goes on
 * running meanwhile: an entry adds what may be missing to it, and takes away only what it no longer uses.
 */
export const MIGRATIONS: readonly string[] = [
  [
    TABLES,
    ...GUARDED.map(guard),
    ...['inbox', 'body', 'work', 'outbox', 'operation'].map(claimable),
    ...['fact', 'body', 'inbox', 'outbox'].map(erasable),
    ...GUARDED.map(wipeable),
    GRANTS,
  ].join('\n'),
];
