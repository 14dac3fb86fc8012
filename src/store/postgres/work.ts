// Work rows: what one room leaves for another, one row a key, claimed by lease.
import type { ClaimedWork, WorkItem, WorkKind } from '../store.ts';
import type { Connections, Sql, SqlRow } from './connections.ts';
import { AT_ONCE, columns, instant, leaseFrom, parse, text } from './values.ts';

export async function addWork({ app, due }: Connections, items: WorkItem[]): Promise<void> {
  await app(workspacesOf(items), (sql) => insertWork(sql, items));
  due(...items.map(({ nextAt }) => nextAt));
}

const workspacesOf = (items: readonly WorkItem[]): string[] => [
  ...new Set(items.map(({ workspaceId }) => workspaceId)),
];

/** A key that already waits is left alone; one in progress is done once more afterwards. */
export async function insertWork(sql: Sql, items: WorkItem[]): Promise<void> {
  const unique = onceEach(items);
  if (unique.length === 0) return;
  await sql.run(
    `INSERT INTO work AS w (workspace, kind, key, payload, next_at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
       AS item(workspace, kind, key, payload, next_at) ORDER BY workspace, kind, key
     ON CONFLICT (workspace, kind, key) DO UPDATE SET
       again = (w.leased AND w.state = 'waiting') OR w.again,
       state = 'waiting',
       next_at = CASE WHEN w.leased AND w.state = 'waiting' THEN w.next_at ELSE least(w.next_at, excluded.next_at) END,
       payload = CASE WHEN w.state = 'waiting' THEN w.payload ELSE excluded.payload END,
       attempts = CASE WHEN w.state = 'waiting' THEN w.attempts ELSE 0 END`,
    ...columns(
      unique,
      (item) => item.workspaceId,
      (item) => item.kind,
      (item) => item.key,
      (item) => JSON.stringify(item.payload),
      (item) => item.nextAt,
    ),
  );
}

/** As if they had come one after the other: the first says what to do, the earliest when. */
function onceEach(items: readonly WorkItem[]): WorkItem[] {
  const byKey = new Map<string, WorkItem>();
  for (const item of items) {
    const name = JSON.stringify([item.workspaceId, item.kind, item.key]);
    const known = byKey.get(name);
    byKey.set(name, known && known.nextAt <= item.nextAt ? known : { ...item, ...keptOf(known) });
  }
  return [...byKey.values()];
}

const keptOf = (known: WorkItem | undefined): Partial<WorkItem> => (known ? { payload: known.payload } : {});

export const claimWork = (
  { claim }: Connections,
  kinds: WorkKind[],
  now: Date,
  limit: number,
  leaseMs: number,
): Promise<ClaimedWork[]> =>
  claim(
    (sql) =>
      sql.all(
        `WITH due AS MATERIALIZED (
           SELECT id FROM work WHERE state = 'waiting' AND kind = ANY ($2::text[]) AND next_at <= $3
           ORDER BY next_at, id LIMIT $4 FOR UPDATE SKIP LOCKED
         ) UPDATE work SET next_at = $1, attempts = attempts + 1, leased = true FROM due WHERE work.id = due.id
         RETURNING work.id, workspace`,
        leaseFrom(now, leaseMs),
        kinds,
        now.toISOString(),
        limit,
      ),
    async (sql, taken) => {
      const ids = taken.map((row) => row['id']);
      const rows = await sql.all('SELECT * FROM work WHERE id = ANY ($1::bigint[]) ORDER BY id', ids);
      return rows.map((row) => ({
        id: Number(row['id']),
        attempts: Number(row['attempts']),
        ...toItem(row),
      }));
    },
  );

const toItem = (row: SqlRow): WorkItem => ({
  workspaceId: text(row['workspace']),
  kind: text(row['kind']) as WorkKind,
  key: text(row['key']),
  payload: parse(row['payload']),
  nextAt: instant(row['next_at']),
});

export async function finishWork({ claimer, due }: Connections, id: number): Promise<void> {
  const again = await claimer((sql) => endWork(sql, [id]));
  if (again > 0) due(new Date());
}

/** Asked for meanwhile, it is due again at once. @returns how many are */
export async function endWork(sql: Sql, ids: readonly number[]): Promise<number> {
  const ended = await sql.run('DELETE FROM work WHERE id = ANY ($1::bigint[]) AND NOT again', ids);
  if (ended === ids.length) return 0;
  return sql.run(
    `UPDATE work SET again = false, leased = false, attempts = 0, next_at = ${AT_ONCE}
     WHERE id = ANY ($1::bigint[]) AND again`,
    ids,
  );
}

export async function postponeWork(
  { claimer, due }: Connections,
  id: number,
  nextAt: Date,
  reason: string,
  payload?: Record<string, unknown>,
): Promise<void> {
  const more = payload ? ', payload = $4, attempts = 0' : '';
  const [row] = await claimer((sql) =>
    sql.all(
      `UPDATE work SET next_at = CASE WHEN again THEN ${AT_ONCE} ELSE $2 END, again = false, reason = $3,
         leased = false ${more} WHERE id = $1 RETURNING next_at`,
      id,
      nextAt.toISOString(),
      reason,
      ...(payload ? [JSON.stringify(payload)] : []),
    ),
  );
  if (row) due(instant(row['next_at']));
}

export async function buryWork(
  { claimer }: Connections,
  id: number,
  reason: string,
  at: Date,
): Promise<void> {
  await claimer((sql) =>
    sql.run(
      `UPDATE work SET state = 'dead', leased = false, reason = $2, next_at = $3 WHERE id = $1`,
      id,
      reason,
      at.toISOString(),
    ),
  );
}

export const waitingWork = ({ app }: Connections, workspaceId: string, kind: WorkKind): Promise<WorkItem[]> =>
  app([workspaceId], async (sql) => {
    const rows = await sql.all(
      `SELECT * FROM work WHERE workspace = $1 AND kind = $2 AND state = 'waiting' AND NOT leased ORDER BY id`,
      workspaceId,
      kind,
    );
    return rows.map(toItem);
  });
