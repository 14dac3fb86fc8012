// Erasing workspaces: which are, how much there is of one, and its rows page by page.
import type { GatewayAccount, Installation, Workspace } from '../../workspaces/workspace.ts';
import type { ErasedWorkspace, ErasePlace } from '../store.ts';
import type { Connections, SqlRow } from './connections.ts';
import { ALONE } from './documents.ts';
import { instant, instantOrNull, parse, text } from './values.ts';

/** By which column rows are named; those that are found by their workspace alone. */
const BY_WORKSPACE: Readonly<Record<string, string>> = {
  work: 'id',
  outbox: 'key',
  operation: 'id',
  person: 'customer',
  ledger_row: 'id',
  fact: 'id',
  scope: 'scope',
  tombstone: 'mark',
};
/** Those that are looked through by their ids. */
const BY_ID: readonly string[] = ['inbox', 'body', 'audit'];
const TABLES = [...Object.keys(BY_WORKSPACE), ...BY_ID];

export async function beginErasure(connections: Connections, workspaceId: string, at: Date): Promise<void> {
  await connections.directoryWork(async (sql) => {
    await sql.all(ALONE);
    await sql.run(
      'INSERT INTO erased_workspace (workspace, at) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      workspaceId,
      at.toISOString(),
    );
  });
  await outlast(connections, workspaceId);
}

/**
 * Whoever began to write before has not seen the mark. A lock that writers do not share is given when they have ended, and
 * let go at once, one table after the other, so that nobody waits for more than one of them.
 */
async function outlast({ wiper }: Connections, workspaceId: string): Promise<void> {
  for (const table of TABLES)
    await wiper(workspaceId, (sql) => sql.run(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`));
}

export async function erasures({ directory }: Connections): Promise<ErasedWorkspace[]> {
  const marks = await directory('SELECT workspace, at, done_at FROM erased_workspace ORDER BY workspace');
  const documents = await directory(
    'SELECT kind, workspace, document FROM document WHERE workspace IN (SELECT workspace FROM erased_workspace) ORDER BY id',
  );
  return marks.map((mark) => erasedOf(mark, documents));
}

function erasedOf(mark: SqlRow, documents: readonly SqlRow[]): ErasedWorkspace {
  const workspaceId = text(mark['workspace']);
  const list = <T>(kind: string): T[] =>
    documents
      .filter((row) => row['kind'] === kind && row['workspace'] === workspaceId)
      .map((row) => parse<T>(row['document']));
  return {
    workspaceId,
    at: instant(mark['at']),
    doneAt: instantOrNull(mark['done_at']),
    workspace: list<Workspace>('workspace')[0] ?? null,
    installations: list<Installation>('installation'),
    accounts: list<GatewayAccount>('account'),
  };
}

/** A body is counted with its event. */
const COUNT = TABLES.filter((table) => table !== 'body')
  .map((table) => `SELECT '${table}' AS name, count(*) AS count FROM ${table} WHERE workspace = $1`)
  .join(' UNION ALL ');

export async function countRows(
  { wiper }: Connections,
  workspaceId: string,
): Promise<Record<string, number>> {
  const rows = await wiper(workspaceId, (sql) => sql.all(COUNT, workspaceId));
  return Object.fromEntries(rows.map((row) => [text(row['name']), Number(row['count'])]));
}

export const eraseRows = (
  { wiper }: Connections,
  workspaceId: string,
  from: ErasePlace | null,
  limit: number,
): Promise<ErasePlace | null> =>
  wiper(workspaceId, async (sql) => {
    const { table, after } = from ?? { table: TABLES[0] ?? '', after: 0 };
    const column = BY_WORKSPACE[table] ?? 'id';
    const isById = BY_ID.includes(table);
    const rows = await sql.all(
      `DELETE FROM ${table} WHERE workspace = $1 AND ${column} = ANY (ARRAY(SELECT ${column} FROM ${table}
         WHERE workspace = $1 ${isById ? 'AND id > $3 ORDER BY id' : ''} LIMIT $2)) RETURNING ${column} AS name`,
      workspaceId,
      limit,
      ...(isById ? [after] : []),
    );
    if (rows.length > 0)
      return { table, after: isById ? Math.max(...rows.map((row) => Number(row['name']))) : 0 };
    const next = TABLES[TABLES.indexOf(table) + 1];
    return next === undefined ? null : { table: next, after: 0 };
  });

export async function endErasure(
  { directoryWork, wiper }: Connections,
  workspaceId: string,
  at: Date,
): Promise<void> {
  await directoryWork((sql) =>
    sql.run(
      'DELETE FROM pending_authorization WHERE subject = $1 OR starts_with(subject, $2)',
      workspaceId,
      `${workspaceId}.`,
    ),
  );
  await wiper(workspaceId, async (sql) => {
    await sql.run('DELETE FROM document WHERE workspace = $1', workspaceId);
    await sql.run(
      'UPDATE erased_workspace SET done_at = $2 WHERE workspace = $1 AND done_at IS NULL',
      workspaceId,
      at.toISOString(),
    );
  });
}
