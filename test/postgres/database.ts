// Databases of their own for tests, on the run's server, owned by a user who may no more than an operator would allow.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { ADMIN, sharedServer } from './server.ts';

const OWNER = 'payside_owner';

export type Database = {
  /** As an operator would set it. */
  url: string;
  name: string;
  /** Statements of the server's administrator, in this database. */
  admin: <Row = Record<string, unknown>>(text: string, values?: unknown[]) => Promise<Row[]>;
  /** Whether a process of ours waits for a lock. */
  isWaiting: () => Promise<boolean>;
  /** Ends it, whoever is still connected. */
  drop: () => Promise<void>;
  /** Takes every row away, whatever forbids it to everybody else. */
  empty: () => Promise<void>;
};

const urlOf = (port: number, user: string, database: string): string =>
  `postgres://${user}@127.0.0.1:${port}/${database}`;

async function ask<Row>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(text, values);
    return rows as Row[];
  } finally {
    await client.end();
  }
}

export const newDatabase = async (): Promise<Database> =>
  databaseOn(await sharedServer(process.env['PAYSIDE_TEST_POSTGRES'] ?? ''));

/** @param port of a server of our own */
export async function databaseOn(port: number): Promise<Database> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const server = urlOf(port, ADMIN, 'postgres');
  await ask(
    server,
    `DO $$ BEGIN CREATE ROLE ${OWNER} LOGIN CREATEROLE; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
  );
  await ask(server, `CREATE DATABASE ${name} OWNER ${OWNER}`);
  return {
    url: urlOf(port, OWNER, name),
    name,
    admin: (text, values) => ask(urlOf(port, ADMIN, name), text, values),
    async isWaiting() {
      const found = await ask(
        server,
        `SELECT 1 FROM pg_stat_activity
         WHERE datname = $1 AND application_name = 'payside' AND wait_event_type = 'Lock'`,
        [name],
      );
      return found.length > 0;
    },
    async drop() {
      await ask(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
    async empty() {
      await ask(urlOf(port, ADMIN, name), EMPTY);
    },
  };
}

const EMPTY = `
  SET session_replication_role = replica;
  DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'payside' AND tablename <> 'migration' LOOP
      EXECUTE format('DELETE FROM payside.%I', name);
    END LOOP;
  END $$`;
