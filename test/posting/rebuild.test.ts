// The ledger folded again from its facts: what differs is named, put right, and reaches the records; beside posts, on both stores.
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordKey, rowKey, type Fact, type Row } from '../../src/ledger/facts.ts';
import { createPost, type Post } from '../../src/posting/post.ts';
import { rebuild, type Rebuilt } from '../../src/posting/rebuild.ts';
import type { Store } from '../../src/store/store.ts';
import { openInDatabase } from '../store/databases.ts';
import { openInFolder } from '../store/folders.ts';
import { commitOf, later, LEASE_MS, NOW } from '../store/samples.ts';
import type { Opened } from '../store/store.contract.ts';

const RECORD = { installationId: 'inst_1', objectType: 'contacts', recordId: '101' };
const clock = { now: () => NOW };

const fact = (entity: string, id: string, owner: string | null, body: object, number = 0): Fact =>
  ({ entity, id, owner, account: 'acct_a', aspect: entity, source: 'gateway', number, body }) as Fact;

const invoice = (id: string, status = 'open', paidMinor = 0, owner = 'cus_1'): Fact =>
  fact('invoice', id, owner, {
    status,
    currency: 'EUR',
    totalMinor: 500,
    paidMinor,
    remainingMinor: 500 - paidMinor,
  });

const refund = fact('refund', 're_1', null, { paymentId: 'pi_1', amountMinor: 5, status: 'pending' });

const FACTS: Fact[] = [
  fact('customer', 'cus_1', 'cus_1', { currency: 'EUR' }, 1),
  fact('link', `cus_1>${recordKey(RECORD)}`, 'cus_1', {
    customerId: 'cus_1',
    record: RECORD,
    reason: 'email',
    active: true,
  }),
  invoice('in_1'),
  invoice('in_1', 'paid', 500),
  invoice('in_2'),
  refund,
  fact('payment', 'pi_1', 'cus_1', { status: 'succeeded', capturedMinor: 500, currency: 'EUR' }),
  fact('payout', 'po_1', null, { amountMinor: 3, status: 'paid' }),
];
const ROWS = 7;

describe.each([
  ['the embedded store', openInFolder],
  ['the PostgreSQL store', openInDatabase],
])('on %s', (_name, open) => {
  let opened: Opened;
  let store: Store;
  let post: Post;
  beforeEach(async () => {
    opened = await open();
    store = opened.store;
    const contextOf = async () => ({ zone: 'Europe/Berlin', counts: () => true });
    post = createPost({ store, clock, contextOf, wake: () => undefined });
    for (const one of FACTS) await post('ws_1', [one]);
    await post('ws_2', [invoice('in_9')]);
  });
  afterEach(() => opened.close());

  const run = (isCheck: boolean, atOnce?: number): Promise<Rebuilt> =>
    rebuild({ store, clock, ...(atOnce ? { atOnce } : {}) }, 'ws_1', isCheck);

  const rows = async (): Promise<Row[]> => store.rowsAfter('ws_1', null, 100);
  const rowOf = async (id: string): Promise<Row> => (await rows()).find((row) => row.id === id) as Row;

  /** Past every fact, as no post would. */
  async function spoil(id: string, change: (row: Row) => Row): Promise<void> {
    const scopes = [id];
    await store.commit(commitOf({ rows: [change(await rowOf(id))], scopes }));
  }
  const KEYS = {
    in_2: rowKey({ entity: 'invoice', account: 'acct_a', id: 'in_2' }),
    re_1: rowKey({ entity: 'refund', account: 'acct_a', id: 're_1' }),
    in_0: rowKey({ entity: 'invoice', account: 'acct_a', id: 'in_0' }),
    pi_1: rowKey({ entity: 'payment', account: 'acct_a', id: 'pi_1' }),
  };

  it('what was posted is what its facts say', async () => {
    const expected = { facts: FACTS.length, rows: ROWS, different: [] };
    expect(await run(true)).toEqual(expected);
    expect(await run(true, 2)).toEqual(expected);
    expect(await run(false)).toEqual(expected);
  });

  const MISTAKES: [string, string, () => Promise<unknown>][] = [
    ['a row that says something else', KEYS.in_2, () => spoil('in_2', (row) => ({ ...row, aspects: {} }))],
    [
      'a row that belongs to somebody else',
      KEYS.re_1,
      () => spoil('re_1', (row) => ({ ...row, owner: 'cus_2' })),
    ],
    [
      'a row that is missing',
      KEYS.pi_1,
      async () => store.commit(commitOf({ gone: [await rowOf('pi_1')], scopes: ['pi_1'] })),
    ],
    [
      'a row that no fact speaks of',
      KEYS.in_0,
      async () =>
        store.commit(commitOf({ rows: [{ ...(await rowOf('in_2')), id: 'in_0' }], scopes: ['in_0'] })),
    ],
  ];

  it.each(MISTAKES)('%s is named, and put right', async (_what, key, spoilIt) => {
    const before = await rows();
    await spoilIt();
    const spoilt = await rows();
    expect((await run(true)).different).toContain(key);
    expect((await run(true, 2)).different).toContain(key);
    expect(await rows()).toEqual(spoilt);
    expect((await run(false, 3)).different).toContain(key);
    expect(await rows()).toEqual(before);
    expect((await run(true)).different).toEqual([]);
  });

  it('a ledger that is gone altogether is folded again, what it lends included', async () => {
    const before = await rows();
    await store.commit(commitOf({ gone: before, scopes: before.map(({ id }) => id) }));
    expect((await run(false, 2)).different).toHaveLength(ROWS);
    expect(await rows()).toEqual(before);
    expect((await rowOf('re_1')).owner).toBe('cus_1');
  });

  it('leaves records to be computed anew, those of before and those of now', async () => {
    const elsewhere = recordKey({ ...RECORD, recordId: '202' });
    await spoil(`cus_1>${recordKey(RECORD)}`, (row) => ({ ...row, record: elsewhere }));
    await run(false);
    const left = await store.claimWork(['total', 'renew'], later(LEASE_MS * 2), 9, LEASE_MS);
    const keys = left.flatMap(({ kind, key }) => (kind === 'total' ? [key] : []));
    expect(keys.toSorted()).toEqual([recordKey(RECORD), elsewhere]);
    expect(left.some(({ kind, payload }) => kind === 'renew' && payload['anew'] === true)).toBe(true);
  });

  it('a check leaves nothing to do', async () => {
    await store.claimWork(['match', 'fetch', 'total'], NOW, 100, LEASE_MS);
    await spoil('in_2', (row) => ({ ...row, aspects: {} }));
    await run(true);
    expect(await store.claimWork(['total', 'renew'], later(LEASE_MS / 2), 9, LEASE_MS)).toEqual([]);
  });

  it('posts go on meanwhile: nothing of theirs is taken for a difference or undone', async () => {
    const state = { isOver: false, paid: 0 };
    const posting = (async () => {
      for (; !state.isOver; state.paid += 1) {
        await post('ws_1', [
          invoice('in_2', 'open', Math.min(state.paid, 499)),
          invoice(`in_x${state.paid}`),
        ]);
        await setImmediate();
      }
    })();
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await run(true, 4)).different).toEqual([]);
      expect((await run(false, 4)).different).toEqual([]);
    }
    state.isOver = true;
    await posting;
    expect(state.paid).toBeGreaterThan(3);
    expect((await run(true)).different).toEqual([]);
  });
});
