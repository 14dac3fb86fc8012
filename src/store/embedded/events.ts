// Inbox rows: accept once, claim by lease, finish, postpone, ignore, bury.
import type { ClaimedEvent, IncomingEvent } from '../store.ts';
import { isErased } from './erased-workspaces.ts';
import { text, textOrNull, type Sql, type SqlRow } from './sql.ts';

export function accept(sql: Sql, events: IncomingEvent[]): boolean[] {
  return events.map((event) => {
    if (isErased(sql, event.workspaceId)) return false;
    const id = sql.get(
      `INSERT INTO inbox (source, dedupe_key, kind, workspace, account, received_at, state, reason, next_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, dedupe_key) DO NOTHING RETURNING id`,
      event.source,
      event.dedupeKey,
      event.kind,
      event.workspaceId,
      event.account,
      event.receivedAt,
      event.state,
      event.reason,
      event.receivedAt,
    )?.['id'];
    if (id === undefined) return false;
    sql.run(
      'INSERT INTO body (id, received_at, raw) VALUES (?, ?, ?)',
      Number(id),
      event.receivedAt,
      event.raw,
    );
    return true;
  });
}

export function claimEvents(sql: Sql, now: Date, limit: number, leaseMs: number): ClaimedEvent[] {
  const rows = sql.all(
    `UPDATE inbox SET next_at = ?, attempts = attempts + 1, unfinished = unfinished + 1
     WHERE id IN (SELECT value FROM json_each(?)) RETURNING *`,
    new Date(now.getTime() + leaseMs).toISOString(),
    JSON.stringify(dueIds(sql, now.toISOString(), limit)),
  );
  rows.sort((a, b) => Number(a['id']) - Number(b['id']));
  return rows.map((row) => claimed(row, sql.get('SELECT raw FROM body WHERE id = ?', Number(row['id']))));
}

/** Every workspace that waits has an equal part; what some leave of theirs goes to the others, longest waiting first. */
function dueIds(sql: Sql, at: string, limit: number): number[] {
  const waiting = sql
    .all(DUE_WORKSPACES)
    .map((row) => ({ workspace: text(row['workspace']), since: text(row['since']) }))
    .filter(({ since }) => since <= at)
    .sort((a, b) => (a.since < b.since ? -1 : 1))
    .slice(0, limit);
  const part = Math.ceil(limit / Math.max(1, waiting.length));
  const first = waiting.map(({ workspace }) => ({ workspace, ids: dueOf(sql, workspace, at, part) }));
  let left = limit - first.reduce((sum, { ids }) => sum + ids.length, 0);
  const taken = first.flatMap(({ workspace, ids }) => {
    if (ids.length < part || left <= 0) return ids;
    const more = dueOf(sql, workspace, at, part + left);
    left -= more.length - ids.length;
    return more;
  });
  return taken.slice(0, limit);
}

/** One step along the index for each workspace, however much waits in it. */
const DUE_WORKSPACES = `
  WITH RECURSIVE who(workspace) AS (
    SELECT min(workspace) FROM inbox WHERE state = 'waiting'
    UNION ALL
    SELECT (SELECT min(workspace) FROM inbox WHERE state = 'waiting' AND workspace > who.workspace) FROM who
      WHERE workspace IS NOT NULL
  ) SELECT workspace, (SELECT min(next_at) FROM inbox WHERE state = 'waiting' AND inbox.workspace = who.workspace) AS since
    FROM who WHERE workspace IS NOT NULL`;

const dueOf = (sql: Sql, workspace: string, at: string, most: number): number[] =>
  sql
    .all(
      `SELECT id FROM inbox WHERE state = 'waiting' AND workspace = ? AND next_at <= ? ORDER BY next_at, id LIMIT ?`,
      workspace,
      at,
      most,
    )
    .map((row) => Number(row['id']));

function claimed(row: SqlRow, body: SqlRow | undefined): ClaimedEvent {
  return {
    id: Number(row['id']),
    attempts: Number(row['attempts']),
    unfinished: Number(row['unfinished']),
    source: text(row['source']),
    dedupeKey: text(row['dedupe_key']),
    kind: text(row['kind']),
    workspaceId: text(row['workspace']),
    account: text(row['account']),
    receivedAt: text(row['received_at']),
    state: 'waiting',
    reason: textOrNull(row['reason']),
    raw: (body?.['raw'] as Uint8Array | undefined) ?? new Uint8Array(),
  };
}

export function finishEvents(sql: Sql, ids: readonly number[]): void {
  sql.run(
    `UPDATE inbox SET state = 'done', reason = NULL WHERE id IN (SELECT value FROM json_each(?))`,
    JSON.stringify(ids),
  );
}

/** Whoever held an expired lease may no longer say anything about an event that is done. */
export function postponeEvent(sql: Sql, id: number, nextAt: Date, reason: string): void {
  sql.run(
    `UPDATE inbox SET next_at = ?, reason = ?, unfinished = 0 WHERE id = ? AND state = 'waiting'`,
    nextAt.toISOString(),
    reason,
    id,
  );
}

export function buryEvent(sql: Sql, id: number, reason: string, at: Date): void {
  sql.run(
    `UPDATE inbox SET state = 'dead', reason = ?, next_at = ? WHERE id = ? AND state = 'waiting'`,
    reason,
    at.toISOString(),
    id,
  );
}

export function ignoreEvent(sql: Sql, id: number, reason: string): void {
  sql.run(`UPDATE inbox SET state = 'ignored', reason = ? WHERE id = ? AND state = 'waiting'`, reason, id);
}

/** A body that is still needed is kept, however old. */
export const eraseBodies = (sql: Sql, before: Date): number =>
  sql.run(
    `DELETE FROM body WHERE received_at < ? AND id IN (SELECT id FROM inbox WHERE state IN ('done', 'ignored'))`,
    before.toISOString(),
  );

/** Ids rise as events arrive, so that the walk ends at the first one that is young enough. */
export const forgetEvents = (sql: Sql, before: Date, limit: number): number =>
  sql.run(
    `DELETE FROM inbox WHERE id IN (SELECT id FROM inbox
       WHERE id < coalesce((SELECT id FROM inbox WHERE received_at >= ? ORDER BY id LIMIT 1), 9e18) AND state IN ('done', 'ignored')
         AND received_at < ? AND NOT EXISTS (SELECT 1 FROM body WHERE body.id = inbox.id)
       ORDER BY id LIMIT ?)`,
    before.toISOString(),
    before.toISOString(),
    limit,
  );
