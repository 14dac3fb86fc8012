// The roles the connector works under, each with no more than its job needs; nobody can log in as one of them.
import type { Client } from 'pg';
import { storeUnavailable } from '../../errors.ts';

/**
 * `door` adds events; `claimer` sees ids, states and leases of all workspaces; `app` sees everything of the workspaces a
 * transaction names; `eraser` changes facts there and takes bodies and desired states away, for persons who are forgotten;
 * `wiper` takes all rows of a workspace that is being erased, and sees but their names; `directory` sees the documents that
 * say which workspaces there are.
 */
export const ROLES = [
  'payside_door',
  'payside_claimer',
  'payside_app',
  'payside_eraser',
  'payside_wiper',
  'payside_directory',
] as const;

/** Makes the roles where the server has none yet, and lets the user of `STORE_URL` take them. */
export async function ensureRoles(client: Client): Promise<void> {
  for (const role of ROLES) {
    if (await mayTake(client, role)) continue;
    try {
      await client.query(CREATE(role));
      await client.query(`GRANT ${role} TO CURRENT_USER`);
    } catch (cause) {
      throw storeUnavailable({ publicMessage: refusal(role), cause });
    }
  }
}

const mayTake = (client: Client, role: string): Promise<boolean> =>
  client.query(`SET ROLE ${role}; RESET ROLE`).then(
    () => true,
    () => false,
  );

/** Roles belong to the whole server, where another database's connector may be making the same one. */
const CREATE = (role: string): string => `
  DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role} NOLOGIN NOINHERIT; END IF;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
  END $$`;

const refusal = (role: string): string =>
  `The user of STORE_URL may not use the role ${role}. Let it create roles (ALTER ROLE … CREATEROLE), or have an ` +
  `administrator run: ${ROLES.map((name) => `CREATE ROLE ${name} NOLOGIN;`).join(' ')} GRANT ${ROLES.join(', ')} TO …;`;
