// Sweeps over the real store: each in turns, from where it stopped, and never against what was learnt meanwhile.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rateLimited, reauthRequired } from '../../src/errors.ts';
import type { EntityRef, Gateway, GatewayConnection } from '../../src/gateways/gateway.ts';
import type { Fact } from '../../src/ledger/facts.ts';
import { ledgerOf } from '../../src/ledger/ledger.ts';
import { createLog } from '../../src/log.ts';
import { createNewsIn } from '../../src/posting/news.ts';
import { createPost, type Post } from '../../src/posting/post.ts';
import { createSweeps, sweepWork, type SweepDeps } from '../../src/reconcile/sweep.ts';
import type { Store } from '../../src/store/store.ts';
import { customerFact, fact, invoiceFact, LIVE, WORKSPACE } from '../outbox/world.ts';
import { openInFolder } from '../store/folders.ts';
import { later } from '../store/samples.ts';

const INTERVAL_MS = 900_000;
const LEASE_MS = 60_000;

let opened: Awaited<ReturnType<typeof openInFolder>>;
let store: Store;
let post: Post;
let now: Date;
/** What the gateway has, by kind of history. */
let kept: Record<string, Fact[]>;
/** What comes only with the invoice it is part of. */
let parts: Fact[];
let told: Fact[];
let calls: string[];
let posted: number;
let verifiedAt: string[];
/** Runs before each call of the gateway. */
let before: (call: string) => Promise<void>;
let size: number;

beforeEach(async () => {
  opened = await openInFolder();
  store = opened.store;
  [now, told, parts, calls, posted, verifiedAt, size] = [later(0), [], [], [], 0, [], 0];
  kept = { customers: [], invoices: [], payments: [], refunds: [] };
  before = async () => undefined;
  makePost();
  await store.addWork(sweepWork({ id: LIVE, workspaceId: WORKSPACE }, now, later(-3_600_000)));
});
afterEach(() => opened.close());

const clock = { now: () => now };

function makePost(): void {
  const contextOf = async () => ({ zone: 'Europe/Berlin', counts: () => true });
  const plain = createPost({ store, clock, contextOf, wake: () => undefined });
  post = (workspaceId, facts, finish) => {
    posted += 1;
    return plain(workspaceId, facts, finish);
  };
}

const numbered = (facts: Fact[], number: number): Fact[] => facts.map((one) => ({ ...one, number }));
const madeSince = (since: Date | undefined) => (one: Fact) =>
  !since || !('createdAt' in one.body) || String(one.body.createdAt) >= since.toISOString();

const gateway: Pick<Gateway, 'history' | 'list' | 'events' | 'fetch'> = {
  get history() {
    return Object.keys(kept);
  },
  async events(_, __, cursor) {
    await called(`events ${cursor ?? 0}`);
    const place = Number(cursor ?? 0);
    const next = place + 1 < told.length ? String(place + 1) : null;
    return { facts: told.slice(place, place + 1), fetch: [], next };
  },
  async list(_, kind, cursor, number, { from: since } = {}) {
    await called(`${since ? 'made' : 'all'} ${kind} ${cursor ?? 0}`);
    const place = Number(cursor ?? 0);
    const all = (kept[kind] ?? []).filter(madeSince(since));
    const facts = numbered(all.slice(place, place + 2), number);
    const next = place + 2 < all.length ? String(place + 2) : null;
    return { facts, next, objects: facts.length, skipped: 0 };
  },
  async fetch(_, { entity, id }, number) {
    await called(`${entity} ${id}`);
    const all = [...Object.values(kept).flat(), ...parts];
    return numbered(
      all.filter((one) => (one.entity === entity && one.id === id) || isPartOf(one, { entity, id })),
      number,
    );
  },
};

const isPartOf = (one: Fact, { entity, id }: EntityRef): boolean =>
  one.entity === 'allocation' && entity === 'invoice' && one.body.invoiceId === id;

async function called(call: string): Promise<void> {
  calls.push(call);
  await before(call);
}

const connection: GatewayConnection = {
  account: LIVE,
  livemode: true,
  credentials: { kind: 'key', secretKey: 'not used' },
};

const deps = (change: Partial<SweepDeps> = {}): SweepDeps => ({
  store,
  clock,
  log: createLog('silent'),
  post,
  newsIn: createNewsIn(store),
  gateway,
  accountConnection: async () => connection,
  accounts: async () => [{ id: LIVE, workspaceId: WORKSPACE, verifiedAt: null }],
  compare: async () => ({ shown: new Set(), missing: new Set(), unlinked: new Set() }),
  keepsEdits: async () => false,
  contextOf: async () => ({ zone: 'Europe/Berlin', counts: () => true }),
  installedIn: async () => [],
  wake: () => undefined,
  sizeOf: async () => size,
  verified: async (_, at) => void verifiedAt.push(at),
  intervalMs: INTERVAL_MS,
  retryBaseMs: 1_000,
  leaseMs: LEASE_MS,
  ...change,
});

