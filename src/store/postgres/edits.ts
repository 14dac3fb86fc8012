// Edits made in a CRM that are left as they are: since when, and on which records; never what they say.
import type { DesiredState } from '../../records/desired-state.ts';
import type { Compared, KeptEdits } from '../store.ts';
import type { Connections } from './connections.ts';
import { columns, instant, parse, text } from './values.ts';

/** Of what was compared, as it still is. */
const STILL = `FROM unnest($2::text[], $3::bigint[]) AS seen(key, generation)
  WHERE o.workspace = $1 AND o.key = seen.key AND o.generation = seen.generation AND o.state = 'done'`;

export const compared = (
  { app }: Connections,
  workspaceId: string,
  { same, kept }: Compared,
  at: Date,
): Promise<void> =>
  app([workspaceId], async (sql) => {
    const named = (seen: Compared['same']): unknown[][] =>
      columns(
        seen,
        ({ key }) => key,
        ({ generation }) => generation,
      );
    await sql.run(
      `UPDATE outbox o SET delivered_digest = o.digest, kept_since = NULL ${STILL}`,
      workspaceId,
      ...named(same),
    );
    await sql.run(
      `UPDATE outbox o SET kept_since = coalesce(o.kept_since, $4) ${STILL}`,
      workspaceId,
      ...named(kept),
      at.toISOString(),
    );
  });

/** What is written next is no longer kept, also before it is there. */
const KEPT = `FROM outbox WHERE workspace = $1 AND installation = $2 AND kept_since IS NOT NULL AND state = 'done'`;

export const keptEdits = (
  { app }: Connections,
  workspaceId: string,
  installationId: string,
  most: number,
): Promise<KeptEdits> =>
  app([workspaceId], async (sql) => {
    const [all] = await sql.all(`SELECT count(*) AS n ${KEPT}`, workspaceId, installationId);
    const oldest = await sql.all(
      `SELECT key, desired, kept_since ${KEPT} ORDER BY kept_since, key LIMIT $3`,
      workspaceId,
      installationId,
      most,
    );
    return {
      count: Number(all?.['n']),
      oldest: oldest.map((row) => ({
        key: text(row['key']),
        desired: parse<DesiredState>(row['desired']),
        since: instant(row['kept_since']),
      })),
    };
  });
