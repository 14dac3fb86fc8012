// Databases of their own for tests, on the run's server.
import { makeDatabase, type OwnDatabase } from '../../sandbox/postgres/database.ts';
import { sharedServer } from './server.ts';

export type Database = OwnDatabase & {
  /** Whether a process of ours waits for a lock. */
  isWaiting: () => Promise<boolean>;
  /** Takes every row away, whatever forbids it to everybody else. */
  empty: () => Promise<void>;
};

export const newDatabase = async (): Promise<Database> =>
  databaseOn(await sharedServer(process.env['PAYSIDE_TEST_POSTGRES'] ?? ''));

/** @param port of a server of our own */
export async function databaseOn(port: number): Promise<Database> {
  const made = await makeDatabase(port, 'test');
  return {
    ...made,
    async isWaiting() {
      const found = await made.admin(
        `SELECT 1 FROM pg_stat_activity
         WHERE datname = $1 AND application_name = 'payside' AND wait_event_type = 'Lock'`,
        [made.name],
      );
      return found.length > 0;
    },
    async empty() {
      await made.admin(EMPTY);
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