/** Turns until a sweep has ended. */
async function sweep(run = createSweeps(deps())): Promise<void> {
  const ended = verifiedAt.length + 1;
  for (let turn = 0; turn < 100 && verifiedAt.length < ended; turn += 1) {
    await run();
    now = new Date(now.getTime() + 1_000);
  }
  expect(verifiedAt).toHaveLength(ended);
}

const wait = (): void => void (now = new Date(now.getTime() + INTERVAL_MS));

const OPEN = { status: 'open', createdAt: '2025-08-01T09:00:00.000Z' };
const PAID = { status: 'paid', paidMinor: 1_000, remainingMinor: 0, paidAt: '2026-02-01T09:00:00.000Z' };
const invoice = (id: string, more: object = OPEN): Fact => invoiceFact(id, 'cus_1', 1_000, more);
const money = { amountMinor: 1_000, currency: 'EUR' };
const payment = (id: string, status: string): Fact =>
  fact('payment', id, 'cus_1', {
    ...money,
    status,
    capturedMinor: status === 'succeeded' ? 1_000 : 0,
    createdAt: OPEN.createdAt,
  });
const allocation = (invoiceId: string, paymentId: string): Fact =>
  fact('allocation', `${paymentId}>${invoiceId}`, null, { ...money, invoiceId, paymentId, status: 'paid' });

const ledger = async () =>
  ledgerOf((await store.loadCluster(WORKSPACE, { owners: ['cus_1'], ids: [], records: [] })).rows);
const states = async () =>
  Object.fromEntries((await ledger()).invoice.map(({ id, body }) => [id, body.status]));

