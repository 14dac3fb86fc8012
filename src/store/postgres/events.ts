// Inbox rows: accept once, claim by lease, finish, postpone, ignore, bury.
import type { ClaimedEvent, IncomingEvent } from '../store.ts';
import type { Connections, Sql, SqlRow } from './connections.ts';
import { grouped } from './grouped.ts';
import { columns, instant, leaseFrom, text, textOrNull } from './values.ts';

export const accepting = ({ door, due }: Connections) =>
  grouped(async (calls: IncomingEvent[][]): Promise<boolean[][]> => {
    const events = calls.flat();
    if (events.length === 0) return calls.map(() => []);
    const rows = await door(ACCEPT, ...columns(events, ...EVENT_COLUMNS));
    if (rows.length > 0) due(new Date());
    const isNew = new Set(rows.map((row) => Number(row['position']) - 1));
    let first = 0;
    return calls.map((call) => {
      const answers = call.map((_, index) => isNew.has(first + index));
      first += call.length;
      return answers;
    });
  });

const EVENT_COLUMNS: readonly ((event: IncomingEvent) => unknown)[] = [
  (event) => event.source,
  (event) => event.dedupeKey,
  (event) => event.kind,
  (event) => event.workspaceId,
  (event) => event.account,
  (event) => event.receivedAt,
  (event) => event.state,
  (event) => event.reason,
  (event) => event.raw,
];

/** Ids are drawn first, so that nothing but an id is ever read back. */
const ACCEPT = `
  WITH sent AS MATERIALIZED (
    SELECT nextval('inbox_id') AS id, e.* FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
      $6::timestamptz[], $7::text[], $8::text[], $9::bytea[]) WITH ORDINALITY
      AS e(source, dedupe_key, kind, workspace, account, received_at, state, reason, raw, position)
  ), kept AS (
    INSERT INTO inbox (id, source, dedupe_key, kind, workspace, account, received_at, state, reason, next_at)
    SELECT id, source, dedupe_key, kind, workspace, account, received_at, state, reason, received_at
      FROM sent WHERE NOT EXISTS (SELECT FROM erased_workspace e WHERE e.workspace = sent.workspace) ORDER BY position
    ON CONFLICT DO NOTHING RETURNING id
  ), bodies AS (
    INSERT INTO body (id, workspace, received_at, raw)
    SELECT id, workspace, received_at, raw FROM sent JOIN kept USING (id)
  )
  SELECT position FROM sent JOIN kept USING (id)`;

/**
 * Every workspace that waits has an equal part, found by one step along the index for each; what some leave of theirs goes
 * to what waits longest.
 */
const CLAIM = `
  WITH RECURSIVE who(workspace) AS (
    (SELECT workspace FROM inbox WHERE state = 'waiting' ORDER BY workspace LIMIT 1)
    UNION ALL
    SELECT (SELECT i.workspace FROM inbox i WHERE i.state = 'waiting' AND i.workspace > who.workspace
      ORDER BY i.workspace LIMIT 1) FROM who WHERE who.workspace IS NOT NULL
  ), tenant AS MATERIALIZED (
    SELECT who.workspace, first.next_at FROM who CROSS JOIN LATERAL (
      SELECT next_at FROM inbox WHERE state = 'waiting' AND inbox.workspace = who.workspace AND next_at <= $2
      ORDER BY next_at LIMIT 1
    ) first ORDER BY first.next_at LIMIT $3
  ), part AS MATERIALIZED (
    SELECT mine.id FROM tenant CROSS JOIN LATERAL (
      SELECT id FROM inbox WHERE state = 'waiting' AND inbox.workspace = tenant.workspace AND next_at <= $2
      ORDER BY next_at, id LIMIT greatest(1, $3 / (SELECT count(*) FROM tenant)) FOR UPDATE SKIP LOCKED
    ) mine
  ), rest AS MATERIALIZED (
    SELECT id FROM inbox WHERE state = 'waiting' AND next_at <= $2 AND NOT EXISTS (SELECT 1 FROM part WHERE part.id = inbox.id)
    ORDER BY next_at, id LIMIT $3 - (SELECT count(*) FROM part) FOR UPDATE SKIP LOCKED
  ), due AS (SELECT id FROM part UNION ALL SELECT id FROM rest)
  UPDATE inbox SET next_at = $1, attempts = attempts + 1, unfinished = unfinished + 1 FROM due
  WHERE inbox.id = due.id RETURNING inbox.id, workspace`;

