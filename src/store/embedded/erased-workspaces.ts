// Erasing workspaces: which are, how much there is of one, and its rows page by page.
import type { ErasePlace } from '../store.ts';
import { text, textOrNull, type Sql } from './sql.ts';

export type Mark = { workspaceId: string; at: string; doneAt: string | null };

/** By which column rows are named; those that are found by their workspace alone. */
const BY_WORKSPACE: Readonly<Record<string, string>> = {
  work: 'id',
  outbox: 'key',
  operation: 'id',
  person: 'customer',
  ledger_row: 'id',
  fact: 'id',
  tombstone: 'mark',
};
/** Those that are looked through by their ids. */
const BY_ID: readonly string[] = ['inbox', 'audit'];
const TABLES = [...Object.keys(BY_WORKSPACE), ...BY_ID];

export function markErased(sql: Sql, workspaceId: string, at: Date): void {
  sql.run(
    'INSERT INTO erased_workspace (workspace, at) VALUES (?, ?) ON CONFLICT DO NOTHING',
    workspaceId,
    at.toISOString(),
  );
}

/** Whoever read something of a workspace before it was erased may still want to write. */
export const isErased = (sql: Sql, workspaceId: string): boolean =>
  sql.get('SELECT 1 FROM erased_workspace WHERE workspace = ?', workspaceId) !== undefined;

export const marksOfErased = (sql: Sql): Mark[] =>
  sql.all('SELECT workspace, at, done_at FROM erased_workspace ORDER BY workspace').map((row) => ({
    workspaceId: text(row['workspace']),
    at: text(row['at']),
    doneAt: textOrNull(row['done_at']),
  }));

export const countRows = (sql: Sql, workspaceId: string): Record<string, number> =>
  Object.fromEntries(
    TABLES.map((table) => [
      table,
      Number(sql.get(`SELECT count(*) AS n FROM ${table} WHERE workspace = ?`, workspaceId)?.['n']),
    ]),
  );

export function eraseRows(
  sql: Sql,
  workspaceId: string,
  from: ErasePlace | null,
  limit: number,
): ErasePlace | null {
  const isErasing = sql.get(
    'SELECT 1 FROM erased_workspace WHERE workspace = ? AND done_at IS NULL',
    workspaceId,
  );
  if (!isErasing) throw new Error('the workspace is not being erased');
  const { table, after } = from ?? { table: TABLES[0] ?? '', after: 0 };
  const column = BY_WORKSPACE[table];
  const last =
    column === undefined
      ? eraseAfter(sql, table, workspaceId, after, limit)
      : eraseSome(sql, table, column, workspaceId, limit);
  if (last !== null) return { table, after: last };
  const next = TABLES[TABLES.indexOf(table) + 1];
  return next === undefined ? null : { table: next, after: 0 };
}

/** @returns null once there are none left */
function eraseSome(
  sql: Sql,
  table: string,
  column: string,
  workspaceId: string,
  limit: number,
): number | null {
  const erased = sql.run(
    `DELETE FROM ${table} WHERE workspace = ? AND ${column} IN (SELECT ${column} FROM ${table} WHERE workspace = ? LIMIT ?)`,
    workspaceId,
    workspaceId,
    limit,
  );
  return erased > 0 ? 0 : null;
}

/** Looks at so many rows, whosever they are: nobody else waits for more than these. */
function eraseAfter(
  sql: Sql,
  table: string,
  workspaceId: string,
  after: number,
  limit: number,
): number | null {
  const last = sql.get(
    `SELECT max(id) AS last FROM (SELECT id FROM ${table} WHERE id > ? ORDER BY id LIMIT ?)`,
    after,
    limit,
  )?.['last'];
  if (typeof last !== 'number') return null;
  const theirs = `${table} WHERE id > ? AND id <= ? AND workspace = ?`;
  if (table === 'inbox')
    sql.run(`DELETE FROM body WHERE id IN (SELECT id FROM ${theirs})`, after, last, workspaceId);
  sql.run(`DELETE FROM ${theirs}`, after, last, workspaceId);
  return last;
}

/** Whoever began a consent, or was let in by a code, comes back to nothing. */
export function eraseAuthorizations(sql: Sql, workspaceId: string): void {
  sql.run(
    `DELETE FROM authorization WHERE subject = ? OR substr(subject, 1, ?) = ?`,
    workspaceId,
    workspaceId.length + 1,
    `${workspaceId}.`,
  );
}

export function markDone(sql: Sql, workspaceId: string, at: Date): void {
  sql.run(
    'UPDATE erased_workspace SET done_at = ? WHERE workspace = ? AND done_at IS NULL',
    at.toISOString(),
    workspaceId,
  );
}