describe('a sweep', () => {
  beforeEach(async () => {
    kept = {
      customers: [customerFact('cus_1')],
      invoices: ['in_1', 'in_2', 'in_3', 'in_4', 'in_5', 'in_6'].map((id) => invoice(id)),
      payments: [payment('pi_1', 'requires_action')],
    };
    await post(WORKSPACE, numbered(Object.values(kept).flat(), await store.drawNumber()));
    [posted, calls] = [0, []];
  });

  const payFirst = (): void => {
    kept = {
      ...kept,
      invoices: [invoice('in_1', { ...OPEN, ...PAID }), ...kept['invoices']!.slice(1)],
      payments: [payment('pi_1', 'succeeded'), payment('pi_2', 'succeeded')],
    };
    parts = [allocation('in_1', 'pi_2')];
  };

  it('reads every object that is not final, and what is behind one that has become so', async () => {
    payFirst();
    await sweep();
    const read = calls.filter((call) => /^(invoice|payment) /.test(call)).toSorted();
    const open = kept['invoices']!.map(({ id }) => `invoice ${id}`);
    expect(read).toEqual([...open, 'payment pi_1', 'payment pi_2']);
    expect(await states()).toMatchObject({ in_1: 'paid', in_2: 'open' });
    expect((await ledger()).payment.map(({ body }) => body.status)).toEqual(['succeeded', 'succeeded']);
  });

  it('reads every subscription that has not ended, and one that has ended no more', async () => {
    const subscription = (id: string, status: string): Fact =>
      fact('subscription', id, 'cus_1', { ...OPEN, customerId: 'cus_1', status });
    const goingOn = ['trialing', 'active', 'past_due', 'unpaid', 'incomplete', 'paused'];
    const all = [...goingOn, 'canceled'].map((status) => subscription(`sub_${status}`, status));
    await post(WORKSPACE, numbered(all, await store.drawNumber()));
    kept['subscriptions'] = all.map((one) =>
      one.id === 'sub_active' ? subscription(one.id, 'canceled') : one,
    );
    await sweep();
    const read = (): string[] => calls.filter((call) => call.startsWith('subscription '));
    expect(read().toSorted()).toEqual(goingOn.map((status) => `subscription sub_${status}`).toSorted());
    calls = [];
    wait();
    await sweep();
    expect(read()).not.toContain('subscription sub_active');
    expect(read()).toHaveLength(goingOn.length - 1);
  });

  it('reads what moved the gateway’s balance and is not known, or known with another amount', async () => {
    const paid = payment('pi_3', 'succeeded');
    await post(WORKSPACE, numbered([paid], await store.drawNumber()));
    const movement = (source: string, sourceId: string, paymentId: string, presentedMinor: number): Fact =>
      fact('balanceTransaction', `txn_${sourceId}`, null, {
        source,
        sourceId,
        paymentId,
        presentedMinor,
        presentedCurrency: 'EUR',
        amountMinor: presentedMinor,
        feeMinor: 0,
        currency: 'EUR',
        createdAt: now.toISOString(),
      });
    kept['balanceTransactions'] = [
      movement('payment', 'pi_3', 'pi_3', 1_000),
      movement('payment', 'pi_1', 'pi_1', 1_000),
      movement('payment', 'pi_9', 'pi_9', 1_000),
      movement('refund', 're_3', 'pi_3', -400),
    ];
    parts = [
      fact('refund', 're_3', null, { ...money, amountMinor: 400, paymentId: 'pi_3', status: 'succeeded' }),
    ];
    await sweep();
    const read = calls.filter((call) => /^(payment|refund) /.test(call));
    // What is not final is read anyway.
    expect(new Set(read)).toEqual(new Set(['payment pi_1', 'payment pi_9', 'refund re_3']));
    expect((await ledger()).refund).toMatchObject([{ id: 're_3', body: { amountMinor: 400 } }]);
    wait();
    calls = [];
    kept['balanceTransactions'] = [];
    await sweep();
    expect(calls).not.toContain('refund re_3');
  });

  it('posts nothing when it finds nothing, and says since when all is known', async () => {
    const began = now.toISOString();
    await sweep();
    expect(posted).toBe(0);
    expect(verifiedAt).toEqual([began]);
    wait();
    await sweep();
    expect(posted).toBe(0);
  });

  it('goes on where it was after a kill at each of its calls, and finds the same', async () => {
    payFirst();
    told = [invoice('in_2', { ...OPEN, ...PAID }), payment('pi_1', 'succeeded')];
    kept['invoices']![1] = invoice('in_2', { ...OPEN, ...PAID });
    const killed = new Set<string>();
    const place = { kills: 0 };
    let killing = (): void => undefined;
    before = (call) => {
      if (killed.has(call)) return Promise.resolve();
      killed.add(call);
      killing();
      return new Promise<never>(() => undefined);
    };
    while (verifiedAt.length === 0 && place.kills < 60) {
      const kill = new Promise<'killed'>((resolve) => (killing = () => resolve('killed')));
      const run = createSweeps(deps());
      const ended = await Promise.race([run().then(() => 'turned' as const), kill]);
      if (ended === 'killed') {
        place.kills += 1;
        store = await opened.reopen();
        makePost();
        now = new Date(now.getTime() + LEASE_MS);
      }
      now = new Date(now.getTime() + 1_000);
    }
    expect(place.kills).toBeGreaterThan(8);
    expect(await states()).toMatchObject({ in_1: 'paid', in_2: 'paid', in_3: 'open' });
    expect((await ledger()).payment.map(({ body }) => body.status)).toEqual(['succeeded', 'succeeded']);
  });

  it('yields to a gateway that has enough, and goes on at the same call', async () => {
    let refusals = 2;
    before = async (call) => {
      if (call !== 'made payments 0' || refusals === 0) return;
      refusals -= 1;
      throw rateLimited({ retryAfterMs: 30_000 });
    };
    const run = createSweeps(deps());
    for (let turn = 0; turn < 20; turn += 1) await run();
    const stopped = calls.length;
    now = new Date(now.getTime() + 29_000);
    await run();
    expect(calls).toHaveLength(stopped);
    now = new Date(now.getTime() + 61_000);
    await sweep(run);
    expect(refusals).toBe(0);
  });

  it('does not put what it read before over what was learnt while it was answered', async () => {
    before = async (call) => {
      if (call !== 'invoice in_1') return;
      const live = invoice('in_1', { ...OPEN, memo: 'as it is now' });
      await post(WORKSPACE, [{ ...live, number: await store.drawNumber() }]);
    };
    kept['invoices']![0] = invoice('in_1', { ...OPEN, memo: 'as it was' });
    await sweep();
    const memo = (await ledger()).invoice.find(({ id }) => id === 'in_1')?.body.memo;
    expect(memo).toBe('as it is now');
  });

  it('waits for an account that is not connected, and goes on once it is', async () => {
    const closed = createSweeps(deps({ accountConnection: () => Promise.reject(reauthRequired()) }));
    await closed();
    expect([calls, verifiedAt]).toEqual([[], []]);
    wait();
    await sweep();
  });

  it('reads everything again, some pages with each sweep, so that nothing stays unseen for a month', async () => {
    const everything = (): string[] => calls.filter((call) => call.startsWith('all '));
    await sweep();
    expect(everything()).toEqual(['all customers 0']);
    wait();
    await sweep();
    wait();
    await sweep();
    expect(everything()).toEqual(['all customers 0', 'all invoices 0', 'all invoices 2']);
    size = 500_000;
    wait();
    await sweep();
    expect(everything().slice(3)).toEqual(['all invoices 4', 'all payments 0']);
  });
});
