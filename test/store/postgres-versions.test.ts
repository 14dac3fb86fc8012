// Two versions of the connector on one database, as during a deployment: the newer one migrates while the older one works.
import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../src/store/postgres/schema.ts';
import { newDatabase, type Database } from '../postgres/database.ts';
import { openStore } from './databases.ts';
import { claims, commitOf, desired, event, NOW, operation, work } from './samples.ts';

/** What a later version may do to every table: columns, an index and a table of its own. */
async function migrateFurther({ admin }: Database): Promise<number> {
  const tables = await admin<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'payside' ORDER BY 1`,
  );
  for (const { name } of tables) {
    await admin(`ALTER TABLE payside.${name} ADD COLUMN later text`);
    await admin(`ALTER TABLE payside.${name} ADD COLUMN counted integer NOT NULL DEFAULT 0`);
    await admin(`CREATE INDEX CONCURRENTLY ON payside.${name} (later)`);
  }
  await admin('CREATE TABLE payside.later (id bigint PRIMARY KEY)');
  await admin('INSERT INTO payside.migration (version) VALUES ($1)', [MIGRATIONS.length + 1]);
  return tables.length;
}

describe('while a newer version migrates', () => {
  it('the older one keeps, claims, commits and delivers as before, and loses nothing', async () => {
    // Of its own, as nothing takes the tables back to what they were.
    const database = await newDatabase();
    const store = await openStore(database.url);
    const state = { migrated: false, rounds: 0 };
    const taken = { events: 0, work: 0, deliveries: 0 };
    const live = async (): Promise<void> => {
      do {
        const name = String(state.rounds);
        const record = { installationId: 'inst_1', objectType: 'contacts', recordId: name };
        expect(await store.accept([event({ dedupeKey: name })])).toEqual([true]);
        await store.addWork([work({ key: name })]);
        expect(await store.commit(commitOf({ desired: [desired(1, record)] }))).toMatchObject({
          committed: true,
        });
        await store.beginOperation(operation());
        const due = claims(store, NOW, 9);
        taken.events += (await due.events()).length;
        taken.work += (await due.work()).length;
        const deliveries = await due.deliveries();
        await store.delivered(deliveries);
        taken.deliveries += deliveries.length;
        state.rounds += 1;
      } while (!state.migrated);
    };
    const working = live();
    const tables = await migrateFurther(database).finally(() => (state.migrated = true));
    await working;
    expect(tables).toBeGreaterThan(10);
    expect(state.rounds).toBeGreaterThan(1);
    expect(taken).toEqual({ events: state.rounds, work: state.rounds, deliveries: state.rounds });
    await store.close();
    await database.drop();
  });
});

/** What a process of the version before could not live with. */
const TAKES_AWAY =
  /\b(DROP\s+(TABLE|COLUMN|SEQUENCE)|RENAME|ALTER\s+COLUMN\s+\w+\s+(TYPE|SET\s+NOT\s+NULL))\b/i;
const ASKS_MORE = /\bADD\s+COLUMN\s+(?![^;]*\bDEFAULT\b)[^;]*\bNOT\s+NULL\b/i;

const isHarmless = (migration: string): boolean => !TAKES_AWAY.test(migration) && !ASKS_MORE.test(migration);

describe('a migration', () => {
  it('after the first only adds: the version before runs on beside it', () => {
    expect(MIGRATIONS.slice(1).filter((text) => !isHarmless(text))).toEqual([]);
  });

  it.each([
    'ALTER TABLE outbox DROP COLUMN reason',
    'ALTER TABLE outbox RENAME COLUMN reason TO why',
    'ALTER TABLE work ALTER COLUMN attempts TYPE bigint',
    'ALTER TABLE work ADD COLUMN lane text NOT NULL',
  ])('would be refused here for %s', (text) => {
    expect(isHarmless(text)).toBe(false);
  });

  it('may add a column that is empty or has a default', () => {
    expect(
      isHarmless(
        'ALTER TABLE work ADD COLUMN lane text; ALTER TABLE work ADD COLUMN n int NOT NULL DEFAULT 0',
      ),
    ).toBe(true);
  });
});
