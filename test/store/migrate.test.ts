// A file of an earlier version opens with all that it holds.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { newFolder, openInFolder } from './folders.ts';
import { claims, commitOf, desired, LEASE_MS, NOW, work } from './samples.ts';

it('a file of the first version keeps its queues, and what it delivered can be offered again', async () => {
  const folder = await newFolder();
  const first = await openInFolder(folder);
  await first.store.addWork([work(), work({ kind: 'sweep', key: 'day' })]);
  const personal = { name: 'Ada', email: 'ada@example.com', phone: null };
  const person = { account: 'acct_a', customerId: 'cus_9', number: 7, personal };
  await first.store.commit(commitOf({ desired: [desired(10)], personal: [person] }));
  await first.store.delivered(await claims(first.store).deliveries());
  await first.store.close();
  const database = new DatabaseSync(join(folder, 'payside.db'));
  const refusing = database.prepare(`SELECT name FROM sqlite_schema WHERE name LIKE '%_of_erased'`).all();
  for (const { name } of refusing) database.exec(`DROP TRIGGER ${String(name)}`);
  database.exec(
    `DROP TRIGGER audit_is_not_deleted; DROP TABLE erased_workspace;
     CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are final'); END;
     CREATE TABLE scope (workspace TEXT NOT NULL, scope TEXT NOT NULL, version INTEGER NOT NULL);
     CREATE INDEX outbox_waiting ON outbox (installation, next_at) WHERE state = 'waiting';
     DROP TABLE tombstone; DROP INDEX outbox_kept; ALTER TABLE outbox DROP COLUMN kept_since;
     DROP INDEX outbox_lane; ALTER TABLE outbox DROP COLUMN history;
     ALTER TABLE outbox DROP COLUMN doubt_until; ALTER TABLE outbox DROP COLUMN doubt_digest;
     ALTER TABLE inbox DROP COLUMN unfinished;
     DROP INDEX inbox_dead; DROP INDEX outbox_dead; DROP INDEX work_dead; DROP INDEX authorization_end;
     DROP INDEX outbox_workspace; ALTER TABLE outbox DROP COLUMN renewed;
     ALTER TABLE authorization DROP COLUMN subject; PRAGMA user_version = 1`,
  );
  database.close();
  const second = await openInFolder(folder);
  // Persons stood in the open there: they are read again, and sealed by whoever has the keys.
  expect(await second.store.loadPersonal('ws_1', ['cus_9'])).toEqual({});
  const [, again, ...others] = await claims(second.store).work();
  expect(others).toEqual([]);
  expect(again).toMatchObject({ kind: 'fetch', key: 'customer|acct_a|cus_9' });
  expect(again?.payload).toEqual({ account: 'acct_a', entity: 'customer', id: 'cus_9' });
  const days = await second.store.claimWork(['sweep', 'day'], NOW, 9, LEASE_MS);
  expect(days).toMatchObject([{ kind: 'day', key: 'day' }]);
  expect(await claims(second.store).deliveries()).toEqual([]);
  expect(await second.store.offerAgain('ws_1', [desired(10).key], NOW)).toBe(1);
  expect(await claims(second.store).deliveries()).toMatchObject([{ digest: 'owed 10' }]);
  await second.close();
});
