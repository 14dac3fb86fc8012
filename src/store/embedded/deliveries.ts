// Outbox rows: the latest desired state of each record, at most one delivery of a record in flight.
import type { DesiredState } from '../../records/desired-state.ts';
import {
  LATE_MS,
  type ClaimedDelivery,
  type DeliveriesOf,
  type DueDelivery,
  type StoredState,
  type Unanswered,
} from '../store.ts';
import { list, parse, text, textOrNull, type Sql, type SqlRow } from './sql.ts';
import type { WrittenState } from './written.ts';

/**
 * In doubt (`doubt_until`) is a record whose last try was not answered. `doubt_digest` is what that try said, and empty
 * where there were several or nobody knows: one that says the same as what is delivered harms nothing when it lands late.
 */
const SEVERAL = '';

type Offer = WrittenState & { workspaceId: string; at: string; history: boolean; isNews: boolean };

/**
 * A newer desired state replaces a waiting one; one that says what the CRM already says ends the wait. News of what history
 * left is new, also where it says the same.
 * @returns 1 when there is now something to deliver that was not before
 */
export function offerDesired(sql: Sql, offer: Offer): number {
  const { key, desired, dueAt = offer.at } = offer;
  const history = offer.history ? 1 : 0;
  const inserted = sql.run(
    `INSERT INTO outbox (key, workspace, installation, desired, digest, next_at, history) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO NOTHING`,
    key,
    offer.workspaceId,
    offer.installationId,
    desired,
    offer.digest,
    dueAt,
    history,
  );
  if (inserted > 0) return 1;
  const replaced = sql.run(
    `UPDATE outbox SET desired = ?1, digest = ?2, generation = generation + 1, attempts = 0, reason = NULL,
       next_at = CASE WHEN state <> 'waiting' THEN ?3 WHEN in_flight = 1 THEN next_at ELSE min(next_at, ?3) END,
       history = CASE WHEN state = 'waiting' THEN min(history, ?4) ELSE ?4 END, state = 'waiting'
     WHERE key = ?5 AND (digest <> ?2 OR (?6 AND state = 'waiting' AND history = 1))`,
    desired,
    offer.digest,
    dueAt,
    history,
    key,
    offer.isNews ? 1 : 0,
  );
  const settled = sql.run(
    `UPDATE outbox SET state = 'done' WHERE key = ? AND state = 'waiting' AND in_flight = 0 AND digest = delivered_digest
       AND (doubt_until IS NULL OR doubt_digest = digest)`,
    key,
  );
  return replaced > 0 && settled === 0 ? 1 : 0;
}

export function installationsDue(sql: Sql, now: Date): string[] {
  return sql
    .all(
      `SELECT DISTINCT installation FROM outbox WHERE state = 'waiting' AND next_at <= ?`,
      now.toISOString(),
    )
    .map((row) => text(row['installation']));
}

export const dueKeys = (sql: Sql, of: DeliveriesOf, now: Date, limit: number): DueDelivery[] =>
  sql
    .all(dueOf(of, 'key, next_at'), installationOf(of), now.toISOString(), limit)
    .map((row) => ({ key: text(row['key']), since: text(row['next_at']) || new Date(0).toISOString() }));

const installationOf = (of: DeliveriesOf): string => (typeof of === 'string' ? of : of.installationId);

const lanesOf = (of: DeliveriesOf): number[] =>
  typeof of === 'string' || !of.lane ? [0, 1] : [of.lane === 'history' ? 1 : 0];

/** What is due of each lane lies in order; asked for together, all of it would be read and sorted, however much waits. */
const dueOf = (of: DeliveriesOf, columns: string): string =>
  `${lanesOf(of)
    .map(
      (lane) => `SELECT * FROM (SELECT ${columns} FROM outbox WHERE installation = ?1 AND history = ${lane}
        AND state = 'waiting' AND next_at <= ?2 ORDER BY next_at LIMIT ?3)`,
    )
    .join(' UNION ALL ')} ORDER BY next_at LIMIT ?3`;

