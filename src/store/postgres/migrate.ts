// Brings the database to the version this process knows, once, however many processes start together.
import { Client } from 'pg';
import { ConnectorError, storeUnavailable, NOTHING_KEPT } from '../../errors.ts';
import { settingsFor } from './connections.ts';
import { ensureRoles } from './roles.ts';
import { MIGRATIONS } from './schema.ts';

/** Another process may be at a long migration. */
const PATIENCE_MS = 10 * 60_000;

/** One process at a time. */
export const LOCKED = `SELECT pg_advisory_lock(hashtextextended('payside migration', 0))`;

/**
 * @param mustExist leaves a database alone in which nothing was ever kept
 * @throws store_unavailable with a message for the operator when the database cannot be used
 */
export async function migrate(url: string, mustExist: boolean): Promise<void> {
  const bounds = { statement_timeout: PATIENCE_MS, lock_timeout: PATIENCE_MS, query_timeout: PATIENCE_MS };
  const client = new Client({ ...settingsFor(url, null), ...bounds });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    throw refusal('The database of STORE_URL cannot be reached', cause);
  }
  try {
    await client.query(LOCKED);
    if (mustExist && !(await isKnown(client)))
      throw storeUnavailable({
        publicMessage: 'There is no store in the database of STORE_URL',
        context: NOTHING_KEPT,
      });
    await ensureRoles(client);
    await moveUp(client);
    await refuseMoved(client);
  } catch (cause) {
    if (cause instanceof ConnectorError) throw cause;
    throw refusal('The database of STORE_URL could not be brought up to date', cause);
  } finally {
    // The lock ends with the connection.
    await client.end().catch(() => undefined);
  }
}

async function isKnown(client: Client): Promise<boolean> {
  const { rows } = await client.query(`SELECT to_regclass('payside.migration') IS NOT NULL AS known`);
  return (rows as { known: boolean }[])[0]?.known === true;
}

async function moveUp(client: Client): Promise<void> {
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS payside;
    CREATE TABLE IF NOT EXISTS migration (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`);
  const { rows } = await client.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM migration',
  );
  const version = rows[0]?.version ?? 0;
  if (version > MIGRATIONS.length) throw refusal(tooNew(version));
  for (const [index, text] of MIGRATIONS.entries()) {
    if (index < version) continue;
    await client.query('BEGIN');
    await client.query(text);
    await client.query('INSERT INTO migration (version) VALUES ($1)', [index + 1]);
    await client.query('COMMIT');
  }
}

async function refuseMoved(client: Client): Promise<void> {
  const { rows } = await client.query<{ target: string }>(
    'SELECT target FROM moved ORDER BY at DESC LIMIT 1',
  );
  const [moved] = rows;
  if (moved)
    throw refusal(
      `What was kept in the database of STORE_URL was moved to ${moved.target}. Set STORE_URL to that. ` +
        'Two connectors on the same data would both act.',
    );
}

const refusal = (message: string, cause?: unknown) => storeUnavailable({ publicMessage: message, cause });

const tooNew = (version: number): string =>
  `The database of STORE_URL has version ${version}, this process knows ${MIGRATIONS.length}: ` +
  'it was written by a newer Payside. Start that one, or restore a backup from before the update.';
