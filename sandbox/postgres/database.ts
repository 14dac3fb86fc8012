// A database of its own on a server of ours, owned by a user who may no more than an operator would allow.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { ADMIN } from './server.ts';

const OWNER = 'payside_owner';

export type OwnDatabase = {
  /** As an operator would set it. */
  url: string;
  /** By the server's administrator. */
  adminUrl: string;
  name: string;
  /** Statements of the server's administrator, in this database. */
  admin: <Row = Record<string, unknown>>(text: string, values?: unknown[]) => Promise<Row[]>;
  /** Ends it, whoever is still connected. */
  drop: () => Promise<void>;
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

/** @param prefix what its name begins with */
export async function makeDatabase(port: number, prefix: string): Promise<OwnDatabase> {
  const name = `${prefix}_${randomBytes(8).toString('hex')}`;
  const server = urlOf(port, ADMIN, 'postgres');
  const adminUrl = urlOf(port, ADMIN, name);
  await ask(
    server,
    `DO $$ BEGIN CREATE ROLE ${OWNER} LOGIN CREATEROLE; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
  );
  await ask(server, `CREATE DATABASE ${name} OWNER ${OWNER}`);
  return {
    url: urlOf(port, OWNER, name),
    adminUrl,
    name,
    admin: (text, values) => ask(adminUrl, text, values),
    async drop() {
      await ask(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}
