// Finance's sums: what counts where, day and month by the zone, per currency, and the same however payers are grouped.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowKey, type Fact, type Row } from '../../src/ledger/facts.ts';
import { adopt, fold } from '../../src/ledger/fold.ts';
import { beginProof, proveRows } from '../../src/views/finance-proof.ts';
import { financeViewSchema } from '../../src/views/finance-schema.ts';
import {
  financeDays,
  financeSums,
  joinSums,
  sumsOf,
  type FinanceSums,
} from '../../src/views/finance-sums.ts';
import { financeView } from '../../src/views/finance-view.ts';
import { NOON } from '../ledger/life.ts';
import { life } from '../ledger/property.ts';
import { fact, invoiceFact } from '../outbox/world.ts';

/** Noon of 10 March 2026 in Berlin; clocks went forward on the 29th, and back last October. */
const NOW = new Date('2026-03-10T11:00:00Z');
const ZONE = 'Europe/Berlin';

const rowsOf = (facts: readonly Fact[]): Row[] => {
  const rows = fold(new Map(), facts);
  for (const row of adopt(rows)) rows.set(rowKey(row), row);
  return [...rows.values()];
};

const sums = (facts: readonly Fact[], at = NOW, zone = ZONE): FinanceSums =>
  financeSums(rowsOf(facts), financeDays(at, zone));

const said = (of: FinanceSums, kind: Parameters<typeof sumsOf>[1]): string[] =>
  sumsOf(of, kind).map(({ total, count }) => `${total.currency} ${total.amountMinor} of ${count}`);

const due = (id: string, dueAt: string | null, more: object = {}): Fact =>
  invoiceFact(id, 'ada', 1_000, { dueAt, ...more });

const payment = (id: string, more: object): Fact =>
  fact('payment', id, 'ada', {
    status: 'succeeded',
    currency: 'EUR',
    amountMinor: 500,
    capturedMinor: 500,
    ...more,
  });

describe('what is owed', () => {
  it('is what remains of open invoices and what was reversed, each currency by itself', () => {
    const found = sums([
      due('in_1', null),
      due('in_2', null, { remainingMinor: 250 }),
      due('in_3', null, { currency: 'JPY', remainingMinor: 7_000 }),
      due('in_4', null, { status: 'paid', remainingMinor: 0 }),
      due('in_5', null, { status: 'draft' }),
      due('in_6', null, { status: 'uncollectible' }),
      due('in_7', null, { status: 'paid', remainingMinor: 0, paidMinor: 1_000 }),
      payment('pi_7', { capturedMinor: 1_000, amountMinor: 1_000, failedLateMinor: 1_000 }),
      fact('allocation', 'al_7', 'ada', {
        invoiceId: 'in_7',
        paymentId: 'pi_7',
        amountMinor: 1_000,
        currency: 'EUR',
        status: 'paid',
      }),
    ]);
    expect(said(found, 'owed')).toEqual(['EUR 2250 of 3', 'JPY 7000 of 1']);
    expect(said(found, 'overdue')).toEqual([]);
  });

  it.each([
    ['today', '2026-03-10T22:59:59Z', []],
    ['yesterday', '2026-03-09T22:59:59Z', ['1_30']],
    ['30 days ago', '2026-02-07T23:00:00Z', ['1_30']],
    ['31 days ago', '2026-02-07T22:59:59Z', ['31_60']],
    ['60 days ago', '2026-01-08T23:00:00Z', ['31_60']],
    ['61 days ago', '2026-01-08T22:59:59Z', ['61_90']],
    ['90 days ago', '2025-12-09T23:00:00Z', ['61_90']],
    ['91 days ago', '2025-12-09T22:59:59Z', ['over_90']],
  ])('that was due %s is as old as the local calendar says', (_when, dueAt, ages) => {
    const found = sums([due('in_1', dueAt)]);
    expect(said(found, 'overdue')).toEqual(ages.length > 0 ? ['EUR 1000 of 1'] : []);
    const all = ['1_30', '31_60', '61_90', 'over_90'] as const;
    expect(all.filter((age) => said(found, age).length > 0)).toEqual(ages);
  });

  it('keeps its age over a change of clocks', () => {
    const after = new Date('2026-04-08T10:00:00Z');
    expect(said(sums([due('in_1', '2026-03-08T23:00:00Z')], after), '1_30')).toHaveLength(1);
    expect(said(sums([due('in_1', '2026-03-08T22:59:59Z')], after), '31_60')).toHaveLength(1);
  });
});

