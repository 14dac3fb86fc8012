// Outbox rows: the latest desired state of each record, at most one delivery of a record in flight.
import type { DesiredState } from '../../records/desired-state.ts';
import {
  LATE_MS,
  type ClaimedDelivery,
  type DeliveriesOf,
  type DueDelivery,
  type Unanswered,
} from '../store.ts';
import type { Connections } from './connections.ts';
import { AT_ONCE, columns, instant, lastOf, leaseFrom, parse, text } from './values.ts';

/**
 * In doubt (`doubt_until`) is a record whose last try was not answered. `doubt_digest` is what that try said, and empty
 * where there were several or nobody knows: one that says the same as what is delivered harms nothing when it lands late.
 */
export const SEVERAL = '';

export const installationsDue = ({ claimer }: Connections, now: Date): Promise<string[]> =>
  claimer(async (sql) => {
    const rows = await sql.all(
      `SELECT DISTINCT installation FROM outbox WHERE state = 'waiting' AND next_at <= $1`,
      now.toISOString(),
    );
    return rows.map((row) => text(row['installation']));
  });

export const dueKeys = (
  { claimer }: Connections,
  of: DeliveriesOf,
  now: Date,
  limit: number,
): Promise<DueDelivery[]> =>
  claimer(async (sql) => {
    const rows = await sql.all(
      `SELECT key, next_at FROM outbox WHERE installation = $1 ${laneOf(of)} AND state = 'waiting' AND next_at <= $2
       ORDER BY next_at LIMIT $3`,
      installationOf(of),
      now.toISOString(),
      limit,
    );
    return rows.map((row) => ({ key: text(row['key']), since: instant(row['next_at']) }));
  });

const installationOf = (of: DeliveriesOf): string => (typeof of === 'string' ? of : of.installationId);

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
): Promise<ClaimedDelivery[]> => {
  const keys = typeof of === 'string' ? undefined : of.keys;
  return claim(
    (sql) =>
      sql.all(
        `WITH due AS MATERIALIZED (
           SELECT key, digest, delivered_digest, in_flight, doubt_until, doubt_digest FROM outbox
           WHERE installation = $2 ${laneOf(of)} ${keys ? 'AND key = ANY ($6::text[])' : ''} AND state = 'waiting'
             AND next_at <= $3 ORDER BY next_at LIMIT $4
           FOR UPDATE SKIP LOCKED
         ) UPDATE outbox SET next_at = $1, attempts = attempts + 1, in_flight = true,
           doubt_until = CASE WHEN due.in_flight THEN $5 WHEN due.doubt_until > $3 THEN due.doubt_until END,
           doubt_digest = CASE WHEN due.in_flight THEN '${SEVERAL}' WHEN due.doubt_until > $3 THEN due.doubt_digest END
         FROM due WHERE outbox.key = due.key RETURNING outbox.key, workspace, ${IN_DOUBT} AS read_back`,
        leaseFrom(now, leaseMs),
        installationOf(of),
        now.toISOString(),
        limit,
        lateAfter(now),
        ...(keys ? [keys] : []),
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
};

const laneOf = (of: DeliveriesOf): string =>
  typeof of === 'string' || !of.lane ? '' : `AND ${of.lane === 'history' ? '' : 'NOT '}history`;

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
         in_flight = false, attempts = 0, reason = NULL, kept_since = NULL,
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
