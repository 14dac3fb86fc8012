// Outbox rows: the latest desired state of each record, at most one delivery of a record in flight.
import type { DesiredState } from '../../records/desired-state.ts';
import { LATE_MS, type ClaimedDelivery, type Commit, type DeliveriesOf, type Unanswered } from '../store.ts';
import type { Connections, Sql } from './connections.ts';
import { AT_ONCE, columns, instant, lastOf, leaseFrom, parse, text } from './values.ts';

/**
 * In doubt (`doubt_until`) is a record whose last try was not answered. `doubt_digest` is what that try said, and empty
 * where there were several or nobody knows: one that says the same as what is delivered harms nothing when it lands late.
 */
const SEVERAL = '';

/**
 * A newer desired state replaces a waiting one; one that says what the CRM already says ends the wait.
 * @returns how many records there are now to deliver that there were not before
 */
export async function offerDesired(
  sql: Sql,
  { workspaceId, desired, at, history = false }: Commit<unknown>,
): Promise<number> {
  if (desired.length === 0) return 0;
  const rows = await sql.all(
    `INSERT INTO outbox AS o (workspace, next_at, history, key, installation, desired, digest)
     SELECT $1::text, $2::timestamptz, $3::boolean, offer.* FROM unnest($4::text[], $5::text[], $6::text[], $7::text[])
       AS offer(key, installation, desired, digest) ORDER BY key
     ON CONFLICT (key) DO UPDATE SET desired = excluded.desired, digest = excluded.digest,
       generation = o.generation + 1, attempts = 0, reason = NULL,
       next_at = CASE WHEN o.in_flight THEN o.next_at ELSE least(o.next_at, excluded.next_at) END,
       history = excluded.history AND (o.history OR o.state <> 'waiting'),
       state = CASE WHEN NOT o.in_flight AND excluded.digest = o.delivered_digest
         AND (o.doubt_until IS NULL OR o.doubt_digest = excluded.digest) THEN 'done' ELSE 'waiting' END
     WHERE o.digest <> excluded.digest
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
    ),
  );
  return rows.filter((row) => row['state'] === 'waiting').length;
}

export const installationsDue = ({ claimer }: Connections, now: Date): Promise<string[]> =>
  claimer(async (sql) => {
    const rows = await sql.all(
      `SELECT DISTINCT installation FROM outbox WHERE state = 'waiting' AND next_at <= $1`,
      now.toISOString(),
    );
    return rows.map((row) => text(row['installation']));
  });

/** Once a doubt is over, only what was written in the middle of it has to be looked at. */
const IN_DOUBT = `(due.in_flight OR (due.doubt_digest <> due.digest
  AND (due.doubt_until > $3 OR due.delivered_digest IS NOT DISTINCT FROM due.digest)))`;

/** A lease that ran out is a try without an answer; a doubt that is over is not carried on. */
export const claimDeliveries = (
  { claim }: Connections,
  of: DeliveriesOf,
  now: Date,
  limit: number,
  leaseMs: number,
): Promise<ClaimedDelivery[]> =>
  claim(
    (sql) =>
      sql.all(
        `WITH due AS MATERIALIZED (
           SELECT key, digest, delivered_digest, in_flight, doubt_until, doubt_digest FROM outbox
           WHERE installation = $2 ${laneOf(of)} AND state = 'waiting' AND next_at <= $3 ORDER BY next_at LIMIT $4
           FOR UPDATE SKIP LOCKED
         ) UPDATE outbox SET next_at = $1, attempts = attempts + 1, in_flight = true,
           doubt_until = CASE WHEN due.in_flight THEN $5 WHEN due.doubt_until > $3 THEN due.doubt_until END,
           doubt_digest = CASE WHEN due.in_flight THEN '${SEVERAL}' WHEN due.doubt_until > $3 THEN due.doubt_digest END
         FROM due WHERE outbox.key = due.key RETURNING outbox.key, workspace, ${IN_DOUBT} AS read_back`,
        leaseFrom(now, leaseMs),
        typeof of === 'string' ? of : of.installationId,
        now.toISOString(),
        limit,
        lateAfter(now),
      ),
    async (sql, taken) => {
      const keys = taken.map((row) => row['key']);
      const inDoubt = new Set(taken.filter((row) => row['read_back'] === true).map((row) => row['key']));
      const rows = await sql.all('SELECT * FROM outbox WHERE key = ANY ($1::text[])', keys);
      return rows.map((row) => ({
        key: text(row['key']),
        installationId: text(row['installation']),
        workspaceId: text(row['workspace']),
        desired: parse<DesiredState>(row['desired']),
        digest: text(row['digest']),
        generation: Number(row['generation']),
        attempts: Number(row['attempts']),
        readBack: inDoubt.has(row['key']),
      }));
    },
  );

const laneOf = (of: DeliveriesOf): string =>
  typeof of === 'string' ? '' : `AND ${of.lane === 'history' ? '' : 'NOT '}history`;

const lateAfter = (at: Date): string => new Date(at.getTime() + LATE_MS).toISOString();

const IS_NEWEST = '(o.generation = d.generation OR (o.digest = d.digest AND o.renewed <= d.generation))';
const IS_SURE = '(o.doubt_until IS NULL OR o.doubt_digest = d.digest)';

/** Marks what the CRM says; a newer generation stays waiting and is due at once, if it says something else or was renewed. */
export async function delivered(
  { claimer, due }: Connections,
  done: { key: string; generation: number; digest: string }[],
): Promise<void> {
  if (done.length === 0) return;
  const rows = await claimer((sql) =>
    sql.all(
      `UPDATE outbox o SET delivered_digest = CASE WHEN o.renewed > d.generation THEN NULL ELSE d.digest END,
         in_flight = false, attempts = 0, reason = NULL,
         state = CASE WHEN ${IS_NEWEST} AND ${IS_SURE} THEN 'done' ELSE 'waiting' END,
         next_at = CASE WHEN NOT ${IS_NEWEST} THEN ${AT_ONCE} WHEN ${IS_SURE} THEN o.next_at ELSE o.doubt_until END
       FROM unnest($1::text[], $2::bigint[], $3::text[]) AS d(key, generation, digest)
       WHERE o.key = d.key RETURNING o.state, o.next_at`,
      ...columns(
        lastOf(done, ({ key }) => key),
        (one) => one.key,
        (one) => one.generation,
        (one) => one.digest,
      ),
    ),
  );
  due(...rows.filter((row) => row['state'] === 'waiting').map((row) => instant(row['next_at'])));
}

/** What the CRM says is not known until the next try. */
export async function postponeDelivery(
  { claimer, due }: Connections,
  key: string,
  nextAt: Date,
  reason: string,
  unanswered?: Unanswered,
): Promise<void> {
  const ended = 'next_at = $2, reason = $3, in_flight = false, delivered_digest = NULL';
  const more = unanswered ? [unanswered.digest, unanswered.generation, lateAfter(unanswered.at)] : [];
  await claimer((sql) =>
    sql.run(
      `UPDATE outbox SET ${ended}${unanswered ? `, ${UNANSWERED}` : ''} WHERE key = $1`,
      key,
      nextAt.toISOString(),
      reason,
      ...more,
    ),
  );
  due(nextAt);
}

const UNANSWERED = `doubt_until = $6, doubt_digest = CASE
  WHEN renewed <= $5 AND (doubt_until IS NULL OR doubt_digest = $4) THEN $4 ELSE '${SEVERAL}' END`;

export async function doubtDelivery({ claimer, due }: Connections, key: string, at: Date): Promise<void> {
  await claimer((sql) =>
    sql.run(
      `UPDATE outbox SET doubt_digest = '${SEVERAL}', doubt_until = $2, delivered_digest = NULL, state = 'waiting',
         next_at = CASE WHEN in_flight THEN next_at ELSE $3 END WHERE key = $1 AND state <> 'dead'`,
      key,
      lateAfter(at),
      at.toISOString(),
    ),
  );
  due(at);
}

/** Only the generation that was refused is buried; a newer one gets its own try. */
export async function buryDelivery(
  { claimer, due }: Connections,
  key: string,
  generation: number,
  reason: string,
  at: Date,
): Promise<void> {
  await claimer((sql) =>
    sql.run(
      `UPDATE outbox SET in_flight = false, delivered_digest = NULL, reason = $3, next_at = $4,
         state = CASE WHEN generation = $2 THEN 'dead' ELSE 'waiting' END WHERE key = $1`,
      key,
      generation,
      reason,
      at.toISOString(),
    ),
  );
  // A newer state may be waiting.
  due(at);
}

export async function releaseDeliveries({ claimer, due }: Connections, keys: string[]): Promise<void> {
  await claimer((sql) =>
    sql.run(
      `UPDATE outbox SET in_flight = false, next_at = ${AT_ONCE}, attempts = attempts - 1
       WHERE key = ANY ($1::text[])`,
      keys,
    ),
  );
  due(new Date());
}

export const dueDeliveries = (
  { claimer }: Connections,
  installationIds: string[],
  now: Date,
  limit: number,
): Promise<number> =>
  claimer(async (sql) => {
    const [row] = await sql.all(
      `SELECT count(*) AS n FROM (SELECT 1 FROM outbox WHERE state = 'waiting' AND installation = ANY ($1::text[])
         AND next_at <= $2 LIMIT $3) AS due`,
      installationIds,
      now.toISOString(),
      limit,
    );
    return Number(row?.['n']);
  });

export const desiredAfter = (
  { app }: Connections,
  workspaceId: string,
  after: string,
  limit: number,
): Promise<{ key: string; desired: DesiredState; settled: boolean }[]> =>
  app([workspaceId], async (sql) => {
    const rows = await sql.all(
      'SELECT key, desired, state FROM outbox WHERE workspace = $1 AND key > $2 ORDER BY key LIMIT $3',
      workspaceId,
      after,
      limit,
    );
    return rows.map((row) => ({
      key: text(row['key']),
      desired: parse<DesiredState>(row['desired']),
      settled: row['state'] === 'done',
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
