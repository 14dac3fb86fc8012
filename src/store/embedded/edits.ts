// Edits made in a CRM that are left as they are: since when, and on which records; never what they say.
import type { DesiredState } from '../../records/desired-state.ts';
import type { Compared, KeptEdits } from '../store.ts';
import { parse, text, type Sql } from './sql.ts';

/** Of what was compared, as it still is. */
const STILL = `workspace = ? AND key = ? AND generation = ? AND state = 'done'`;

export function compared(sql: Sql, workspaceId: string, { same, kept }: Compared, at: Date): void {
  for (const { key, generation } of same)
    sql.run(
      `UPDATE outbox SET delivered_digest = digest, kept_since = NULL WHERE ${STILL}`,
      workspaceId,
      key,
      generation,
    );
  for (const { key, generation } of kept)
    sql.run(
      `UPDATE outbox SET kept_since = coalesce(kept_since, ?) WHERE ${STILL}`,
      at.toISOString(),
      workspaceId,
      key,
      generation,
    );
}

/** What is written next is no longer kept, also before it is there. */
const KEPT = `FROM outbox WHERE workspace = ? AND installation = ? AND kept_since IS NOT NULL AND state = 'done'`;

export function keptEdits(sql: Sql, workspaceId: string, installationId: string, most: number): KeptEdits {
  const count = sql.get(`SELECT count(*) AS n ${KEPT}`, workspaceId, installationId)?.['n'];
  const oldest = sql.all(
    `SELECT key, desired, kept_since ${KEPT} ORDER BY kept_since, key LIMIT ?`,
    workspaceId,
    installationId,
    most,
  );
  return {
    count: Number(count),
    oldest: oldest.map((row) => ({
      key: text(row['key']),
      desired: parse<DesiredState>(row['desired']),
      since: text(row['kept_since']),
    })),
  };
}
