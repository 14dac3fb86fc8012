// What is offered to the outbox: the desired state of each record, by commits, anew, or sooner than it had to be.
import type { DesiredState } from '../../records/desired-state.ts';
import type { Commit, StoredState } from '../store.ts';
import type { Connections, Sql } from './connections.ts';
import { SEVERAL } from './deliveries.ts';
import { columns, instantOrNull, lastOf, parse, text } from './values.ts';

/**
 * A newer desired state replaces a waiting one; one that says what the CRM already says ends the wait. News of what history
 * left is new, also where it says the same.
 * @returns how many records there are now to deliver that there were not before
 */
export async function offerDesired(
  sql: Sql,
  { workspaceId, desired, at, finish, history = false }: Commit<unknown>,
): Promise<number> {
  if (desired.length === 0) return 0;
  const rows = await sql.all(
    `INSERT INTO outbox AS o (workspace, next_at, history, key, installation, desired, digest)
     SELECT $1::text, coalesce(due_at, $2::timestamptz), $3::boolean, key, installation, desired, digest
     FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
       AS offer(key, installation, desired, digest, due_at) ORDER BY key
     ON CONFLICT (key) DO UPDATE SET desired = excluded.desired, digest = excluded.digest,
       generation = o.generation + 1, attempts = 0, reason = NULL,
       next_at = CASE WHEN o.in_flight THEN o.next_at WHEN o.state = 'waiting' THEN least(o.next_at, excluded.next_at)
         ELSE excluded.next_at END,
       history = excluded.history AND (o.history OR o.state <> 'waiting'),
       state = CASE WHEN NOT o.in_flight AND excluded.digest = o.delivered_digest
         AND (o.doubt_until IS NULL OR o.doubt_digest = excluded.digest) THEN 'done' ELSE 'waiting' END
     WHERE o.digest <> excluded.digest OR ($9::boolean AND o.state = 'waiting' AND o.history)
     RETURNING state`,
    workspaceId,
    at,
    history,
    ...columns(
      lastOf(desired, ({ key }) => key),
      (offer) => offer.key,
      ({ state }) => ('record' in state ? state.record.installationId : state.installationId),
      (offer) => JSON.stringify(offer.state),
      (offer) => offer.digest,
      (offer) => offer.dueAt ?? null,
    ),
    !history && finish.events.length > 0,
  );
  return rows.filter((row) => row['state'] === 'waiting').length;
}

/** One that is in doubt waits for the end of its doubt. */
export async function endWait(
  { claimer, due }: Connections,
  installationIds: string[],
  at: Date,
  limit: number,
): Promise<number> {
  const count = await claimer((sql) =>
    sql.run(
      `WITH held AS MATERIALIZED (
         SELECT key FROM outbox WHERE state = 'waiting' AND installation = ANY ($2::text[]) AND history AND next_at > $1
           AND NOT in_flight AND attempts = 0 AND doubt_until IS NULL LIMIT $3 FOR UPDATE SKIP LOCKED
       ) UPDATE outbox SET next_at = $1 FROM held WHERE outbox.key = held.key`,
      at.toISOString(),
      installationIds,
      limit,
    ),
  );
  if (count > 0) due(at);
  return count;
}

export const desiredAfter = (
  { app }: Connections,
  workspaceId: string,
  after: string,
  limit: number,
): Promise<StoredState[]> =>
  app([workspaceId], async (sql) => {
    const rows = await sql.all(
      `SELECT key, desired, generation, state, digest, delivered_digest, kept_since FROM outbox
       WHERE workspace = $1 AND key > $2 ORDER BY key LIMIT $3`,
      workspaceId,
      after,
      limit,
    );
    return rows.map((row) => ({
      key: text(row['key']),
      desired: parse<DesiredState>(row['desired']),
      generation: Number(row['generation']),
      settled: row['state'] === 'done',
      written: row['delivered_digest'] === row['digest'],
      keptSince: instantOrNull(row['kept_since']),
    }));
  });

/** A new generation of the same state. One that is in flight keeps its lease: never two deliveries of a record at once. */
export async function offerAgain(
  { app, due }: Connections,
  workspaceId: string,
  keys: string[],
  at: Date,
): Promise<number> {
  const offered = await app([workspaceId], (sql) =>
    sql.run(
      `UPDATE outbox SET generation = generation + 1, renewed = generation + 1, delivered_digest = NULL, attempts = 0,
         reason = NULL, next_at = CASE WHEN in_flight THEN next_at ELSE least(next_at, $2) END, state = 'waiting',
         doubt_digest = CASE WHEN doubt_until IS NOT NULL THEN '${SEVERAL}' END
       WHERE workspace = $1 AND key = ANY ($3::text[])`,
      workspaceId,
      at.toISOString(),
      keys,
    ),
  );
  if (offered > 0) due(at);
  return offered;
}

/** Desired states go where their installation goes. */
export const moveDeliveries = (sql: Sql, installationId: string, workspaceId: string): Promise<number> =>
  sql.run('UPDATE outbox SET workspace = $2 WHERE installation = $1', installationId, workspaceId);
