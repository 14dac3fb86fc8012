// Backfill over the real store: windows side by side, each object once, and after a failure on from where it stopped.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rateLimited, reauthRequired } from '../../src/errors.ts';
import type { GatewayConnection, TimeWindow } from '../../src/gateways/gateway.ts';
import { createLog } from '../../src/log.ts';
import type { MirrorTarget } from '../../src/records/mirror.ts';
import { createPost, type Post } from '../../src/posting/post.ts';
import { createBackfill, type BackfillDeps } from '../../src/reconcile/backfill.ts';
import type { HistoryProgress } from '../../src/reconcile/history-plan.ts';
import type { Store, Lane } from '../../src/store/store.ts';
import { customerFact, invoiceFact, linkFact, LIVE, WORKSPACE } from '../outbox/world.ts';
import { openInFolder } from '../store/folders.ts';
import { later, work } from '../store/samples.ts';

const PAGE = 10;
const LEASE_MS = 60_000;
type Kept = { id: string; at: number };
/** Three in each second, so that borders of windows fall between objects of one second. */
const made = (name: string, count: number): Kept[] =>
  Array.from({ length: count }, (_, nth) => ({
    id: `${name}_${nth}`,
    at: 1_700_000_000 - Math.floor(nth / 3) * 60,
  }));
const KEPT: Record<string, Kept[]> = { customers: made('cus', 25), invoices: made('in', 600), refunds: [] };
const OBJECTS = 625;

let opened: Awaited<ReturnType<typeof openInFolder>>;
let store: Store;
let post: Post;
let now: Date;
let asked: { kind: string; ids: string[] }[];
let told: HistoryProgress[];
let turns: string[];
let halted: string[];
/** Runs before each page is read. */
let before: (nth: number) => Promise<void>;
let paused: boolean;
let isKnown: boolean;
let most: number;

beforeEach(async () => {
  opened = await openInFolder();
  store = opened.store;
  [now, asked, told, turns, paused, isKnown, most] = [later(0), [], [], [], false, true, 0];
  halted = [];
  before = async () => undefined;
  await store.addWork([
    work({ kind: 'backfill', key: LIVE, workspaceId: WORKSPACE, payload: { account: LIVE } }),
  ]);
  makePost();
});
afterEach(() => opened.close());

const clock = { now: () => now };

function makePost(mirrors: MirrorTarget[] = []): void {
  const contextOf = async () => ({ zone: 'Europe/Berlin', counts: () => true, mirrors });
  post = createPost({ store, clock, contextOf, wake: () => undefined });
}

const connection: GatewayConnection = {
  account: LIVE,
  livemode: true,
  credentials: { kind: 'key', secretKey: 'not used' },
};

const isIn = ({ at }: Kept, { from, before: end }: TimeWindow): boolean =>
  (!from || at * 1_000 >= from.getTime()) && (!end || at * 1_000 < end.getTime());

const under = { count: 0 };
const gateway: BackfillDeps['gateway'] = {
  history: Object.keys(KEPT),
  historyRoots: ['customers'],
  async list({ pace }, kind, cursor, number, window = {}) {
    await pace?.();
    const all = (KEPT[kind] ?? []).filter((one) => isIn(one, window));
    const start = cursor === null ? 0 : all.findIndex(({ id }) => id === cursor) + 1;
    const page = all.slice(start, start + PAGE);
    asked.push({ kind, ids: page.map(({ id }) => id) });
    under.count += 1;
    most = Math.max(most, under.count);
    await before(asked.length).finally(() => (under.count -= 1));
    const facts = page.map(({ id }) => ({
      ...(kind === 'customers' ? customerFact(id) : invoiceFact(id, `cus_${id.length}`, 1_000)),
      number,
    }));
    const at = page.map((one) => new Date(one.at * 1_000));
    return {
      facts,
      next: start + PAGE < all.length ? (page.at(-1)?.id ?? null) : null,
      objects: page.length,
      skipped: 0,
      ...(at[0] ? { made: { newest: at[0], oldest: at.at(-1) ?? at[0] } } : {}),
    };
  },
};

const deps = (change: Partial<BackfillDeps> = {}): BackfillDeps => ({
  store,
  clock,
  log: createLog('silent'),
  post,
  gateway,
  accountConnection: async () => connection,
  installedIn: async () => ['inst_1'],
  turn: async (_, kind) => void turns.push(kind),
  async progress(_, progress) {
    told.push(progress);
    return isKnown ? { paused } : null;
  },
  halted: async (account) => void halted.push(account),
  intervalMs: 900_000,
  retryBaseMs: 1_000,
  leaseMs: LEASE_MS,
  ...change,
});

