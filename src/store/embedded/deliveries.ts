// Outbox rows: the latest desired state of each record, at most one delivery of a record in flight.
import type { DesiredState } from '../../records/desired-state.ts';
import type { ClaimedDelivery } from '../store.ts';
import { list, parse, text, type Sql } from './sql.ts';

type Offer = { workspaceId: string; at: string; key: string; state: DesiredState; digest: string };

/**
 * A newer desired state replaces a waiting one; one that says what the CRM already says ends the wait.
 * @returns 1 when there is now something to deliver that was not before
 */
export function offerDesired(sql: Sql, offer: Offer): number {
  const { key } = offer;
  const desired = JSON.stringify(offer.state);
  const inserted = sql.run(
    `INSERT INTO outbox (key, workspace, installation, desired, digest, next_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO NOTHING`,
    key,
    offer.workspaceId,
    'record' in offer.state ? offer.state.record.installationId : offer.state.installationId,
    desired,
    offer.digest,
    offer.at,
  );
  if (inserted > 0) return 1;
  const replaced = sql.run(
    `UPDATE outbox SET desired = ?, digest = ?, generation = generation + 1, attempts = 0, reason = NULL,
       next_at = CASE WHEN state = 'waiting' AND in_flight = 1 THEN next_at ELSE min(next_at, ?) END,
       state = 'waiting'
     WHERE key = ? AND digest <> ?`,
    desired,
    offer.digest,
    offer.at,
    key,
    offer.digest,
  );
  const settled = sql.run(
    `UPDATE outbox SET state = 'done' WHERE key = ? AND state = 'waiting' AND in_flight = 0 AND digest = delivered_digest`,
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

export function claimDeliveries(
  sql: Sql,
  installationId: string,
  now: Date,
  limit: number,
  leaseMs: number,
): ClaimedDelivery[] {
  const lease = new Date(now.getTime() + leaseMs).toISOString();
  return sql
    .all(
      `UPDATE outbox SET next_at = ?, attempts = attempts + 1, in_flight = 1 WHERE key IN
         (SELECT key FROM outbox WHERE installation = ? AND state = 'waiting' AND next_at <= ? ORDER BY next_at LIMIT ?)
       RETURNING *`,
      lease,
      installationId,
      now.toISOString(),
      limit,
    )
    .map((row) => ({
      key: text(row['key']),
      installationId: text(row['installation']),
      workspaceId: text(row['workspace']),
      desired: parse<DesiredState>(row['desired']),
      digest: text(row['digest']),
      generation: Number(row['generation']),
      attempts: Number(row['attempts']),
    }));
}

/** Marks what was written; a newer generation stays waiting and is due at once, if it says something else or was renewed. */
export function delivered(sql: Sql, done: { key: string; generation: number; digest: string }[]): void {
  for (const { key, generation, digest } of done) {
    sql.run(
      `UPDATE outbox SET delivered_digest = CASE WHEN renewed > ? THEN NULL ELSE ? END,
         in_flight = 0, attempts = 0, reason = NULL,
         state = CASE WHEN generation = ? OR (digest = ? AND renewed <= ?) THEN 'done' ELSE 'waiting' END,
         next_at = CASE WHEN generation = ? THEN next_at ELSE '' END
       WHERE key = ?`,
      generation,
      digest,
      generation,
      digest,
      generation,
      generation,
      key,
    );
  }
}

/** The try may have reached the CRM all the same, so what the CRM says is not known until the next one. */
export function postponeDelivery(sql: Sql, key: string, nextAt: Date, reason: string): void {
  sql.run(
    'UPDATE outbox SET next_at = ?, reason = ?, in_flight = 0, delivered_digest = NULL WHERE key = ?',
    nextAt.toISOString(),
    reason,
    key,
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

export function dueDeliveries(sql: Sql, installationIds: string[], now: Date, limit: number): number {
  const row = sql.get(
    `SELECT count(*) AS n FROM (SELECT 1 FROM outbox WHERE state = 'waiting'
       AND installation IN (SELECT value FROM json_each(?)) AND next_at <= ? LIMIT ?)`,
    list(installationIds),
    now.toISOString(),
    limit,
  );
  return Number(row?.['n']);
}

export const desiredAfter = (
  sql: Sql,
  workspaceId: string,
  after: string,
  limit: number,
): { key: string; desired: DesiredState }[] =>
  sql
    .all(
      'SELECT key, desired FROM outbox WHERE workspace = ? AND key > ? ORDER BY key LIMIT ?',
      workspaceId,
      after,
      limit,
    )
    .map((row) => ({ key: text(row['key']), desired: parse<DesiredState>(row['desired']) }));

/** A new generation of the same state. One that is in flight keeps its lease: never two deliveries of a record at once. */
export const offerAgain = (sql: Sql, workspaceId: string, keys: string[], at: Date): number =>
  sql.run(
    `UPDATE outbox SET generation = generation + 1, renewed = generation + 1, delivered_digest = NULL, attempts = 0,
       reason = NULL, next_at = CASE WHEN state = 'waiting' AND in_flight = 1 THEN next_at ELSE min(next_at, ?) END,
       state = 'waiting'
     WHERE workspace = ? AND key IN (SELECT value FROM json_each(?))`,
    at.toISOString(),
    workspaceId,
    list(keys),
  );
