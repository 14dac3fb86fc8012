// The database as a whole, by a connection of its owner: copied out at one moment, filled, or left for another store.
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { storeUnavailable, type ConnectorError } from '../../errors.ts';
import type { ClosedStore, KeptPages } from '../store.ts';
import { settingsFor, unavailable } from './connections.ts';
import { isUsed, keepPage, readKept } from './kept.ts';
import { LOCKED, migrate } from './migrate.ts';

/** Whoever takes pages may write each to a slow disk. */
const PATIENCE_MS = 60 * 60_000;

/** Sessions of connectors are called otherwise. */
const NAME = 'payside keeping';

export async function owner(url: string): Promise<Client> {
  const client = new Client({
    ...settingsFor(url, null),
    application_name: NAME,
    lock_timeout: PATIENCE_MS,
    statement_timeout: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    idle_in_transaction_session_timeout: PATIENCE_MS,
  });
  client.on('error', () => undefined);
  await client.connect().catch(unavailable);
  return client;
}

export const ended = (client: Client): Promise<void> => client.end().catch(() => undefined);

const ONE_MOMENT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** While connectors go on. */
export async function* copyOut(url: string): KeptPages {
  const client = await owner(url);
  try {
    await client.query(ONE_MOMENT);
    yield* readKept(client);
  } catch (error) {
    unavailable(error);
  } finally {
    await ended(client);
  }
}

export function closedPostgresStore(url: string): ClosedStore {
  const name = nameOf(url);
  return {
    name,
    read: () => copyOut(url),
    fill: (pages) => alone(url, name, (client) => fill(client, name, pages)),
    async moveOut(target, take) {
      await migrate(url, true);
      await alone(url, name, async (client) => {
        await client.query(ONE_MOMENT);
        await take(readKept(client));
        await client.query('COMMIT');
        await client.query('INSERT INTO moved (target) VALUES ($1)', [target]);
      });
    },
  };
}

/** Connectors that start meanwhile wait as for a migration, and then find what there is. */
async function alone(url: string, name: string, work: (client: Client) => Promise<void>): Promise<void> {
  await migrate(url, false);
  const client = await owner(url);
  try {
    await client.query(LOCKED);
    await refuseOthers(client, name);
    await work(client);
  } catch (error) {
    unavailable(error);
  } finally {
    // The lock, and what is under way, end with it.
    await ended(client);
  }
}

async function fill(client: Client, name: string, pages: KeptPages): Promise<void> {
  if (await isUsed(client))
    throw refusal(
      `${name} is not empty. Nothing is ever written over what a store keeps: name an empty one.`,
    );
  await client.query('BEGIN');
  for await (const page of pages) await keepPage(client, page);
  await client.query('COMMIT');
}

const refusal = (publicMessage: string): ConnectorError => storeUnavailable({ publicMessage });

const LOOKS = 20;
const LOOK_MS = 100;

/** A connector has a session that listens for as long as it runs; those of one that has just ended go in a moment. */
async function refuseOthers(client: Client, name: string): Promise<void> {
  for (let look = 1; ; look += 1) {
    const { rows } = await client.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'payside' LIMIT 1`,
    );
    if (rows.length === 0) return;
    if (look === LOOKS) throw refusal(`${name} is in use by a connector. Stop it first.`);
    await setTimeout(LOOK_MS);
  }
}

function nameOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `postgres://${hostname}${port ? `:${port}` : ''}${pathname}`;
}
