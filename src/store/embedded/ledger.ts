// Ledger rows: read a cluster with its versions, commit facts + rows + desired states + finished claims at once.
import { hash } from 'node:crypto';
import type { Fact, Row } from '../../ledger/facts.ts';
import type { CommitOutcome, PersonRow, RowName, Touched } from '../store.ts';
import { crowdsOf } from '../../crowds.ts';
import { offerDesired } from './deliveries.ts';
import { isErased } from './erased-workspaces.ts';
import { finishEvents } from './events.ts';
import { COLUMNS, toRow, toWritten } from './rows.ts';
import { list, parse, text, type Sql } from './sql.ts';
import { raiseVersions, versionOf, versionsOf } from './versions.ts';
import { addWork, finishWork } from './work.ts';
import { opened, type WrittenCluster, type WrittenCommit, type WrittenRow } from './written.ts';

type Column = 'id' | 'owner' | 'parent' | 'record';

/** Left to itself, SQLite reads the whole workspace for a list of values rather than walk an index for each. */
const INDEXES: Record<Column, string> = {
  id: '',
  owner: 'INDEXED BY row_owner',
  parent: 'INDEXED BY row_parent',
  record: 'INDEXED BY row_record',
};

const rowsWhere = (sql: Sql, column: Column, workspaceId: string, values: readonly string[]): WrittenRow[] =>
  values.length === 0
    ? []
    : sql
        .all(
          `SELECT ${COLUMNS} FROM ledger_row ${INDEXES[column]} WHERE workspace = ? AND ${column} IN (SELECT value FROM json_each(?))`,
          workspaceId,
          list(values),
        )
        .map(toWritten);

export function loadCluster(
  sql: Sql,
  workspaceId: string,
  touched: Touched,
  most = Number.POSITIVE_INFINITY,
): WrittenCluster {
  const near = [
    ...rowsWhere(sql, 'id', workspaceId, touched.ids),
    ...rowsWhere(sql, 'parent', workspaceId, touched.ids),
  ];
  const owners = unique([...touched.owners, ...near.map((row) => row.owner)]);
  const owned = rowsWhere(sql, 'owner', workspaceId, owners);
  const records = unique([...touched.records, ...[...near, ...owned].map((row) => row.record)]);
  const { others, crowded } = sharing(sql, workspaceId, { owners, records, most });
  const rows = [
    ...near.filter((row) => row.owner === null),
    ...owned,
    ...rowsWhere(sql, 'owner', workspaceId, others),
  ];
  // A record is a scope of its own: who else is about to be linked to it is not among its payers yet.
  const scopes = unique([...owners, ...others, ...touched.ids, ...records]);
  return { rows, versions: versionsOf(workspaceId, scopes), crowded };
}

type Sharing = { owners: string[]; records: string[]; most: number };

/** Who else has something at these records, looked up without reading what. */
function sharing(
  sql: Sql,
  workspaceId: string,
  { owners, records, most }: Sharing,
): { others: string[]; crowded: string[] } {
  if (records.length === 0) return { others: [], crowded: [] };
  const found = sql.all(
    `SELECT DISTINCT record, owner FROM ledger_row ${INDEXES.record} WHERE workspace = ? AND record IN (SELECT value FROM json_each(?))
       AND owner IS NOT NULL`,
    workspaceId,
    list(records),
  );
  const known = new Set(owners);
  const held = found.map((row) => ({ record: text(row['record']), owner: text(row['owner']) }));
  return crowdsOf(
    held.filter(({ owner }) => !known.has(owner)),
    most,
  );
}

const unique = (values: (string | null)[]): string[] => [
  ...new Set(values.filter((value) => value !== null)),
];

export function commit(sql: Sql, wish: WrittenCommit): CommitOutcome {
  if (isErased(sql, wish.workspaceId)) throw new Error('the workspace is erased');
  const isStale = Object.entries(wish.versions).some(
    ([scope, version]) => versionOf(wish.workspaceId, scope) !== version,
  );
  if (isStale) return { committed: false, reason: 'stale' };
  const newFacts = wish.facts.reduce((count, statement) => count + insertFact(sql, wish, statement), 0);
  for (const row of wish.rows) saveRow(sql, wish.workspaceId, row);
  for (const name of wish.gone ?? []) dropRow(sql, wish.workspaceId, name);
  for (const person of wish.personal) savePersonal(sql, wish.workspaceId, person);
  const { workspaceId, at, history = false } = wish;
  const isNews = !history && wish.finish.events.length > 0;
  const changedRecords = wish.desired.reduce(
    (count, desired) => count + offerDesired(sql, { ...desired, workspaceId, at, history, isNews }),
    0,
  );
  finishEvents(sql, wish.finish.events);
  for (const id of wish.finish.work) finishWork(sql, id);
  addWork(sql, wish.work);
  raiseVersions(workspaceId, wish.scopes);
  return { committed: true, newFacts, changedRecords };
}

