// Workspaces, installations and accounts as rows; what this process has read before is not read again.
import { storeUnavailable } from '../../errors.ts';
import type { GatewayAccount, Installation, Workspace } from '../../workspaces/workspace.ts';
import type { PendingAuthorization } from '../store.ts';
import type { Connections } from './connections.ts';
import { moveDeliveries } from './offers.ts';
import { grouped } from './grouped.ts';
import { instant, parse, text, textOrNull } from './values.ts';

type Documents = { workspace: Workspace; installation: Installation; account: GatewayAccount };
type Kind = keyof Documents;

export type DocumentStore = {
  save<K extends Kind>(kind: K, workspaceId: string, document: Documents[K]): Promise<void>;
  /** Every one that was saved before the call, by any process, in order of their ids. */
  list<K extends Kind>(kind: K): Promise<Documents[K][]>;
};

export function createDocuments(connections: Connections): DocumentStore {
  const known: Record<Kind, Map<string, unknown>> = {
    workspace: new Map(),
    installation: new Map(),
    account: new Map(),
  };
  let version = 0;
  const catchUp = grouped(async (calls: null[]) => {
    const rows = await connections.directory(
      `SELECT kind, id, document, version FROM document WHERE version > $1
       UNION ALL SELECT NULL, workspace, NULL, version FROM erased_workspace WHERE version > $1 ORDER BY version`,
      version,
    );
    for (const row of rows) {
      if (row['kind'] === null) forget(known, text(row['id']));
      else known[row['kind'] as Kind].set(text(row['id']), parse(row['document']));
      version = Number(row['version']);
    }
    return calls;
  });
  return {
    save: (kind, workspaceId, document) => save(connections, kind, workspaceId, document),
    async list<K extends Kind>(kind: K) {
      await catchUp(null);
      const ids = [...known[kind].keys()].sort();
      return ids.map((id) => known[kind].get(id) as Documents[K]);
    },
  };
}

/** Nothing of it is saved after it was marked: its documents have lower versions. */
function forget(known: Record<Kind, Map<string, unknown>>, workspaceId: string): void {
  known.workspace.delete(workspaceId);
  for (const documents of [known.installation, known.account])
    for (const [id, document] of documents)
      if ((document as Installation | GatewayAccount).workspaceId === workspaceId) documents.delete(id);
}

/** No document is saved while it is held, by any process. */
export const ALONE = `SELECT pg_advisory_xact_lock(hashtextextended('payside documents', 0))`;

/** One save after the other, so that nobody reads a version while an earlier one is still to come. */
const save = (
  { directoryWork }: Connections,
  kind: Kind,
  workspaceId: string,
  document: Documents[Kind],
): Promise<void> =>
  directoryWork(async (sql, goOnAs) => {
    await sql.all(ALONE);
    const [before] = await sql.all(
      'SELECT workspace FROM document WHERE kind = $1 AND id = $2',
      kind,
      document.id,
    );
    const from = text(before?.['workspace'] ?? workspaceId);
    const erased = await sql.all('SELECT 1 FROM erased_workspace WHERE workspace = ANY ($1::text[])', [
      from,
      workspaceId,
    ]);
    if (erased.length > 0) throw storeUnavailable();
    await sql.run(
      `INSERT INTO document (kind, id, workspace, document, version) VALUES ($1, $2, $3, $4, nextval('document_version'))
       ON CONFLICT (kind, id) DO UPDATE SET workspace = excluded.workspace, document = excluded.document,
         version = excluded.version`,
      kind,
      document.id,
      workspaceId,
      JSON.stringify(document),
    );
    if (from === workspaceId) return;
    await goOnAs([from, workspaceId]);
    await moveDeliveries(sql, document.id, workspaceId);
  });

export async function putAuthorization(
  { directory }: Connections,
  pending: PendingAuthorization,
): Promise<void> {
  await directory(
    `INSERT INTO pending_authorization (state, browser, verifier, provider, subject, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    pending.state,
    pending.browser,
    pending.verifier,
    pending.provider,
    pending.subject,
    pending.expiresAt,
  );
}

export async function takeAuthorization(
  { directory }: Connections,
  state: string,
): Promise<PendingAuthorization | undefined> {
  const [row] = await directory(
    'DELETE FROM pending_authorization WHERE state = $1 RETURNING state, browser, verifier, provider, subject, expires_at',
    state,
  );
  if (!row) return undefined;
  return {
    state: text(row['state']),
    browser: text(row['browser']),
    verifier: text(row['verifier']),
    provider: text(row['provider']),
    subject: textOrNull(row['subject']),
    expiresAt: instant(row['expires_at']),
  };
}

export const dropAuthorizations = ({ directoryWork }: Connections, endedBefore: Date): Promise<number> =>
  directoryWork((sql) =>
    sql.run('DELETE FROM pending_authorization WHERE expires_at < $1', endedBefore.toISOString()),
  );