/** Keys are looked up; without the sign SQLite would look through all that is due of the installation. */
const DUE_AMONG = `SELECT * FROM outbox WHERE +installation = ?1 AND key IN (SELECT value FROM json_each(?4))
  AND state = 'waiting' AND next_at <= ?2 ORDER BY next_at LIMIT ?3`;

export function claimDeliveries(
  sql: Sql,
  of: DeliveriesOf,
  now: Date,
  limit: number,
  leaseMs: number,
): ClaimedDelivery[] {
  const at = now.toISOString();
  const keys = typeof of === 'string' ? undefined : of.keys;
  const rows = sql.all(
    keys ? DUE_AMONG : dueOf(of, '*'),
    installationOf(of),
    at,
    limit,
    ...(keys ? [list(keys)] : []),
  );
  // A lease that ran out is a try without an answer; a doubt that is over is not carried on.
  sql.run(
    `UPDATE outbox SET next_at = ?1, attempts = attempts + 1, in_flight = 1,
       doubt_until = CASE WHEN in_flight = 1 THEN ?2 WHEN doubt_until > ?3 THEN doubt_until END,
       doubt_digest = CASE WHEN in_flight = 1 THEN '${SEVERAL}' WHEN doubt_until > ?3 THEN doubt_digest END
     WHERE key IN (SELECT value FROM json_each(?4))`,
    new Date(now.getTime() + leaseMs).toISOString(),
    lateAfter(now),
    at,
    list(rows.map((row) => text(row['key']))),
  );
  return rows.map((row) => ({
    key: text(row['key']),
    installationId: text(row['installation']),
    workspaceId: text(row['workspace']),
    desired: parse<DesiredState>(row['desired']),
    digest: text(row['digest']),
    generation: Number(row['generation']),
    attempts: Number(row['attempts']) + 1,
    readBack: isInDoubt(row, at),
  }));
}

const lateAfter = (at: Date): string => new Date(at.getTime() + LATE_MS).toISOString();

/** Once a doubt is over, only what was written in the middle of it has to be looked at. */
function isInDoubt(row: SqlRow, at: string): boolean {
  if (row['in_flight'] === 1) return true;
  const until = textOrNull(row['doubt_until']);
  if (until === null || row['doubt_digest'] === row['digest']) return false;
  return until > at || row['delivered_digest'] === row['digest'];
}

/** Marks what the CRM says; a newer generation stays waiting and is due at once, if it says something else or was renewed. */
export function delivered(sql: Sql, done: { key: string; generation: number; digest: string }[]): void {
  const isNewest = `(generation = ?2 OR (digest = ?3 AND renewed <= ?2))`;
  const isSure = `(doubt_until IS NULL OR doubt_digest = ?3)`;
  for (const { key, generation, digest } of done) {
    sql.run(
      `UPDATE outbox SET delivered_digest = CASE WHEN renewed > ?2 THEN NULL ELSE ?3 END,
         in_flight = 0, attempts = 0, reason = NULL, kept_since = NULL,
         state = CASE WHEN ${isNewest} AND ${isSure} THEN 'done' ELSE 'waiting' END,
         next_at = CASE WHEN NOT ${isNewest} THEN '' WHEN ${isSure} THEN next_at ELSE doubt_until END
       WHERE key = ?1`,
      key,
      generation,
      digest,
    );
  }
}

/** What the CRM says is not known until the next try. */
export function postponeDelivery(
  sql: Sql,
  key: string,
  nextAt: Date,
  reason: string,
  unanswered?: Unanswered,
): void {
  sql.run(
    'UPDATE outbox SET next_at = ?, reason = ?, in_flight = 0, delivered_digest = NULL WHERE key = ?',
    nextAt.toISOString(),
    reason,
    key,
  );
  if (!unanswered) return;
  const { digest, generation, at } = unanswered;
  sql.run(
    `UPDATE outbox SET doubt_digest = CASE WHEN renewed <= ?3 AND (doubt_until IS NULL OR doubt_digest = ?2) THEN ?2
         ELSE '${SEVERAL}' END, doubt_until = ?4 WHERE key = ?1`,
    key,
    digest,
    generation,
    lateAfter(at),
  );
}

