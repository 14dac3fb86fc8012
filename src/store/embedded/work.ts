// Work rows: what one room leaves for another, one row a key, claimed by lease.
import type { ClaimedWork, WorkItem, WorkKind } from '../store.ts';
import { list, parse, text, type Sql, type SqlRow } from './sql.ts';

/** A key that already waits is left alone; one in progress is done once more afterwards. */
export function addWork(sql: Sql, items: WorkItem[]): void {
  for (const item of items) {
    sql.run(
      `INSERT INTO work (workspace, kind, key, payload, next_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (workspace, kind, key) DO UPDATE SET
         again = CASE WHEN leased = 1 AND state = 'waiting' THEN 1 ELSE again END,
         state = 'waiting',
         next_at = CASE WHEN leased = 1 AND state = 'waiting' THEN next_at ELSE min(next_at, excluded.next_at) END,
         payload = CASE WHEN state = 'waiting' THEN payload ELSE excluded.payload END,
         attempts = CASE WHEN state = 'waiting' THEN attempts ELSE 0 END`,
      item.workspaceId,
      item.kind,
      item.key,
      JSON.stringify(item.payload),
      item.nextAt,
    );
  }
}

export function claimWork(
  sql: Sql,
  kinds: WorkKind[],
  now: Date,
  limit: number,
  leaseMs: number,
): ClaimedWork[] {
  const lease = new Date(now.getTime() + leaseMs).toISOString();
  const rows = sql.all(
    `UPDATE work SET next_at = ?, attempts = attempts + 1, leased = 1 WHERE id IN
       (SELECT id FROM work WHERE state = 'waiting' AND kind IN (SELECT value FROM json_each(?)) AND next_at <= ?
        ORDER BY next_at LIMIT ?) RETURNING *`,
    lease,
    list(kinds),
    now.toISOString(),
    limit,
  );
  rows.sort((a, b) => Number(a['id']) - Number(b['id']));
  return rows.map((row) => ({ id: Number(row['id']), attempts: Number(row['attempts']), ...toItem(row) }));
}

const toItem = (row: SqlRow): WorkItem => ({
  workspaceId: text(row['workspace']),
  kind: text(row['kind']) as WorkKind,
  key: text(row['key']),
  payload: parse(row['payload']),
  nextAt: text(row['next_at']),
});

export function finishWork(sql: Sql, id: number): void {
  const again = sql.run(
    `UPDATE work SET again = 0, leased = 0, attempts = 0, next_at = '' WHERE id = ? AND again = 1`,
    id,
  );
  if (again === 0) sql.run('DELETE FROM work WHERE id = ?', id);
}

export function postponeWork(
  sql: Sql,
  id: number,
  nextAt: Date,
  reason: string,
  payload?: Record<string, unknown>,
): void {
  sql.run(
    `UPDATE work SET next_at = CASE WHEN again = 1 THEN '' ELSE ? END, again = 0, reason = ?, leased = 0,
       payload = coalesce(?, payload) WHERE id = ?`,
    nextAt.toISOString(),
    reason,
    payload ? JSON.stringify(payload) : null,
    id,
  );
}

export function buryWork(sql: Sql, id: number, reason: string, at: Date): void {
  sql.run(
    `UPDATE work SET state = 'dead', leased = 0, reason = ?, next_at = ? WHERE id = ?`,
    reason,
    at.toISOString(),
    id,
  );
}

export const waitingWork = (sql: Sql, workspaceId: string, kind: WorkKind): WorkItem[] =>
  sql
    .all(
      `SELECT * FROM work WHERE workspace = ? AND kind = ? AND state = 'waiting' AND leased = 0`,
      workspaceId,
      kind,
    )
    .map(toItem);