describe('what was collected', () => {
  it.each([
    ['2026-01-31T22:59:59Z', null],
    ['2026-01-31T23:00:00Z', 'collected_last_month'],
    ['2026-02-28T22:59:59Z', 'collected_last_month'],
    ['2026-02-28T23:00:00Z', 'collected_this_month'],
  ] as const)('at %s counts in the local month: %s', (succeededAt, month) => {
    const found = sums([payment('pi_1', { succeededAt })]);
    for (const kind of ['collected_this_month', 'collected_last_month'] as const)
      expect(said(found, kind)).toEqual(kind === month ? ['EUR 500 of 1'] : []);
  });

  it('is less what was paid back or is disputed since, and what is on its way is apart', () => {
    const at = { createdAt: '2026-03-05T09:00:00Z', currency: 'EUR' };
    const found = sums([
      payment('pi_1', { succeededAt: '2026-02-20T09:00:00Z' }),
      payment('pi_2', { succeededAt: '2026-03-02T09:00:00Z' }),
      payment('pi_3', { status: 'processing', capturedMinor: 0 }),
      payment('pi_4', { status: 'failed', capturedMinor: 0 }),
      fact('refund', 're_1', 'ada', { paymentId: 'pi_1', amountMinor: 200, status: 'succeeded', ...at }),
      fact('refund', 're_2', 'ada', { paymentId: 'pi_2', amountMinor: 50, status: 'failed', ...at }),
      fact('dispute', 'du_1', 'ada', { paymentId: 'pi_2', amountMinor: 120, status: 'under_review', ...at }),
      fact('dispute', 'du_2', 'ada', { paymentId: 'pi_1', amountMinor: 30, status: 'won', ...at }),
    ]);
    expect(said(found, 'collected_last_month')).toEqual(['EUR 300 of 1']);
    expect(said(found, 'collected_this_month')).toEqual(['EUR 380 of 1']);
    expect(said(found, 'refunded_this_month')).toEqual(['EUR 200 of 1']);
    expect(said(found, 'at_risk')).toEqual(['EUR 120 of 1']);
    expect(said(found, 'processing')).toEqual(['EUR 500 of 1']);
  });
});

it('payers can be added up in any groups and order', () => {
  const days = financeDays(new Date(NOON), ZONE);
  const plain = (of: FinanceSums) => Object.fromEntries([...of].sort(([a], [b]) => (a < b ? -1 : 1)));
  const named = (facts: readonly Fact[], nth: number): Fact[] =>
    facts.map((one) => ({ ...one, account: `acct_${nth}` }));
  fc.assert(
    fc.property(fc.array(life, { minLength: 1, maxLength: 4 }), (lives) => {
      const groups = lives.map(({ facts }, nth) => rowsOf(named(facts, nth)));
      const whole = financeSums(groups.flat(), days);
      const parts = groups.map((rows) => financeSums(rows, days));
      for (const order of [parts, parts.toReversed()])
        expect(plain(order.reduce(joinSums))).toEqual(plain(whole));
      const total = (kinds: Parameters<typeof sumsOf>[1][]): number[] =>
        kinds.map((kind) => sumsOf(whole, kind).reduce((sum, one) => sum + one.count, 0));
      const [overdue = 0, ...ages] = total(['overdue', '1_30', '31_60', '61_90', 'over_90']);
      expect(ages.reduce((sum, one) => sum + one, 0)).toBe(overdue);
    }),
    { numRuns: 40 },
  );
});

