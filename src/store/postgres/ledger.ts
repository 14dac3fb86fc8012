// Ledger rows: read a cluster with its versions as they were at one moment, and look rows, persons and facts up.
import type { Fact, Row } from '../../ledger/facts.ts';
import type { Cluster, RowName, Touched } from '../store.ts';
import type { Connections, Sql, SqlRow } from './connections.ts';
import { crowdsOf } from '../../crowds.ts';
import { parse, text, textOrNull } from './values.ts';

const toRow = (row: SqlRow): Row => ({
  entity: text(row['entity']) as Row['entity'],
  account: text(row['account']),
  id: text(row['id']),
  owner: textOrNull(row['owner']),
  parent: textOrNull(row['parent']),
  record: textOrNull(row['record']),
  aspects: parse(row['aspects']),
});

const COLUMNS = 'entity, account, id, owner, parent, record, aspects';

const rowsWhere = async (sql: Sql, text: string, ...values: unknown[]): Promise<Row[]> =>
  (await sql.all(`SELECT ${COLUMNS} FROM ledger_row WHERE workspace = $1 AND ${text}`, ...values)).map(toRow);

/** Of one moment: rows read before a commit with versions read after it would let an older reading overwrite it. */
export const loadCluster = (
  { snapshot }: Connections,
  workspaceId: string,
  { owners: touchedOwners, ids, records: touchedRecords }: Touched,
  most = Number.POSITIVE_INFINITY,
): Promise<Cluster> =>
  snapshot(workspaceId, async (sql) => {
    const ask = (text: string, ...values: string[][]): Promise<Row[]> =>
      values[0]?.length ? rowsWhere(sql, text, workspaceId, ...values) : Promise.resolve([]);
    const near = await ask('(id = ANY ($2::text[]) OR parent = ANY ($2::text[]))', ids);
    const owners = unique([...touchedOwners, ...near.map((row) => row.owner)]);
    const owned = await ask('owner = ANY ($2::text[])', owners);
    const records = unique([...touchedRecords, ...[...near, ...owned].map((row) => row.record)]);
    const { others, crowded } = await sharing(sql, workspaceId, { owners, records, most });
    const ofOthers = await ask('owner = ANY ($2::text[])', others);
    const rows = [...near.filter((row) => row.owner === null), ...owned, ...ofOthers];
    // A record is a scope of its own: who else is about to be linked to it is not among its payers yet.
    const scopes = unique([...owners, ...others, ...ids, ...records]);
    return { rows, versions: await versionsOf(sql, workspaceId, scopes), crowded };
  });

type Sharing = { owners: string[]; records: string[]; most: number };

/** Who else has something at these records, looked up without reading what. */
async function sharing(
  sql: Sql,
  workspaceId: string,
  { owners, records, most }: Sharing,
): Promise<{ others: string[]; crowded: string[] }> {
  if (records.length === 0) return { others: [], crowded: [] };
  const found = await sql.all(
    `SELECT DISTINCT record, owner FROM ledger_row
     WHERE workspace = $1 AND record = ANY ($2::text[]) AND owner <> ALL ($3::text[])`,
    workspaceId,
    records,
    owners,
  );
  const held = found.map((row) => ({ record: text(row['record']), owner: text(row['owner']) }));
  return crowdsOf(held, most);
}

const unique = (values: (string | null)[]): string[] => [
  ...new Set(values.filter((value) => value !== null)),
];

export async function versionsOf(
  sql: Sql,
  workspaceId: string,
  scopes: string[],
): Promise<Record<string, number>> {
  const versions: Record<string, number> = Object.fromEntries(scopes.map((scope) => [scope, 0]));
  if (scopes.length === 0) return versions;
  const found = await sql.all(
    'SELECT scope, version FROM scope WHERE workspace = $1 AND scope = ANY ($2::text[])',
    workspaceId,
    scopes,
  );
  for (const row of found) versions[text(row['scope'])] = Number(row['version']);
  return versions;
}

export const loadPersonal = <Person>(
  { app }: Connections,
  workspaceId: string,
  customerIds: string[],
): Promise<Record<string, Person>> =>
  app([workspaceId], async (sql) => {
    const rows = await sql.all(
      'SELECT customer, personal FROM person WHERE workspace = $1 AND customer = ANY ($2::text[])',
      workspaceId,
      customerIds,
    );
    return Object.fromEntries(rows.map((row) => [text(row['customer']), parse<Person>(row['personal'])]));
  });

export const findRows = (
  { app }: Connections,
  workspaceId: string,
  entity: Row['entity'],
  ids: string[],
): Promise<Row[]> =>
  app([workspaceId], (sql) =>
    rowsWhere(sql, 'id = ANY ($2::text[]) AND entity = $3', workspaceId, ids, entity),
  );

export const allFacts = (
  { app }: Connections,
  workspaceId: string,
  afterId: number,
  limit: number,
): Promise<{ id: number; fact: Fact }[]> =>
  app([workspaceId], async (sql) => {
    const rows = await sql.all(
      'SELECT id, fact FROM fact WHERE workspace = $1 AND id > $2 ORDER BY id LIMIT $3',
      workspaceId,
      afterId,
      limit,
    );
    return rows.map((row) => ({ id: Number(row['id']), fact: parse<Fact>(row['fact']) }));
  });

const NO_NAME = { id: '', entity: '', account: '' };

export const rowsAfter = (
  { app }: Connections,
  workspaceId: string,
  after: RowName | null,
  limit: number,
): Promise<Row[]> =>
  app([workspaceId], (sql) => {
    const { id, entity, account } = after ?? NO_NAME;
    return rowsWhere(
      sql,
      '(id, entity, account) > ($2, $3, $4) ORDER BY id, entity, account LIMIT $5',
      workspaceId,
      id,
      entity,
      account,
      limit,
    );
  });

export async function rowsOf(
  { app }: Connections,
  workspaceId: string,
  owners: string[],
  kinds: Row['entity'][],
): Promise<Row[]> {
  if (owners.length === 0 || kinds.length === 0) return [];
  return app([workspaceId], (sql) => rowsWhere(sql, OF_OWNERS, workspaceId, owners, kinds));
}

const OF_OWNERS = `entity = ANY ($3::text[]) AND (owner = ANY ($2::text[])
  OR owner IS NULL AND (id = ANY ($2::text[]) OR parent = ANY ($2::text[])))`;

/** Two walks along an index, each no longer than the page. */
export const ownersAfter = (
  { app }: Connections,
  workspaceId: string,
  after: string,
  limit: number,
): Promise<string[]> =>
  app([workspaceId], async (sql) => {
    const rows = await sql.all(
      `(SELECT DISTINCT owner AS name FROM ledger_row WHERE workspace = $1 AND owner > $2 ORDER BY owner LIMIT $3)
       UNION
       (SELECT DISTINCT id AS name FROM ledger_row WHERE workspace = $1 AND owner IS NULL AND id > $2
         AND entity IN ('invoice', 'payment') ORDER BY id LIMIT $3)
       ORDER BY name LIMIT $3`,
      workspaceId,
      after,
      limit,
    );
    return rows.map((row) => text(row['name']));
  });

export const ownersDue = (
  { app }: Connections,
  workspaceId: string,
  from: string,
  to: string,
): Promise<string[]> =>
  app([workspaceId], async (sql) => {
    const rows = await sql.all(
      `SELECT DISTINCT owner FROM ledger_row
       WHERE workspace = $1 AND owner IS NOT NULL AND open_due_at > $2 AND open_due_at <= $3`,
      workspaceId,
      from,
      to,
    );
    return rows.map((row) => text(row['owner']));
  });
