// The stamp of what somebody watches: versions of scopes only rise, so that their sum tells every change of one of them.
import type { Watched } from '../store.ts';
import type { Connections } from './connections.ts';

export const stampOf = (
  { app }: Connections,
  workspaceId: string,
  { scopes, record }: Watched,
): Promise<string> =>
  app([workspaceId], async (sql) => {
    const [row] = await sql.all(
      `SELECT (SELECT sum(version) FROM scope WHERE workspace = $1 AND scope = ANY ($2::text[])) AS versions,
         (SELECT string_agg(id || ' ' || state, ',' ORDER BY id) FROM operation
          WHERE workspace = $1 AND record = $3 AND state IN ('running', 'checking')) AS unfinished`,
      workspaceId,
      scopes,
      record,
    );
    return JSON.stringify([row?.['versions'], row?.['unfinished']]);
  });
