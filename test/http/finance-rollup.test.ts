// Adding up for finance on a real store: a few payers at a time, kept, renewed when it is old, and never another workspace's.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRollup, type Rollup, type RollupDeps, type Wish } from '../../src/http/finance-rollup.ts';
import { fold } from '../../src/ledger/fold.ts';
import { sumsOf } from '../../src/views/finance-sums.ts';
import { invoiceFact, LIVE, TEST } from '../outbox/world.ts';
import { openInFolder } from '../store/folders.ts';
import { commitOf, NOW } from '../store/samples.ts';

let opened: Awaited<ReturnType<typeof openInFolder>>;
let now: number;
let pages: number[];
let failing: boolean;
let held: (() => void)[] | null;
let rollup: Rollup;

beforeEach(async () => {
  opened = await openInFolder();
  now = NOW.getTime();
  [pages, failing, held] = [[], false, null];
  rollup = createRollup(deps());
});
afterEach(() => opened.close());

const deps = (): RollupDeps => ({
  clock: { now: () => new Date(now) },
  unmatched: async () => 3,
  patienceMs: 20,
  store: {
    ownersAfter: (...args) => opened.store.ownersAfter(...args),
    async rowsOf(...args) {
      if (failing) throw new Error('the store does not answer');
      await new Promise<void>((resolve) => (held ? held.push(resolve) : resolve()));
      const rows = await opened.store.rowsOf(...args);
      pages.push(rows.length);
      return rows;
    },
  },
});

const wish = (change: Partial<Wish> = {}): Wish => ({
  workspaceId: 'ws_1',
  zone: 'Europe/Berlin',
  accounts: [
    { id: LIVE, livemode: true, verifiedAt: null },
    { id: TEST, livemode: false, verifiedAt: null },
  ],
  ...change,
});

async function owe(count: number, owners: number, more: object = {}, workspaceId = 'ws_1'): Promise<void> {
  const facts = Array.from({ length: count }, (_, nth) =>
    invoiceFact(`in_${owners}_${nth}`, `cus_${nth % owners}`, 100, {}, more),
  );
  await opened.store.commit(commitOf({ workspaceId, rows: [...fold(new Map(), facts).values()] }));
}

async function owed(from: Partial<Wish> = {}): Promise<number | null> {
  const { sums } = await rollup(wish(from));
  return sums && (sumsOf(sums.live, 'owed')[0]?.total.amountMinor ?? 0);
}

const later = (ms: number): void => void (now += ms);

async function until(fits: () => Promise<boolean>): Promise<void> {
  while (!(await fits())) await new Promise((resolve) => setImmediate(resolve));
}

it('adds up every payer once, in pages that stay small, and real money apart from test money', async () => {
  await owe(2_000, 400);
  await owe(30, 3, { account: TEST });
  await owe(50, 5, {}, 'ws_2');
  rollup = createRollup({ ...deps(), patienceMs: 60_000 });
  const { sums } = await rollup(wish());
  expect(sumsOf(sums!.live, 'owed')).toMatchObject([{ total: { amountMinor: 200_000 }, count: 2_000 }]);
  expect(sumsOf(sums!.test, 'owed')).toMatchObject([{ total: { amountMinor: 3_000 }, count: 30 }]);
  expect(sums!.unmatched).toBe(3);
  expect(Math.max(...pages)).toBeLessThanOrEqual(300);
});

it('leaves out accounts that are not among those asked for', async () => {
  await owe(10, 2);
  await owe(10, 2, { account: 'ga_gone' });
  await until(async () => (await owed({ accounts: wish().accounts.slice(0, 1) })) === 1_000);
});

it('keeps what it added up for a moment, then adds up again', async () => {
  await owe(10, 2);
  await until(async () => (await owed()) === 1_000);
  const before = pages.length;
  expect(await owed()).toBe(1_000);
  expect(pages.length).toBe(before);
  await owe(5, 1);
  later(60_000);
  await until(async () => (await owed()) === 1_500);
});

it('shows the sums before while it adds up anew, and says how far it is where there are none', async () => {
  await owe(40, 10);
  held = [];
  expect(await rollup(wish())).toEqual({ sums: null, payers: 0 });
  const waiting = held;
  held = null;
  for (const go of waiting) go();
  await until(async () => (await owed()) === 4_000);
  await owe(5, 1);
  later(60_000);
  held = [];
  const reading = held;
  await until(async () => (await owed()) === 4_000 && reading.length > 0);
  expect(reading).toHaveLength(1);
  reading[0]?.();
  held = null;
  await until(async () => (await owed()) === 4_500);
});

it('forgets them with the day, the zone and the accounts they were of', async () => {
  await owe(10, 2);
  await until(async () => (await owed()) === 1_000);
  held = [];
  expect(await owed({ zone: 'Asia/Tokyo' })).toBeNull();
  expect(await owed({ accounts: wish().accounts.slice(0, 1) })).toBeNull();
  for (const go of held) go();
  held = null;
});

it('says that the store does not answer, and adds up once it does', async () => {
  await owe(10, 2);
  rollup = createRollup({ ...deps(), patienceMs: 60_000 });
  failing = true;
  await expect(rollup(wish())).rejects.toThrow('the store does not answer');
  failing = false;
  await until(async () => (await owed()) === 1_000);
});
