// Single cases of the figures: the smallest amounts, states of the whole, statements that leave something out.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { BALANCE_STATES } from '../../src/ledger/balance.ts';
import { addDays } from '../../src/ledger/calendar.ts';
import type { EntityKind } from '../../src/ledger/entities.ts';
import type { Fact } from '../../src/ledger/facts.ts';
import { FLAG_URGENCY } from '../../src/ledger/invoice-figures.ts';
import { compareFacts } from '../../src/ledger/rank.ts';
import { partsOn, stated } from './life.ts';
import { balanceAfter, life, property, rowsAfter, sums, type Property } from './property.ts';

const say = (entity: EntityKind, id: string, body: object, more: object = {}): Fact =>
  stated({ entity, id, owner: 'cus_1', body: { currency: 'EUR', ...body }, ...more } as never);

/** An invoice of one minor unit, paid by one payment. */
const paidInvoice = [
  say('invoice', 'in_1', { status: 'paid', totalMinor: 1, paidMinor: 1 }),
  say('payment', 'pi_1', { status: 'succeeded', capturedMinor: 1, succeededAt: '2026-03-01T00:00:00Z' }),
  say('allocation', 'ip_1', { invoiceId: 'in_1', paymentId: 'pi_1', amountMinor: 1, status: 'paid' }),
];

const onPayment = (entity: EntityKind, status: string): Fact =>
  say(entity, 'x_1', { paymentId: 'pi_1', amountMinor: 1, status });

const open = (more: object): Fact =>
  say('invoice', 'in_1', { status: 'open', totalMinor: 2, remainingMinor: 1, ...more });