describe('the view', () => {
  const accounts = [{ id: 'ga_live', livemode: true, verifiedAt: '2026-03-10T08:00:00Z' }];
  const empty: FinanceSums = new Map();
  const added = (live: FinanceSums, more: object = {}) => ({
    zone: ZONE,
    payers: 0,
    keptEdits: 0,
    accounts,
    sums: { asOf: NOW, live, test: empty, proof: beginProof(ZONE, accounts), unmatched: 2, ...more },
  });

  it('has every figure as a text in its own currency, with how many, what it counts and where it comes from', () => {
    const found = sums([
      due('in_1', null, { currency: 'KWD', remainingMinor: 12_345 }),
      due('in_2', null),
      due('in_3', null, { currency: 'JPY' }),
    ]);
    const view = financeViewSchema.parse(financeView(added(found)));
    const [money] = view.money;
    expect(money?.figures.map(({ kind }) => kind)).toHaveLength(7);
    expect(money?.figures[0]).toMatchObject({ kind: 'owed', label: 'Owed', list: 'open' });
    expect(money?.figures[0]?.parts.map(({ amount, countText }) => [amount.text, countText])).toEqual([
      ['€10.00', '1 invoice'],
      ['¥1,000', '1 invoice'],
      [expect.stringMatching(/^KWD\s12\.345$/), '1 invoice'],
    ]);
    for (const { explanation } of money?.figures ?? []) expect(explanation).toMatch(/^[A-Z].{20,}\.$/);
    expect(view.unmatched.text).toBe('2 customers without a record');
    expect(view.keptEdits).toEqual({ count: 0, text: '0 records edited and kept so' });
    const edited = { ...added(found), keptEdits: 1 };
    expect(financeView(edited).keptEdits).toEqual({ count: 1, text: '1 record edited and kept so' });
    expect(view.asOfText).toBe('Added up 10 Mar 2026, 12:00 (Europe/Berlin)');
  });

  it('keeps test money apart, and says nothing of a kind nobody has', () => {
    const live = sums([due('in_1', null)]);
    const test = sums([due('in_2', null, { remainingMinor: 5 })]);
    expect(financeView(added(live)).money.map(({ mode }) => mode)).toEqual(['live']);
    const both = financeView({
      ...added(live, { test }),
      accounts: [...accounts, { id: 'ga_test', livemode: false, verifiedAt: null }],
    });
    expect(both.money.map(({ mode, figures }) => [mode, figures[0]?.parts[0]?.amount.amountMinor])).toEqual([
      ['live', 1_000],
      ['test', 5],
    ]);
    expect(both.money.map(({ verifiedText }) => verifiedText)).toEqual([
      'Checked with the gateway 10 Mar 2026, 09:00',
      'Not checked yet',
    ]);
  });

  it('says until when it is proven by the gateway’s balance, and names the newest days that are not', () => {
    const proof = beginProof(ZONE, accounts);
    expect(financeView(added(new Map(), { proof })).money[0]).toMatchObject({
      provenUntil: '2026-03-10',
      provenText: 'Proven against the gateway’s balance until 10 Mar 2026',
      gaps: [],
    });
    const movement = (id: string, createdAt: string, presentedMinor: number): Fact =>
      fact('balanceTransaction', `txn_${id}`, null, {
        source: 'payment',
        sourceId: id,
        paymentId: id,
        currency: 'EUR',
        presentedCurrency: 'EUR',
        presentedMinor,
        amountMinor: presentedMinor,
        createdAt,
      });
    const days = [1, 2, 3, 4, 5, 6].map((day) => `2026-03-0${day}T12:00:00.000Z`);
    const facts = days.flatMap((at, nth) => [
      payment(`pi_${nth}`, { createdAt: at }),
      ...(nth === 5 ? [] : [movement(`pi_${nth}`, at, 400)]),
    ]);
    proveRows(proof, rowsOf(facts));
    const [money] = financeViewSchema.parse(financeView(added(new Map(), { proof }))).money;
    expect(money?.provenUntil).toBe('2026-02-28');
    expect(money?.gaps.map(({ text }) => text).slice(0, 2)).toEqual([
      '6 Mar 2026: €5.00 collected, and no movement of the balance is known for it',
      '5 Mar 2026: €5.00 collected, but €4.00 by the gateway’s balance',
    ]);
    expect(money?.gaps).toHaveLength(5);
  });

  it('says how far it is while nothing was added up yet', () => {
    const view = financeView({ zone: ZONE, payers: 1_200, keptEdits: 0, accounts, sums: null });
    expect(view).toMatchObject({
      asOf: null,
      money: [],
      counting: { text: 'Adding up: 1,200 customers so far.' },
    });
  });
});