async function run(change: Partial<BackfillDeps> = {}): Promise<void> {
  const backfill = createBackfill(deps(change));
  while ((await backfill.run()) > 0) await backfill.settled();
}

const names = Object.values(KEPT)
  .flat()
  .map(({ id }) => id);
const read = (from = 0): string[] => asked.slice(from).flatMap(({ ids }) => ids);
async function inLedger(): Promise<number> {
  const rows = await Promise.all([
    store.findRows(WORKSPACE, 'invoice', names),
    store.findRows(WORKSPACE, 'customer', names),
  ]);
  return rows.flat().length;
}
const finished = (): boolean => told.at(-1)?.finished === true;
const waits = () => store.claimWork(['backfill'], later(30 * 86_400_000), 9, 1);

describe('a backfill', () => {
  it('of an account that was never saved ends at once', async () => {
    isKnown = false;
    await run();
    expect(asked).toEqual([]);
    expect(await waits()).toEqual([]);
  });

  it('reads every object once, also where many were made in the second at the border of two windows', async () => {
    await run();
    expect(read().sort()).toEqual([...names].sort());
    expect(await inLedger()).toBe(OBJECTS);
    expect(told.at(-1)).toMatchObject({ done: OBJECTS, finished: true });
    expect(await waits()).toEqual([]);
  });

  it('reads windows of one kind side by side, with few calls more than there are pages', async () => {
    before = () => new Promise((resolve) => setTimeout(resolve, 100));
    await run();
    expect(most).toBeGreaterThan(4);
    expect(most).toBeLessThanOrEqual(12);
    expect(asked.length).toBeLessThanOrEqual(64 + 12);
  });

  it('has each call wait for its turn', async () => {
    await run();
    expect(turns).toHaveLength(asked.length);
  });

  it('knows payers before what they owe, so that none is fetched alone', async () => {
    before = (nth) => new Promise((resolve) => setTimeout(resolve, nth < 4 ? 5 : 0));
    const posted: string[] = [];
    await run({
      post(workspaceId, facts, finish) {
        posted.push(...facts.map(({ entity }) => entity));
        return post(workspaceId, facts, finish);
      },
    });
    expect(posted.lastIndexOf('customer')).toBeLessThan(posted.indexOf('invoice'));
    expect(await inLedger()).toBe(OBJECTS);
  });

  it('leaves what is to be written as history, behind what is new', async () => {
    const installationId = 'inst_1';
    makePost([{ installationId, payments: true, whole: true }]);
    await run();
    const claimed = (lane: Lane) => store.claimDeliveries({ installationId, lane }, later(0), 1_000, 1);
    expect(await claimed('new')).toEqual([]);
    expect(await claimed('history')).toHaveLength(600);
  });

  it('says how much there is about, once it knows how far history goes', async () => {
    await run();
    const totals = told.flatMap(({ total }) => total ?? []);
    expect(told[0]?.total).toBeNull();
    expect(totals.length).toBeGreaterThan(10);
    // A window may reach further back than history does: until it is read, that counts as well.
    for (const total of totals) expect(total / OBJECTS).toBeLessThan(2);
    for (const total of totals) expect(total / OBJECTS).toBeGreaterThan(0.8);
    expect(totals.at(-1)).toBe(OBJECTS);
  });

  it('leaves the first sweep once, from when it began', async () => {
    const began = now;
    await run();
    const sweeps = await store.claimWork(['sweep'], later(86_400_000), 9, 1);
    expect(sweeps.map(({ key }) => key).sort()).toEqual([LIVE, 'records'].sort());
    expect(sweeps.find(({ key }) => key === LIVE)?.payload).toMatchObject({ since: began.toISOString() });
  });

  it('goes on in its windows after the gateway asked for quiet, and not before', async () => {
    before = async (nth) => {
      if (nth === 30) throw rateLimited({ retryAfterMs: 20_000 });
    };
    await run();
    const first = asked.length;
    expect([finished(), halted]).toEqual([false, [LIVE]]);
    now = later(19_000);
    await run();
    expect(asked).toHaveLength(first);
    now = later(60_000);
    await run();
    expect(finished()).toBe(true);
    expect(await inLedger()).toBe(OBJECTS);
    expect(read()).toHaveLength(OBJECTS + PAGE);
  });

  it('goes on in its windows after the process was killed at any page', { timeout: 60_000 }, async () => {
    for (const at of [1, 2, 3, 5, 9, 17, 31]) {
      const cut = { ...deps(), post: hangingAfter(at) };
      void createBackfill(cut).run();
      const count = asked.length;
      await hung;
      store = await opened.reopen();
      makePost();
      expect(asked.length - count).toBeLessThanOrEqual(at + 12);
      now = new Date(now.getTime() + LEASE_MS + 1);
    }
    await run();
    expect(finished()).toBe(true);
    expect(await inLedger()).toBe(OBJECTS);
    // At each kill no more than what was under way is read again.
    expect(read().length).toBeLessThanOrEqual(OBJECTS + 7 * 12 * PAGE);
  });

  it('pauses with the pages under way, and goes on when it is asked to', async () => {
    before = async (nth) => void (paused ||= nth === 20);
    await run();
    expect(asked.length).toBeLessThanOrEqual(20 + 12);
    expect(finished()).toBe(false);
    const soFar = asked.length;
    await run();
    expect(asked).toHaveLength(soFar);
    paused = false;
    before = async () => undefined;
    await store.addWork([
      work({ kind: 'backfill', key: LIVE, workspaceId: WORKSPACE, payload: { account: LIVE } }),
    ]);
    await run();
    expect(finished()).toBe(true);
    expect(read().sort()).toEqual([...names].sort());
  });

  it('lets the pages under way end when the connector stops', async () => {
    const backfill = createBackfill(deps());
    before = async (nth) => {
      if (nth === 10) void backfill.stop();
    };
    await backfill.run();
    await backfill.settled();
    expect(finished()).toBe(false);
    const soFar = asked.length;
    before = async () => undefined;
    await run();
    expect(asked.length).toBeGreaterThan(soFar);
    expect(read().sort()).toEqual([...names].sort());
  });

  it('is read by one of two processes, and ends once', async () => {
    const ends = () => told.filter((one) => one.finished).length;
    const [one, other] = [createBackfill(deps()), createBackfill(deps())];
    for (let taken = 1; taken > 0;) {
      const counts = await Promise.all([one.run(), other.run()]);
      taken = counts.reduce((sum, count) => sum + count, 0);
      expect(taken).toBeLessThanOrEqual(1);
      await Promise.all([one.settled(), other.settled()]);
    }
    expect(ends()).toBe(1);
    expect(read().sort()).toEqual([...names].sort());
  });

  it('waits while the account is not connected', async () => {
    await run({ accountConnection: () => Promise.reject(reauthRequired()) });
    expect(asked).toEqual([]);
    now = later(3_600_000);
    await run();
    expect(finished()).toBe(true);
  });
});

