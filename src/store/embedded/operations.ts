// Operation rows: one per click, with the results of their steps; one unfinished operation a subject.
import type { AuditRow, BeginOutcome, OperationRow, OperationState } from '../store.ts';
import { parse, parseOrNull, text, textOrNull, type Sql, type SqlRow } from './sql.ts';

function toOperation(row: SqlRow): OperationRow {
  return {
    id: text(row['id']),
    workspaceId: text(row['workspace']),
    userId: text(row['user']),
    kind: text(row['kind']),
    bodyHash: text(row['body_hash']),
    record: text(row['record']),
    subject: textOrNull(row['subject']),
    state: text(row['state']) as OperationState,
    request: parse(row['request']),
    steps: parse(row['steps']),
    outcome: parseOrNull(row['outcome']),
    startedAt: text(row['started_at']),
    nextAt: text(row['next_at']),
    attempts: Number(row['attempts']),
  };
}

export function beginOperation(sql: Sql, operation: OperationRow): BeginOutcome {
  const known = sql.get(
    'SELECT * FROM operation WHERE workspace = ? AND id = ?',
    operation.workspaceId,
    operation.id,
  );
  if (known) {
    const row = toOperation(known);
    return sameCaller(row, operation) ? { begun: 'known', operation: row } : { begun: 'conflict' };
  }
  const busy = operation.subject
    ? sql.get(
        `SELECT * FROM operation WHERE workspace = ? AND subject = ? AND state IN ('running', 'checking')`,
        operation.workspaceId,
        operation.subject,
      )
    : undefined;
  if (busy) return { begun: 'busy', operation: toOperation(busy) };
  sql.run(
    `INSERT INTO operation (id, workspace, user, kind, body_hash, record, subject, state, request, steps, outcome,
       started_at, next_at, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    operation.id,
    operation.workspaceId,
    operation.userId,
    operation.kind,
    operation.bodyHash,
    operation.record,
    operation.subject,
    operation.state,
    JSON.stringify(operation.request),
    JSON.stringify(operation.steps),
    operation.outcome ? JSON.stringify(operation.outcome) : null,
    operation.startedAt,
    operation.nextAt,
    operation.attempts,
  );
  return { begun: 'new', operation };
}

const sameCaller = (a: OperationRow, b: OperationRow): boolean =>
  a.workspaceId === b.workspaceId && a.userId === b.userId && a.kind === b.kind && a.bodyHash === b.bodyHash;

export function saveStep(
  sql: Sql,
  workspaceId: string,
  id: string,
  step: string,
  result: Record<string, unknown>,
): void {
  sql.run(
    'UPDATE operation SET steps = json_set(steps, ?, json(?)) WHERE workspace = ? AND id = ?',
    `$."${step}"`,
    JSON.stringify(result),
    workspaceId,
    id,
  );
}

/** A final state stays: the outcome of an id never changes, and is written together with its one audit row. */
export function endOperation(
  sql: Sql,
  workspaceId: string,
  id: string,
  ending: Pick<OperationRow, 'state' | 'outcome'>,
  trail: AuditRow | null,
): void {
  const ended = sql.run(
    `UPDATE operation SET state = ?, outcome = ? WHERE workspace = ? AND id = ? AND state IN ('running', 'checking')`,
    ending.state,
    ending.outcome ? JSON.stringify(ending.outcome) : null,
    workspaceId,
    id,
  );
  if (ended > 0 && trail) audit(sql, trail);
}

export function postponeOperation(
  sql: Sql,
  workspaceId: string,
  id: string,
  nextAt: Date,
  state: 'running' | 'checking',
): void {
  sql.run(
    `UPDATE operation SET next_at = ?, state = ? WHERE workspace = ? AND id = ? AND state IN ('running', 'checking')`,
    nextAt.toISOString(),
    state,
    workspaceId,
    id,
  );
}

export function claimOperations(sql: Sql, now: Date, limit: number, leaseMs: number): OperationRow[] {
  const lease = new Date(now.getTime() + leaseMs).toISOString();
  return sql
    .all(
      `UPDATE operation SET next_at = ?, attempts = attempts + 1 WHERE rowid IN
         (SELECT rowid FROM operation WHERE state IN ('running', 'checking') AND next_at <= ? ORDER BY next_at LIMIT ?)
       RETURNING *`,
      lease,
      now.toISOString(),
      limit,
    )
    .map(toOperation);
}

export function findOperation(sql: Sql, workspaceId: string, id: string): OperationRow | undefined {
  const row = sql.get('SELECT * FROM operation WHERE workspace = ? AND id = ?', workspaceId, id);
  return row && toOperation(row);
}

export function unfinishedOperations(sql: Sql, workspaceId: string, record: string): OperationRow[] {
  return sql
    .all(
      `SELECT * FROM operation WHERE workspace = ? AND record = ? AND state IN ('running', 'checking') ORDER BY started_at`,
      workspaceId,
      record,
    )
    .map(toOperation);
}

export function audit(sql: Sql, row: AuditRow): void {
  const json = (value: Record<string, unknown> | null): string | null =>
    value ? JSON.stringify(value) : null;
  sql.run(
    'INSERT INTO audit (workspace, at, actor, action, operation, record, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    row.workspaceId,
    row.at,
    row.actor,
    row.action,
    row.operationId,
    row.record,
    json(row.before),
    json(row.after),
  );
}
