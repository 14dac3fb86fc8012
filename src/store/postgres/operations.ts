// Operation rows: one per click, with the results of their steps; one unfinished operation a subject.
import { storeUnavailable } from '../../errors.ts';
import type { AuditRow, BeginOutcome, OperationRow, OperationState } from '../store.ts';
import type { Connections, Sql, SqlRow } from './connections.ts';
import { instant, json, leaseFrom, parse, parseOrNull, text, textOrNull } from './values.ts';

const OPEN = `state IN ('running', 'checking')`;

function toOperation(row: SqlRow): OperationRow {
  return {
    id: text(row['id']),
    workspaceId: text(row['workspace']),
    userId: text(row['user_id']),
    kind: text(row['kind']),
    bodyHash: text(row['body_hash']),
    record: text(row['record']),
    subject: textOrNull(row['subject']),
    state: text(row['state']) as OperationState,
    request: parse(row['request']),
    steps: parse(row['steps']),
    outcome: parseOrNull(row['outcome']),
    startedAt: instant(row['started_at']),
    nextAt: instant(row['next_at']),
    attempts: Number(row['attempts']),
  };
}

/** Whoever was in the way may have ended before we looked. */
const LOOKS = 3;

export const beginOperation = ({ app }: Connections, operation: OperationRow): Promise<BeginOutcome> =>
  app([operation.workspaceId], async (sql) => {
    for (let look = 0; look < LOOKS; look += 1) {
      if (await insert(sql, operation)) return { begun: 'new', operation };
      const known = await find(sql, operation.workspaceId, operation.id);
      if (known)
        return sameCaller(known, operation) ? { begun: 'known', operation: known } : { begun: 'conflict' };
      const busy = await on(sql, operation);
      if (busy) return { begun: 'busy', operation: busy };
    }
    throw storeUnavailable({ context: { operation: operation.id } });
  });

/** The two unique indexes decide, so that two processes cannot both begin. */
const insert = async (sql: Sql, operation: OperationRow): Promise<boolean> => {
  const begun = await sql.run(
    `INSERT INTO operation (id, workspace, user_id, kind, body_hash, record, subject, state, request, steps, outcome,
       started_at, next_at, attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     ON CONFLICT DO NOTHING`,
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
    json(operation.outcome),
    operation.startedAt,
    operation.nextAt,
    operation.attempts,
  );
  return begun > 0;
};

async function find(sql: Sql, workspaceId: string, id: string): Promise<OperationRow | undefined> {
  const [row] = await sql.all('SELECT * FROM operation WHERE workspace = $1 AND id = $2', workspaceId, id);
  return row && toOperation(row);
}

async function on(sql: Sql, { workspaceId, subject }: OperationRow): Promise<OperationRow | undefined> {
  const [row] = await sql.all(
    `SELECT * FROM operation WHERE workspace = $1 AND subject = $2 AND ${OPEN}`,
    workspaceId,
    subject,
  );
  return row && toOperation(row);
}

const sameCaller = (a: OperationRow, b: OperationRow): boolean =>
  a.userId === b.userId && a.kind === b.kind && a.bodyHash === b.bodyHash;

export const saveStep = (
  { app }: Connections,
  workspaceId: string,
  id: string,
  step: string,
  result: Record<string, unknown>,
): Promise<void> =>
  app([workspaceId], async (sql) => {
    const [row] = await sql.all(
      'SELECT steps FROM operation WHERE workspace = $1 AND id = $2 FOR UPDATE',
      workspaceId,
      id,
    );
    if (!row) return;
    const steps = { ...parse<OperationRow['steps']>(row['steps']), [step]: result };
    await sql.run(
      'UPDATE operation SET steps = $3 WHERE workspace = $1 AND id = $2',
      workspaceId,
      id,
      JSON.stringify(steps),
    );
  });

/** A final state stays: the outcome of an id never changes, and is written together with its one audit row. */
export const endOperation = (
  { app }: Connections,
  workspaceId: string,
  id: string,
  ending: Pick<OperationRow, 'state' | 'outcome'>,
  trail: AuditRow | null,
): Promise<void> =>
  app([workspaceId], async (sql) => {
    const ended = await sql.run(
      `UPDATE operation SET state = $3, outcome = $4 WHERE workspace = $1 AND id = $2 AND ${OPEN}`,
      workspaceId,
      id,
      ending.state,
      json(ending.outcome),
    );
    if (ended > 0 && trail) await insertAudit(sql, trail);
  });

export async function postponeOperation(
  { app, due }: Connections,
  workspaceId: string,
  id: string,
  nextAt: Date,
  state: 'running' | 'checking',
): Promise<void> {
  await app([workspaceId], (sql) =>
    sql.run(
      `UPDATE operation SET next_at = $3, state = $4 WHERE workspace = $1 AND id = $2 AND ${OPEN}`,
      workspaceId,
      id,
      nextAt.toISOString(),
      state,
    ),
  );
  due(nextAt);
}

export const claimOperations = (
  { claim }: Connections,
  now: Date,
  limit: number,
  leaseMs: number,
): Promise<OperationRow[]> =>
  claim(
    (sql) =>
      sql.all(
        `WITH due AS MATERIALIZED (
           SELECT workspace, id FROM operation WHERE ${OPEN} AND next_at <= $2 ORDER BY next_at LIMIT $3
           FOR UPDATE SKIP LOCKED
         ) UPDATE operation o SET next_at = $1, attempts = attempts + 1 FROM due
         WHERE o.workspace = due.workspace AND o.id = due.id RETURNING o.workspace, o.id`,
        leaseFrom(now, leaseMs),
        now.toISOString(),
        limit,
      ),
    async (sql, taken) => {
      const rows = await sql.all(
        `SELECT operation.* FROM operation JOIN unnest($1::text[], $2::text[]) AS taken(workspace, id)
         USING (workspace, id) ORDER BY started_at`,
        taken.map((row) => row['workspace']),
        taken.map((row) => row['id']),
      );
      return rows.map(toOperation);
    },
  );

export const findOperation = (
  { app }: Connections,
  workspaceId: string,
  id: string,
): Promise<OperationRow | undefined> => app([workspaceId], (sql) => find(sql, workspaceId, id));

export const unfinishedOperations = (
  { app }: Connections,
  workspaceId: string,
  record: string,
): Promise<OperationRow[]> =>
  app([workspaceId], async (sql) => {
    const rows = await sql.all(
      `SELECT * FROM operation WHERE workspace = $1 AND record = $2 AND ${OPEN} ORDER BY started_at`,
      workspaceId,
      record,
    );
    return rows.map(toOperation);
  });

export const audit = ({ app }: Connections, row: AuditRow): Promise<void> =>
  app([row.workspaceId], (sql) => insertAudit(sql, row));

async function insertAudit(sql: Sql, row: AuditRow): Promise<void> {
  await sql.run(
    `INSERT INTO audit (workspace, at, actor, action, operation, record, before, after)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
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
