// The commit: facts, rows, desired states and finished claims at once, or nothing over rows that changed meanwhile.
import { createHash } from 'node:crypto';
import { canonical } from '../../canonical-json.ts';
import type { Row } from '../../ledger/facts.ts';
import type { Commit, CommitOutcome, RowName } from '../store.ts';
import type { Connections, Sql } from './connections.ts';
import { offerDesired } from './offers.ts';
import { finishEvents } from './events.ts';
import { versionsOf } from './ledger.ts';
import { columns, lastOf } from './values.ts';
import { endWork, insertWork } from './work.ts';

export async function commit(connections: Connections, wish: Commit<unknown>): Promise<CommitOutcome> {
  const workspaces = [wish.workspaceId, ...wish.work.map(({ workspaceId }) => workspaceId)];
  const outcome = await connections.app(workspaces, (sql) => commitIn(sql, wish));
  if (!outcome.committed) return outcome;
  connections.due(...wish.work.map(({ nextAt }) => nextAt), ...(outcome.changedRecords > 0 ? [wish.at] : []));
  return outcome;
}

async function commitIn(sql: Sql, wish: Commit<unknown>): Promise<CommitOutcome> {
  // One commit of a workspace after the other: a scope that nobody has changed yet has no row to lock.
  await sql.all(
    `SELECT pg_advisory_xact_lock(hashtextextended('payside commit ' || $1, 0))`,
    wish.workspaceId,
  );
  const current = await versionsOf(sql, wish.workspaceId, Object.keys(wish.versions));
  const isStale = Object.entries(wish.versions).some(([scope, version]) => current[scope] !== version);
  if (isStale) return { committed: false, reason: 'stale' };
  const newFacts = await insertFacts(sql, wish);
  await saveRows(sql, wish);
  await raiseScopes(sql, wish);
  await savePersonal(sql, wish);
  const changedRecords = await offerDesired(sql, wish);
  if (wish.finish.events.length > 0) await finishEvents(sql, wish.finish.events);
  if (wish.finish.work.length > 0) await endWork(sql, wish.finish.work);
  await insertWork(sql, wish.work);
  return { committed: true, newFacts, changedRecords };
}

async function insertFacts(sql: Sql, { workspaceId, facts, at }: Commit<unknown>): Promise<number> {
  if (facts.length === 0) return 0;
  const statements = facts.map(canonical);
  return sql.run(
    `INSERT INTO fact (workspace, digest, fact, at)
     SELECT $1::text, digest, fact, $2::timestamptz FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS said(digest, fact, position)
     ORDER BY position ON CONFLICT (workspace, digest) DO NOTHING`,
    workspaceId,
    at,
    statements.map((statement) => createHash('sha256').update(statement).digest('base64')),
    statements,
  );
}

async function saveRows(sql: Sql, { workspaceId, rows, gone = [] }: Commit<unknown>): Promise<void> {
  if (gone.length > 0) await dropRows(sql, workspaceId, gone);
  if (rows.length === 0) return;
  await sql.run(
    `INSERT INTO ledger_row (workspace, entity, account, id, owner, parent, record, open_due_at, aspects)
     SELECT $1::text, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::timestamptz[], $9::text[])
     ON CONFLICT (workspace, id, entity, account) DO UPDATE SET owner = excluded.owner, parent = excluded.parent,
       record = excluded.record, open_due_at = excluded.open_due_at, aspects = excluded.aspects`,
    workspaceId,
    ...columns(
      lastOf(rows, ({ entity, account, id }) => JSON.stringify([entity, account, id])),
      (row) => row.entity,
      (row) => row.account,
      (row) => row.id,
      (row) => row.owner,
      (row) => row.parent,
      (row) => row.record,
      openDueAt,
      (row) => JSON.stringify(row.aspects),
    ),
  );
}

async function raiseScopes(sql: Sql, { workspaceId, scopes }: Commit<unknown>): Promise<void> {
  if (scopes.length === 0) return;
  await sql.run(
    `INSERT INTO scope AS s (workspace, scope, version) SELECT $1::text, name, 1 FROM unnest($2::text[]) AS name
     ON CONFLICT (workspace, scope) DO UPDATE SET version = s.version + 1`,
    workspaceId,
    [...new Set(scopes)],
  );
}

const dropRows = (sql: Sql, workspaceId: string, gone: RowName[]): Promise<number> =>
  sql.run(
    `DELETE FROM ledger_row USING unnest($2::text[], $3::text[], $4::text[]) AS gone(id, entity, account)
     WHERE workspace = $1 AND ledger_row.id = gone.id AND ledger_row.entity = gone.entity AND ledger_row.account = gone.account`,
    workspaceId,
    ...columns(
      gone,
      ({ id }) => id,
      ({ entity }) => entity,
      ({ account }) => account,
    ),
  );

/** When an open invoice is due: the only part of a row that is searched by. */
export function openDueAt({ entity, aspects }: Pick<Row, 'entity' | 'aspects'>): string | null {
  if (entity !== 'invoice') return null;
  const { status, dueAt } = (aspects['invoice']?.body ?? {}) as { status?: string; dueAt?: string | null };
  return status === 'open' ? (dueAt ?? null) : null;
}

/** An older fetch never overwrites what a newer one brought. */
async function savePersonal(sql: Sql, { workspaceId, personal }: Commit<unknown>): Promise<void> {
  if (personal.length === 0) return;
  const inOrder = personal.toSorted((a, b) => a.number - b.number);
  await sql.run(
    `INSERT INTO person AS p (workspace, account, customer, number, personal)
     SELECT $1::text, * FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[])
     ON CONFLICT (workspace, customer, account) DO UPDATE SET number = excluded.number, personal = excluded.personal
     WHERE excluded.number >= p.number`,
    workspaceId,
    ...columns(
      lastOf(inOrder, ({ account, customerId }) => JSON.stringify([account, customerId])),
      (one) => one.account,
      (one) => one.customerId,
      (one) => one.number,
      (one) => JSON.stringify(one.personal),
    ),
  );
}