export function doubtDelivery(sql: Sql, key: string, at: Date): void {
  sql.run(
    `UPDATE outbox SET doubt_digest = '${SEVERAL}', doubt_until = ?2, delivered_digest = NULL, state = 'waiting',
       next_at = CASE WHEN state = 'waiting' AND in_flight = 1 THEN next_at ELSE ?3 END
     WHERE key = ?1 AND state <> 'dead'`,
    key,
    lateAfter(at),
    at.toISOString(),
  );
}

/** Only the generation that was refused is buried; a newer one gets its own try. */
export function buryDelivery(sql: Sql, key: string, generation: number, reason: string, at: Date): void {
  sql.run(
    `UPDATE outbox SET in_flight = 0, delivered_digest = NULL, reason = ?, next_at = ?,
       state = CASE WHEN generation = ? THEN 'dead' ELSE 'waiting' END WHERE key = ?`,
    reason,
    at.toISOString(),
    generation,
    key,
  );
}

export function releaseDeliveries(sql: Sql, keys: string[]): void {
  sql.run(
    `UPDATE outbox SET in_flight = 0, next_at = '', attempts = attempts - 1 WHERE key IN (SELECT value FROM json_each(?))`,
    list(keys),
  );
}

/** One that is in doubt waits for the end of its doubt. */
export const endWait = (sql: Sql, installationIds: string[], at: Date, limit: number): number =>
  sql.run(
    `UPDATE outbox SET next_at = ?1 WHERE key IN (SELECT key FROM outbox WHERE state = 'waiting'
       AND installation IN (SELECT value FROM json_each(?2)) AND history = 1 AND next_at > ?1
       AND in_flight = 0 AND attempts = 0 AND doubt_until IS NULL LIMIT ?3)`,
    at.toISOString(),
    list(installationIds),
    limit,
  );

export function dueDeliveries(sql: Sql, installationIds: string[], now: Date, limit: number): number {
  const row = sql.get(
    `SELECT count(*) AS n FROM (SELECT 1 FROM outbox WHERE state = 'waiting'
       AND installation IN (SELECT value FROM json_each(?)) AND history IN (0, 1) AND next_at <= ? LIMIT ?)`,
    list(installationIds),
    now.toISOString(),
    limit,
  );
  return Number(row?.['n']);
}

export const desiredAfter = (sql: Sql, workspaceId: string, after: string, limit: number): StoredState[] =>
  sql
    .all(
      `SELECT key, desired, generation, state, digest, delivered_digest, kept_since FROM outbox
       WHERE workspace = ? AND key > ? ORDER BY key LIMIT ?`,
      workspaceId,
      after,
      limit,
    )
    .map((row) => ({
      key: text(row['key']),
      desired: parse<DesiredState>(row['desired']),
      generation: Number(row['generation']),
      settled: row['state'] === 'done',
      written: row['delivered_digest'] === row['digest'],
      keptSince: textOrNull(row['kept_since']),
    }));

/** A new generation of the same state. One that is in flight keeps its lease: never two deliveries of a record at once. */
export const offerAgain = (sql: Sql, workspaceId: string, keys: string[], at: Date): number =>
  sql.run(
    `UPDATE outbox SET generation = generation + 1, renewed = generation + 1, delivered_digest = NULL, attempts = 0,
       reason = NULL, doubt_digest = CASE WHEN doubt_until IS NULL THEN NULL ELSE '${SEVERAL}' END, next_at = CASE WHEN state = 'waiting' AND in_flight = 1 THEN next_at ELSE min(next_at, ?) END,
       state = 'waiting'
     WHERE workspace = ? AND key IN (SELECT value FROM json_each(?))`,
    at.toISOString(),
    workspaceId,
    list(keys),
  );

/** Desired states go where their installation goes. */
export const moveDeliveries = (sql: Sql, installationId: string, workspaceId: string): number =>
  sql.run('UPDATE outbox SET workspace = ? WHERE installation = ?', workspaceId, installationId);
