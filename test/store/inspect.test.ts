// Damage that no start notices: an index that lost a row, an event that lost what it said; each is found where it is.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { createNote } from '../../src/store/embedded/untouched.ts';
import { inspected } from './contract-inspect.ts';
import { openInDatabase } from './databases.ts';
import { openInFolder } from './folders.ts';
import { commitOf, event, row } from './samples.ts';
import type { Opened } from './store.contract.ts';

let opened: Opened;
afterEach(() => opened.close());

async function fill(): Promise<void> {
  const { store } = opened;
  await store.accept([event(), event()]);
  await store.commit(commitOf({ rows: [row(), row({ id: 'in_2' })], scopes: ['cus_1'] }));
}

const damaged = async (store = opened.store) =>
  (await inspected(store)).filter(({ state }) => state === 'damaged');
const NO_BODY = '1 wait without a body, and can never be applied';

describe('the embedded store', () => {
  /** Does something to the file that SQLite would not. */
  async function tamper(change: (database: DatabaseSync) => void): Promise<Opened['store']> {
    const made = await openInFolder();
    opened = made;
    await fill();
    await made.store.close();
    const database = new DatabaseSync(join(made.folder, 'payside.db'));
    change(database);
    database.close();
    // As a disk does that changes by itself: nobody wrote, so that the next start has no reason to read all of it.
    createNote(join(made.folder, 'payside.db'))();
    return made.reopen();
  }

  it('finds an index that lacks a row, by its table, and nothing else', async () => {
    const store = await tamper((database) => {
      const hide = `UPDATE sqlite_schema SET sql = 'CREATE INDEX row_owner ON ledger_row (workspace, owner) WHERE 0'`;
      const show = `UPDATE sqlite_schema SET sql = 'CREATE INDEX row_owner ON ledger_row (workspace, owner)'`;
      database.enableDefensive?.(false);
      for (const statement of [hide, show]) {
        database.exec(
          `PRAGMA writable_schema = ON; ${statement} WHERE name = 'row_owner'; PRAGMA writable_schema = RESET`,
        );
        if (statement === hide)
          database.exec(
            `INSERT INTO ledger_row (workspace, entity, account, id, owner, aspects) VALUES ('ws_1', 'invoice', 'acct_a', 'in_3', 'cus_1', '{}')`,
          );
      }
    });
    const says = expect.stringContaining('row_owner') as string;
    expect(await damaged(store)).toEqual([{ part: 'ledger_row', state: 'damaged', says }]);
  });

  it('finds an event that waits and has lost its body, and one in a state that nobody knows', async () => {
    const store = await tamper((database) => {
      database.exec('DELETE FROM body WHERE id = 1');
      database.exec(`UPDATE inbox SET state = 'lost' WHERE id = 2`);
    });
    const says = expect.stringMatching(/1 are “lost”.*1 wait without a body/) as string;
    expect(await damaged(store)).toEqual([{ part: 'events', state: 'damaged', says }]);
  });
});

describe('the PostgreSQL store', () => {
  const open = async () => {
    const made = await openInDatabase();
    opened = made;
    await fill();
    return made.database;
  };
  const stateOf = async (part: string) => (await inspected(opened.store)).find((one) => one.part === part);

  it('says where it cannot look through tables, and fails for nothing', async () => {
    const database = await open();
    expect(await stateOf('tables')).toMatchObject({ state: 'unknown' });
    await database.admin('CREATE EXTENSION amcheck');
    try {
      expect(await stateOf('tables')).toMatchObject({ state: 'unknown' });
      expect(await damaged()).toEqual([]);
    } finally {
      await database.admin('DROP EXTENSION amcheck');
    }
  });

  it('finds an index that lacks a row by amcheck, by its table, and nothing else', async () => {
    const database = await open();
    const ready = (isReady: boolean) =>
      database.admin(
        `UPDATE pg_index SET indisready = ${isReady} WHERE indexrelid = 'payside.row_owner'::regclass`,
      );
    await database.admin('CREATE EXTENSION amcheck');
    try {
      await database.admin('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO payside_owner');
      expect(await stateOf('ledger_row')).toEqual({ part: 'ledger_row', state: 'sound', says: 'sound' });
      expect(await stateOf('tables')).toBeUndefined();
      await ready(false);
      await database.admin(
        `INSERT INTO payside.ledger_row (workspace, entity, account, id, owner, aspects) VALUES ('ws_1', 'invoice', 'acct_a', 'in_3', 'cus_1', '{}')`,
      );
      await ready(true);
      const says = expect.stringContaining('row_owner') as string;
      expect(await damaged()).toEqual([{ part: 'ledger_row', state: 'damaged', says }]);
    } finally {
      await database.admin('DROP EXTENSION amcheck; REINDEX TABLE payside.ledger_row');
    }
  });

  it('finds an event that waits and has lost its body', async () => {
    const database = await open();
    await database.admin('DELETE FROM payside.body WHERE id = (SELECT min(id) FROM payside.body)');
    expect(await damaged()).toEqual([{ part: 'events', state: 'damaged', says: NO_BODY }]);
  });
});
