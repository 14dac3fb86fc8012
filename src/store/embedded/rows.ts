// Rows of the ledger as they lie in their table, and a walk over all of them.
import type { Row } from '../../ledger/facts.ts';
import type { RowName } from '../store.ts';
import { text, textOrNull, type Sql, type SqlRow } from './sql.ts';
import { opened, type WrittenRow } from './written.ts';

export const COLUMNS = 'entity, account, id, owner, parent, record, aspects';

export const toRow = (row: SqlRow): Row => opened(toWritten(row));

export function toWritten(row: SqlRow): WrittenRow {
  return {
    entity: text(row['entity']) as Row['entity'],
    account: text(row['account']),
    id: text(row['id']),
    owner: textOrNull(row['owner']),
    parent: textOrNull(row['parent']),
    record: textOrNull(row['record']),
    aspects: text(row['aspects']),
  };
}

const NO_NAME = { id: '', entity: '', account: '' };

export function rowsAfter(sql: Sql, workspaceId: string, after: RowName | null, limit: number): Row[] {
  const { id, entity, account } = after ?? NO_NAME;
  return sql
    .all(
      `SELECT ${COLUMNS} FROM ledger_row WHERE workspace = ? AND (id, entity, account) > (?, ?, ?)
       ORDER BY id, entity, account LIMIT ?`,
      workspaceId,
      id,
      entity,
      account,
      limit,
    )
    .map(toRow);
}
