// How the embedded store finds rows of the ledger: never by reading a whole workspace, however much it holds.
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findRows, loadCluster, ownersAfter, rowsOf } from '../../src/store/embedded/ledger.ts';
import { migrate } from '../../src/store/embedded/schema.ts';
import type { Sql } from '../../src/store/embedded/sql.ts';

let database: DatabaseSync;
beforeAll(() => {
  database = new DatabaseSync(':memory:');
  migrate(database);
});
afterAll(() => database.close());

/** Answers nothing, and keeps how each statement would be carried out. */
function planner(): { sql: Sql; plans: string[] } {
  const plans: string[] = [];
  const explain: Sql['all'] = (text, ...values) => {
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values);
    plans.push(steps.map(({ detail }) => String(detail)).join(' · '));
    return [];
  };
  const never = () => {
    throw new Error('nothing is written here');
  };
  return { sql: { all: explain, get: never, run: never } as unknown as Sql, plans };
}

it.each<[string, (sql: Sql) => void]>([
  ['a cluster', (sql) => loadCluster(sql, 'ws', { owners: ['a'], ids: ['b'], records: ['c'] })],
  ['rows of owners', (sql) => rowsOf(sql, 'ws', ['a'], ['invoice'])],
  ['rows by id', (sql) => findRows(sql, 'ws', 'invoice', ['a'])],
  ['the next owners', (sql) => ownersAfter(sql, 'ws', 'a', 10)],
])('%s is found by an index', (_what, read) => {
  const { sql, plans } = planner();
  read(sql);
  const ofRows = plans.filter((plan) => plan.includes('ledger_row'));
  expect(ofRows.length).toBeGreaterThan(0);
  for (const plan of ofRows) {
    expect(plan).not.toContain('SCAN ledger_row');
    expect(plan).not.toContain('(workspace=?)');
  }
});