describe('people’s records', () => {
  const record = { portal: 1, objectType: 'contacts' as const, id: '77' };
  const KEY = 'inst_1|contacts|77';
  const due = async (at = now): Promise<string[]> =>
    (await store.dueKeys('inst_1', at, 100)).map(({ key }) => key);

  /** Invoices of a page name `cus_6` from the hundredth on. */
  beforeEach(async () => {
    await post(WORKSPACE, [customerFact('cus_6'), linkFact('cus_6', record)]);
    await store.delivered(await store.claimDeliveries('inst_1', now, 9, 1));
    now = later(1);
  });

  it('wait while history is read, and are due once it has ended', async () => {
    const meanwhile: string[][] = [];
    before = async () => void meanwhile.push(await due());
    await run();
    expect(finished()).toBe(true);
    expect(meanwhile.length).toBeGreaterThan(60);
    expect(meanwhile.flat()).toEqual([]);
    expect(await due()).toEqual([KEY]);
  });

  it('are let go when an import is paused', async () => {
    before = async (nth) => void (paused ||= nth === 50);
    await run();
    expect(finished()).toBe(false);
    expect(await due()).toEqual([KEY]);
  });

  it('are let go when an import fails, before it is tried again', async () => {
    before = async (nth) => {
      if (nth === 50) throw rateLimited({ retryAfterMs: 3_600_000 });
    };
    await run();
    expect(finished()).toBe(false);
    expect(await due()).toEqual([KEY]);
  });

  it('are let go after five minutes where an import was killed and nobody goes on with it', async () => {
    void createBackfill({ ...deps(), post: hangingAfter(50) }).run();
    await hung;
    store = await opened.reopen();
    expect(await due()).toEqual([]);
    expect(await due(later(299_000))).toEqual([]);
    expect(await due(later(300_001))).toEqual([KEY]);
  });

  it('are due once an import that was killed has gone on to its end', async () => {
    void createBackfill({ ...deps(), post: hangingAfter(50) }).run();
    await hung;
    store = await opened.reopen();
    makePost();
    now = later(LEASE_MS + 1);
    await run();
    expect(finished()).toBe(true);
    expect(await due()).toEqual([KEY]);
  });
});

let hung: Promise<void>;
/** Posts so many times, and then never comes back. */
function hangingAfter(count: number): Post {
  let posts = 0;
  let tell: () => void = () => undefined;
  hung = new Promise((resolve) => (tell = resolve));
  return async (...args) => {
    posts += 1;
    if (posts <= count) return post(...args);
    tell();
    return new Promise<never>(() => undefined);
  };
}