export const SMALL_AMOUNTS: Property[] = [
  property(
    'P7: every flag and every word of the whole is set by one minor unit',
    fc.constantFrom<[string, Fact[], string[]]>(
      ['paid', paidInvoice, []],
      ['reversed', [...paidInvoice, onPayment('dispute', 'lost')], ['reversed']],
      ['disputed', [...paidInvoice, onPayment('dispute', 'under_review')], ['disputed']],
      ['paid', [...paidInvoice, onPayment('refund', 'succeeded')], ['refunded']],
      ['paid', [...paidInvoice, onPayment('refund', 'pending')], []],
      ['open', [open({})], []],
      ['open', [open({ paidMinor: 1 })], ['partially_paid']],
      ['open', [open({ overpaidMinor: 1 })], ['overpaid']],
      ['overdue', [open({ dueAt: '2020-01-01T00:00:00Z' })], ['overdue']],
      ['credit', [say('customer', 'cus_1', { creditMinor: 1 })], []],
      ['none', [say('customer', 'cus_1', { creditMinor: 1, currency: null })], []],
      ['none', [], []],
    ),
    ([state, facts, flags]) => {
      const balance = balanceAfter(facts, new Date('2026-01-01T00:00:00Z'));
      assert.equal(balance.state, state);
      assert.deepEqual(
        balance.figures.flatMap((figure) => figure.flags),
        flags,
      );
      const owed = state === 'open' || state === 'overdue' || state === 'reversed';
      assert.deepEqual(balance.owed, owed ? [{ amountMinor: 1, currency: 'EUR' }] : []);
    },
  ),
  property(
    'P7: nothing was asked for by a draft, a deleted or a void invoice',
    fc.constantFrom('draft', 'deleted', 'void', 'paid', 'uncollectible'),
    (status) => {
      const { state } = balanceAfter([say('invoice', 'in_1', { status, totalMinor: 5, remainingMinor: 5 })]);
      assert.equal(state, status === 'paid' || status === 'uncollectible' ? 'paid' : 'none');
    },
  ),
  property(
    'a reversed amount is owed less what was asked for again, by invoices of the same account and currency that stand',
    fc.tuple(
      fc.constantFrom('draft', 'open', 'paid', 'uncollectible', 'void', 'deleted'),
      fc.constantFrom({}, { currency: 'CHF' }, { replacesId: 'in_9' }, { account: 'acct_other' }),
      fc.integer({ min: 1, max: 12 }),
    ),
    ([status, change, total]) => {
      const base = { status, totalMinor: total, replacesId: 'in_1', ...change };
      const account = 'account' in change ? change : {};
      const facts = [
        say('invoice', 'in_1', { status: 'paid', totalMinor: 10, paidMinor: 10 }),
        say('payment', 'pi_1', { status: 'succeeded', capturedMinor: 10 }),
        say('allocation', 'ip_1', { invoiceId: 'in_1', paymentId: 'pi_1', amountMinor: 10, status: 'paid' }),
        say('dispute', 'dp_1', { paymentId: 'pi_1', amountMinor: 10, status: 'lost' }),
        say('invoice', 'in_2', base, account),
      ];
      const counts = Object.keys(change).length === 0 && status !== 'void' && status !== 'deleted';
      const figure = balanceAfter(facts).figures.find(({ id }) => id === 'in_1')!;
      assert.equal(figure.owedMinor, counts ? (total < 10 ? 10 - total : 0) : 10);
      assert.deepEqual(figure.flags, ['reversed']);
    },
  ),
  property(
    'P10: a payment in another currency than the invoice says nothing about it',
    fc.constant('CHF'),
    (currency) => {
      const facts = [
        say('invoice', 'in_1', { status: 'paid', totalMinor: 10, paidMinor: 10 }),
        say('payment', 'pi_1', { status: 'succeeded', capturedMinor: 10, currency }),
        say('allocation', 'ip_1', {
          invoiceId: 'in_1',
          paymentId: 'pi_1',
          amountMinor: 10,
          status: 'paid',
          currency,
        }),
        say('dispute', 'dp_1', { paymentId: 'pi_1', amountMinor: 10, status: 'lost', currency }),
      ];
      const balance = balanceAfter(facts);
      assert.deepEqual([balance.owed, balance.figures[0]!.flags, balance.collected], [[], [], []]);
    },
  ),
  property(
    'money that is only reserved is not collected',
    fc.constantFrom('processing', 'requires_action', 'failed', 'canceled'),
    (status) => {
      assert.deepEqual(balanceAfter([say('payment', 'pi_1', { status, capturedMinor: 5 })]).collected, []);
    },
  ),
  property('what a payment did for invoices of others is not collected here', life, (of) => {
    const whole = balanceAfter(of.facts).collected;
    for (const { id, currency } of of.invoices.filter((invoice) => invoice.replacesId === null)) {
      const here = of.facts.filter((fact) => fact.entity !== 'invoice' || fact.id !== id);
      const there = partsOn(of, id).map(({ paid, refunded, atRisk, reversed }) => ({
        amountMinor: refunded + atRisk + reversed - paid,
        currency,
      }));
      assert.deepEqual(sums(balanceAfter(here).collected), sums([...whole, ...there]));
    }
  }),
  property(
    'P1: what an entity hangs on is what its first aspect with one names, and only where it hangs on anything',
    fc.constantFrom('refund', 'dispute', 'line', 'allocation', 'creditNote', 'balanceEntry', 'payment'),
    (entity) => {
      const body = { paymentId: 'pi_1', invoiceId: 'in_1' };
      const aspects = [say(entity, 'one', {}, { aspect: 'a' }), say(entity, 'one', body, { aspect: 'b' })];
      const [row] = [...rowsAfter(aspects).values()];
      const parents: Record<string, string | null> = {
        refund: 'pi_1',
        dispute: 'pi_1',
        balanceEntry: null,
        payment: null,
      };
      assert.equal(row!.parent, entity in parents ? parents[entity] : 'in_1');
    },
  ),
  property(
    'an amount that is left out counts as nothing: the later statement wins over a nought',
    fc.constantFrom<[EntityKind, string, string]>(
      ['invoice', 'open', 'paidMinor'],
      ['invoice', 'open', 'creditedMinor'],
      ['invoice', 'open', 'overpaidMinor'],
      ['payment', 'succeeded', 'failedLateMinor'],
      ['payment', 'succeeded', 'capturedMinor'],
      ['allocation', 'paid', 'amountMinor'],
    ),
    ([entity, status, field]) => {
      const nought = (number: number): Fact => say(entity, 'one', { status, [field]: 0 }, { number });
      const silent = (number: number): Fact => say(entity, 'one', { status }, { number });
      assert.ok(compareFacts(silent(2), nought(1)) > 0);
      assert.ok(compareFacts(nought(2), silent(1)) > 0);
    },
  ),
  property('words and flags are these, most urgent first', fc.constant(null), () => {
    const words = ['reversed', 'disputed', 'overdue', 'processing', 'open', 'credit', 'paid', 'none'];
    assert.deepEqual(BALANCE_STATES, words);
    const flags = ['reversed', 'disputed', 'overdue', 'processing', 'partially_paid', 'overpaid', 'refunded'];
    assert.deepEqual(FLAG_URGENCY, flags);
  }),
  property(
    'days are added on the calendar',
    fc.constantFrom(['2026-03-28', 2, '2026-03-30'], ['2028-02-28', 1, '2028-02-29']),
    ([day, days, sum]) => {
      assert.equal(addDays(day as string, days as number), sum);
    },
  ),
];
