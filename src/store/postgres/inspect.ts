// Looks through the database as its owner, beside connectors: what its server noticed of pages, tables and indexes by amcheck, and events.
import { DatabaseError, escapeIdentifier, type Client } from 'pg';
import { eventsInspected, type Inspected } from '../store.ts';
import { sqlState, unavailable, type SqlRow } from './connections.ts';
import { text } from './values.ts';
import { ended, owner } from './whole.ts';

export async function* inspect(url: string): AsyncGenerator<Inspected> {
  const client = await owner(url);
  try {
    yield await pages(client);
    yield* tables(client);
    yield await events(client);
  } catch (error) {
    unavailable(error);
  } finally {
    await ended(client);
  }
}

async function pages(client: Client): Promise<Inspected> {
  const { rows } = await client.query<SqlRow>(
    `SELECT current_setting('data_checksums') AS checksums, coalesce(checksum_failures, 0) AS failures
     FROM pg_stat_database WHERE datname = current_database()`,
  );
  const failures = Number(rows[0]?.['failures'] ?? 0);
  if (rows[0]?.['checksums'] !== 'on')
    return { part: 'pages', state: 'unknown', says: 'the server keeps no checksums of pages' };
  return failures > 0
    ? {
        part: 'pages',
        state: 'damaged',
        says: `${failures} pages did not have their checksum when they were read`,
      }
    : { part: 'pages', state: 'sound', says: 'no page read so far differed from its checksum' };
}

const NO_AMCHECK =
  'not looked through: the extension amcheck is not in this database, or the user of STORE_URL may not use it';

async function* tables(client: Client): AsyncGenerator<Inspected> {
  const extension = await client.query<SqlRow>(
    `SELECT nspname AS name FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'amcheck'`,
  );
  const schema = extension.rows[0]?.['name'];
  if (schema === undefined) return yield { part: 'tables', state: 'unknown', says: NO_AMCHECK };
  const { rows } = await client.query<SqlRow>(
    `SELECT oid, relname FROM pg_class WHERE relnamespace = 'payside'::regnamespace AND relkind = 'r' ORDER BY relname`,
  );
  for (const row of rows) {
    const found = await table(client, escapeIdentifier(text(schema)), Number(row['oid']));
    if (found === 'refused') return yield { part: 'tables', state: 'unknown', says: NO_AMCHECK };
    const part = text(row['relname']);
    yield found === null ? { part, state: 'sound', says: 'sound' } : { part, state: 'damaged', says: found };
  }
}

const NOT_ALLOWED = '42501';

/** Locks nobody out who reads or writes. @returns what is wrong with it; null where nothing is */
async function table(client: Client, schema: string, oid: number): Promise<string | 'refused' | null> {
  try {
    const heap = await client.query<SqlRow>(
      `SELECT msg FROM ${schema}.verify_heapam($1::oid::regclass) LIMIT 1`,
      [oid],
    );
    if (heap.rows[0]) return text(heap.rows[0]['msg']);
    await client.query(
      `SELECT ${schema}.bt_index_check(indexrelid::regclass, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
       WHERE indrelid = $1 AND indisvalid AND c.relam = (SELECT oid FROM pg_am WHERE amname = 'btree')`,
      [oid],
    );
    return null;
  } catch (error) {
    if (sqlState(error) === NOT_ALLOWED) return 'refused';
    if (error instanceof DatabaseError && error.code?.startsWith('XX')) return error.message;
    throw error;
  }
}

async function events(client: Client): Promise<Inspected> {
  const { rows } = await client.query<SqlRow>('SELECT state, count(*) AS n FROM inbox GROUP BY state');
  const bodiless = await client.query<SqlRow>(
    `SELECT count(*) AS n FROM inbox WHERE state = 'waiting' AND NOT EXISTS (SELECT FROM body WHERE body.id = inbox.id)`,
  );
  const counts = new Map(rows.map((row) => [text(row['state']), Number(row['n'])]));
  return eventsInspected(counts, Number(bodiless.rows[0]?.['n']));
}
