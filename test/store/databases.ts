// PostgreSQL stores in databases of their own, which are emptied when a test ends and serve the next one.
import { createLog } from '../../src/log.ts';
import { openPostgresStore } from '../../src/store/postgres/index.ts';
import type { Store } from '../../src/store/store.ts';
import { newDatabase, type Database } from '../postgres/database.ts';
import type { Opened } from './store.contract.ts';

export const openStore = (url: string, how: { mustExist?: boolean } = {}): Promise<Store> =>
  openPostgresStore(url, createLog('silent'), how);

/** A new database takes longer than most tests. */
const emptied: Database[] = [];

export async function openInDatabase(): Promise<Opened & { database: Database }> {
  const database = emptied.pop() ?? (await newDatabase());
  let store = await openStore(database.url);
  return {
    database,
    store,
    async reopen() {
      await store.close();
      store = await openStore(database.url);
      return store;
    },
    async close() {
      await store.close();
      await database.empty();
      emptied.push(database);
    },
  };
}
