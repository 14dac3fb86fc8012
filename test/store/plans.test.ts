// How the embedded store finds rows: never by reading a whole workspace or a whole outbox, however much it holds.
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimDeliveries, dueKeys, endWait } from '../../src/store/embedded/deliveries.ts';
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
    throw new Error('one row alone is not asked for here');
  };
  const run = (...of: Parameters<Sql['run']>): number => explain(...of).length;
  return { sql: { all: explain, get: never, run } as unknown as Sql, plans };
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

const NOW = new Date('2026-03-10T12:00:00.000Z');

it.each<[string, string, (sql: Sql) => unknown]>([
  [
    'what is due',
    'outbox_lane (installation=? AND history=? AND next_at<?)',
    (sql) => dueKeys(sql, 'inst', NOW, 5),
  ],
  [
    'what is due of a lane',
    'outbox_lane (installation=? AND history=? AND next_at<?)',
    (sql) => dueKeys(sql, { installationId: 'inst', lane: 'new' }, NOW, 5),
  ],
  [
    'what is claimed by key',
    'sqlite_autoindex_outbox_1 (key=?)',
    (sql) => claimDeliveries(sql, { installationId: 'inst', keys: ['a', 'b'] }, NOW, 2, 1_000),
  ],
  [
    'what waits for history',
    'outbox_lane (installation=? AND history=? AND next_at>?)',
    (sql) => endWait(sql, ['inst'], NOW, 5),
  ],
])('%s is found by an index', (_what, index, ask) => {
  const { sql, plans } = planner();
  ask(sql);
  expect(plans[0]).toContain(index);
  for (const plan of plans) expect(plan).not.toContain('SCAN outbox');
});