/** Materialized, here and in every claim: the server may run a part that locks and limits once for each row otherwise. */
export const claimEvents = (
  { claim }: Connections,
  now: Date,
  limit: number,
  leaseMs: number,
): Promise<ClaimedEvent[]> =>
  claim(
    (sql) => sql.all(CLAIM, leaseFrom(now, leaseMs), now.toISOString(), limit),
    async (sql, taken) => {
      const rows = await sql.all(
        `SELECT inbox.*, body.raw FROM inbox LEFT JOIN body USING (id) WHERE inbox.id = ANY ($1::bigint[]) ORDER BY id`,
        taken.map((row) => row['id']),
      );
      return rows.map(claimed);
    },
  );

const claimed = (row: SqlRow): ClaimedEvent => ({
  id: Number(row['id']),
  attempts: Number(row['attempts']),
  unfinished: Number(row['unfinished']),
  source: text(row['source']),
  dedupeKey: text(row['dedupe_key']),
  kind: text(row['kind']),
  workspaceId: text(row['workspace']),
  account: text(row['account']),
  receivedAt: instant(row['received_at']),
  state: 'waiting',
  reason: textOrNull(row['reason']),
  raw: (row['raw'] as Uint8Array | null) ?? new Uint8Array(),
});

export const finishEvents = (sql: Sql, ids: readonly number[]): Promise<number> =>
  sql.run(
    `WITH held AS MATERIALIZED (SELECT id FROM inbox WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE)
     UPDATE inbox SET state = 'done', reason = NULL FROM held WHERE inbox.id = held.id`,
    ids,
  );

/** Whoever held an expired lease may no longer say anything about an event that is done. */
export async function postponeEvent(
  { claimer, due }: Connections,
  id: number,
  nextAt: Date,
  reason: string,
): Promise<void> {
  await claimer((sql) =>
    sql.run(
      `UPDATE inbox SET next_at = $2, reason = $3, unfinished = 0 WHERE id = $1 AND state = 'waiting'`,
      id,
      nextAt.toISOString(),
      reason,
    ),
  );
  due(nextAt);
}

export async function buryEvent(
  { claimer }: Connections,
  id: number,
  reason: string,
  at: Date,
): Promise<void> {
  await claimer((sql) =>
    sql.run(
      `UPDATE inbox SET state = 'dead', reason = $2, next_at = $3 WHERE id = $1 AND state = 'waiting'`,
      id,
      reason,
      at.toISOString(),
    ),
  );
}

export async function ignoreEvent({ claimer }: Connections, id: number, reason: string): Promise<void> {
  await claimer((sql) =>
    sql.run(
      `UPDATE inbox SET state = 'ignored', reason = $2 WHERE id = $1 AND state = 'waiting'`,
      id,
      reason,
    ),
  );
}

/** Of a `bigint`. */
const LAST_ID = '9223372036854775807';

/** So many at once that a statement stays short. */
const ERASED_AT_ONCE = 5_000;

/** A body that is still needed is kept, however old. */
export async function eraseBodies({ claimer }: Connections, before: Date): Promise<number> {
  for (let erased = 0; ;) {
    const count = await claimer((sql) =>
      sql.run(
        `WITH old AS MATERIALIZED (
           SELECT body.id FROM body JOIN inbox USING (id)
           WHERE body.received_at < $1 AND inbox.state IN ('done', 'ignored') LIMIT $2
         ) DELETE FROM body USING old WHERE body.id = old.id`,
        before.toISOString(),
        ERASED_AT_ONCE,
      ),
    );
    erased += count;
    if (count < ERASED_AT_ONCE) return erased;
  }
}

/** Ids rise as events arrive, so that the walk ends at the first one that is young enough. */
export const forgetEvents = ({ claimer }: Connections, before: Date, limit: number): Promise<number> =>
  claimer((sql) =>
    sql.run(
      `WITH old AS MATERIALIZED (
         SELECT id FROM inbox
         WHERE id < coalesce((SELECT id FROM inbox WHERE received_at >= $1 ORDER BY id LIMIT 1), ${LAST_ID})
           AND state IN ('done', 'ignored') AND received_at < $1
           AND NOT EXISTS (SELECT 1 FROM body WHERE body.id = inbox.id)
         ORDER BY id LIMIT $2
       ) DELETE FROM inbox USING old WHERE inbox.id = old.id`,
      before.toISOString(),
      limit,
    ),
  );