function insertFact(sql: Sql, wish: WrittenCommit, statement: string): number {
  const digest = hash('sha256', statement, 'base64');
  return sql.run(
    'INSERT INTO fact (workspace, digest, fact, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    wish.workspaceId,
    digest,
    statement,
    wish.at,
  );
}

function saveRow(sql: Sql, workspaceId: string, row: WrittenRow): void {
  sql.run(
    `INSERT INTO ledger_row (workspace, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (workspace, id, entity, account) DO UPDATE SET
       owner = excluded.owner, parent = excluded.parent, record = excluded.record, aspects = excluded.aspects`,
    workspaceId,
    row.entity,
    row.account,
    row.id,
    row.owner,
    row.parent,
    row.record,
    row.aspects,
  );
}

const dropRow = (sql: Sql, workspaceId: string, { id, entity, account }: RowName): number =>
  sql.run(
    'DELETE FROM ledger_row WHERE workspace = ? AND id = ? AND entity = ? AND account = ?',
    workspaceId,
    id,
    entity,
    account,
  );

/** An older fetch never overwrites what a newer one brought. */
function savePersonal(sql: Sql, workspaceId: string, row: PersonRow<unknown>): void {
  sql.run(
    `INSERT INTO person (workspace, account, customer, number, personal) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (workspace, customer, account) DO UPDATE SET number = excluded.number, personal = excluded.personal
     WHERE excluded.number >= number`,
    workspaceId,
    row.account,
    row.customerId,
    row.number,
    JSON.stringify(row.personal),
  );
}

export function loadPersonal(sql: Sql, workspaceId: string, customerIds: string[]): Record<string, unknown> {
  const rows = sql.all(
    'SELECT customer, personal FROM person WHERE workspace = ? AND customer IN (SELECT value FROM json_each(?))',
    workspaceId,
    list(customerIds),
  );
  return Object.fromEntries(rows.map((row) => [text(row['customer']), parse(row['personal'])]));
}

export const findRows = (sql: Sql, workspaceId: string, entity: Row['entity'], ids: string[]): Row[] =>
  rowsWhere(sql, 'id', workspaceId, ids)
    .filter((row) => row.entity === entity)
    .map(opened);

export function drawNumber(sql: Sql): number {
  return Number(
    sql.get(`UPDATE counter SET value = value + 1 WHERE name = 'fetch' RETURNING value`)?.['value'],
  );
}

/** Left to itself, SQLite reads all facts of the workspace for each page, and sorts them. */
export function allFacts(
  sql: Sql,
  workspaceId: string,
  afterId: number,
  limit: number,
): { id: number; fact: Fact }[] {
  return sql
    .all(
      'SELECT id, fact FROM fact NOT INDEXED WHERE workspace = ? AND id > ? ORDER BY id LIMIT ?',
      workspaceId,
      afterId,
      limit,
    )
    .map((row) => ({ id: Number(row['id']), fact: parse(row['fact']) }));
}

/** Two walks along an index, each no longer than the page. */
export const ownersAfter = (sql: Sql, workspaceId: string, after: string, limit: number): string[] =>
  sql
    .all(
      `SELECT name FROM (
         SELECT * FROM (SELECT DISTINCT owner AS name FROM ledger_row WHERE workspace = ? AND owner > ?
           ORDER BY owner LIMIT ?)
         UNION
         SELECT * FROM (SELECT DISTINCT id AS name FROM ledger_row WHERE workspace = ? AND owner IS NULL AND id > ?
           AND entity IN ('invoice', 'payment') ORDER BY id LIMIT ?)
       ) ORDER BY name LIMIT ?`,
      workspaceId,
      after,
      limit,
      workspaceId,
      after,
      limit,
      limit,
    )
    .map((row) => text(row['name']));

export function rowsOf(
  sql: Sql,
  workspaceId: string,
  owners: string[],
  kinds: readonly Row['entity'][],
): Row[] {
  const owned = sql
    .all(
      `SELECT ${COLUMNS} FROM ledger_row ${INDEXES.owner} WHERE workspace = ?
         AND owner IN (SELECT value FROM json_each(?)) AND entity IN (SELECT value FROM json_each(?))`,
      workspaceId,
      list(owners),
      list(kinds),
    )
    .map(toRow);
  // In one condition with the owner, SQLite would look for them in the whole workspace.
  const named = (['id', 'parent'] as const).flatMap((column) =>
    rowsWhere(sql, column, workspaceId, owners).map(opened),
  );
  return [...owned, ...named.filter(({ owner, entity }) => owner === null && kinds.includes(entity))];
}

export const ownersDue = (sql: Sql, workspaceId: string, from: string, to: string): string[] =>
  sql
    .all(
      `SELECT DISTINCT owner FROM ledger_row WHERE workspace = ? AND entity = 'invoice' AND owner IS NOT NULL
         AND json_extract(aspects, '$.invoice.body.status') = 'open'
         AND json_extract(aspects, '$.invoice.body.dueAt') > ? AND json_extract(aspects, '$.invoice.body.dueAt') <= ?`,
      workspaceId,
      from,
      to,
    )
    .map((row) => text(row['owner']));
