// Properties of the figures: what is owed, collected, at risk and reversed, against a model that knows only the plan.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { BalanceState } from '../../src/ledger/balance.ts';
import type { Fact } from '../../src/ledger/facts.ts';
import {
  invoiceFigures,
  partsOf,
  paymentTotals,
  type InvoiceFlag,
} from '../../src/ledger/invoice-figures.ts';
import {
  owedOf,
  partsOn,
  remainingOf,
  stated,
  totalOf,
  type InvoiceTruth,
  type Life,
  type PaymentTruth,
} from './life.ts';
import {
  balanceAfter,
  disordered,
  figureOf,
  ledgerAfter,
  life,
  localDay,
  moment,
  property,
  seed,
  sums,
  twoLives,
  zone,
  type Property,
} from './property.ts';

const sharesOn = (of: Life, id: string): { refunded: number; atRisk: number; reversed: number } => ({
  refunded: totalOf(partsOn(of, id).map((part) => part.refunded)),
  atRisk: totalOf(partsOn(of, id).map((part) => part.atRisk)),
  reversed: totalOf(partsOn(of, id).map((part) => part.reversed)),
});

function flagsOf(of: Life, truth: InvoiceTruth, asOf: Date, inZone: string): InvoiceFlag[] {
  const { refunded, atRisk, reversed } = sharesOn(of, truth.id);
  const isOpen = truth.status === 'open';
  const due = truth.dueAt === null ? '9999' : localDay(new Date(truth.dueAt), inZone);
  const isLate = isOpen && owedOf(of, truth) > 0 && localDay(asOf, inZone) > due;
  const all: [InvoiceFlag, boolean][] = [
    ['reversed', reversed > 0],
    ['disputed', atRisk > 0],
    ['overdue', isLate],
    ['processing', isOpen && truth.isProcessing],
    ['partially_paid', isOpen && truth.paid > 0],
    ['overpaid', false],
    ['refunded', refunded > 0],
  ];
  return all.flatMap(([flag, isSet]) => (isSet ? [flag] : []));
}

function stateOf(of: Life, asOf: Date, inZone: string): BalanceState {
  const flags = new Set(
    of.invoices.flatMap((invoice) =>
      flagsOf(of, invoice, asOf, inZone).filter((flag) => flag !== 'reversed' || owedOf(of, invoice) > 0),
    ),
  );
  for (const urgent of ['reversed', 'disputed', 'overdue', 'processing'] as const) {
    if (flags.has(urgent)) return urgent;
  }
  if (of.invoices.some((invoice) => owedOf(of, invoice) > 0)) return 'open';
  if (of.credit) return 'credit';
  return of.invoices.some(
    ({ status }) => status === 'open' || status === 'paid' || status === 'uncollectible',
  )
    ? 'paid'
    : 'none';
}

const netOf = (payment: PaymentTruth): number =>
  payment.captured - payment.refunded - payment.reversed - payment.atRisk;

/** Payments of a life that went through, so that something can still happen to them. */
const succeeded = ({ payments }: Life): PaymentTruth[] =>
  payments.filter((payment) => payment.status === 'succeeded' && payment.parts.length > 0);

const collectedOf = (facts: Fact[]): Record<string, number> => sums(balanceAfter(facts).collected);
const owedIn = (facts: Fact[]): Record<string, number> => sums(balanceAfter(facts).owed);

export const FIGURES: Property[] = [
  property(
    'P3: each invoice has the figures its story says, in any order of events',
    fc.tuple(life, seed),
    ([of, by]) => {
      const figures = invoiceFigures(ledgerAfter(disordered(of.facts, by)), new Date(0), 'UTC');
      assert.equal(figures.length, of.invoices.length);
      for (const truth of of.invoices) {
        const figure = figureOf(figures, truth.id);
        const { refunded, atRisk, reversed } = sharesOn(of, truth.id);
        assert.equal(figure.body.status, truth.status);
        assert.equal(figure.owedMinor, owedOf(of, truth), 'owed');
        assert.equal(figure.refundedMinor, refunded, 'refunded');
        assert.equal(figure.atRiskMinor, atRisk, 'at risk');
        assert.equal(figure.reversedMinor, reversed, 'reversed');
        assert.equal(figure.body.remainingMinor, remainingOf(truth));
        assert.equal(figure.body.creditedMinor, truth.credited);
        assert.ok(figure.owedMinor >= 0);
      }
    },
  ),
  property('P3: net is captured − refunded − reversed − at risk, summed per currency', life, (of) => {
    const payments = of.payments.filter((payment) => payment.status === 'succeeded');
    const nets = payments.map((payment) => ({ amountMinor: netOf(payment), currency: payment.currency }));
    assert.deepEqual(collectedOf(of.facts), sums(nets));
  }),
  property(
    'P3b: refunded is the sum of refund objects in state succeeded, never more than was captured',
    life,
    (of) => {
      const ledger = ledgerAfter(of.facts);
      for (const truth of of.payments) {
        const totals = paymentTotals(
          ledger.payment.find(({ id }) => id === truth.id)!,
          ledger,
        );
        assert.deepEqual(totals, {
          refundedMinor: truth.refunded,
          reversedMinor: truth.reversed,
          atRiskMinor: truth.atRisk,
        });
        assert.ok(totals.refundedMinor <= truth.captured && totals.reversedMinor <= truth.captured);
      }
    },
  ),
  property(
    'P3b: refunds beyond what was captured are not believed',
    fc.tuple(life, fc.integer({ min: 1, max: 5 })),
    ([of, extra]) => {
      for (const payment of succeeded(of)) {
        const body = { paymentId: payment.id, currency: payment.currency, status: 'succeeded' } as const;
        const refund = stated({
          entity: 'refund',
          id: 're_more',
          body: { ...body, amountMinor: payment.captured + extra },
        });
        const ledger = ledgerAfter([...of.facts, refund]);
        const entry = ledger.payment.find(({ id }) => id === payment.id)!;
        assert.equal(paymentTotals(entry, ledger).refundedMinor, payment.captured);
      }
    },
  ),
  property(
    'P6: what happened to a payment is divided over its invoices, each up to its part, and none is lost',
    life,
    (of) => {
      const parts = partsOf(ledgerAfter(of.facts));
      for (const payment of succeeded(of)) {
        const own = parts.filter((part) => part.paymentId === payment.id);
        const paid = totalOf(own.map((part) => part.paidMinor));
        assert.ok(paid <= payment.captured);
        for (const [field, whole] of [
          ['refundedMinor', payment.refunded],
          ['reversedMinor', payment.reversed],
          ['atRiskMinor', payment.atRisk],
        ] as const) {
          assert.equal(totalOf(own.map((part) => part[field])), whole < paid ? whole : paid);
          assert.ok(own.every((part) => part[field] >= 0 && part[field] <= part.paidMinor));
        }
      }
      for (const truth of of.invoices) {
        const paid = parts.filter((part) => part.invoiceId === truth.id).map((part) => part.paidMinor);
        if (truth.replacesId === null) assert.equal(totalOf(paid), truth.paid);
      }
    },
  ),
  property(
    'P7: flags and the word of the whole follow from the figures alone, most urgent first',
    fc.tuple(life, seed, moment, zone),
    ([of, by, asOf, inZone]) => {
      const balance = balanceAfter(disordered(of.facts, by), asOf, inZone);
      for (const truth of of.invoices) {
        assert.deepEqual(
          figureOf(balance.figures, truth.id).flags,
          flagsOf(of, truth, asOf, inZone),
          truth.id,
        );
      }
      assert.equal(balance.state, stateOf(of, asOf, inZone));
    },
  ),
  property(
    'P7: owed, overdue, credit, next due and last payment are those of the invoices',
    fc.tuple(life, moment, zone),
    ([of, asOf, inZone]) => {
      const balance = balanceAfter(of.facts, asOf, inZone);
      const owing = of.invoices.filter((invoice) => owedOf(of, invoice) > 0);
      const amount = (truth: InvoiceTruth) => ({ amountMinor: owedOf(of, truth), currency: truth.currency });
      const late = owing.filter((truth) => flagsOf(of, truth, asOf, inZone).includes('overdue'));
      assert.deepEqual(sums(balance.owed), sums(owing.map(amount)));
      assert.deepEqual(sums(balance.overdue), sums(late.map(amount)));
      assert.deepEqual(balance.credit, of.credit ? [of.credit] : []);
      const dates = owing.flatMap((truth) => truth.dueAt ?? []).sort();
      assert.equal(balance.nextDue, dates[0] ? localDay(new Date(dates[0]), inZone) : null);
      const first = owing
        .filter((truth) => truth.dueAt === (dates[0] ?? null))
        .map(({ id }) => id)
        .sort()[0];
      assert.equal(balance.nextInvoiceId, first ?? null);
      const times = of.payments.flatMap((payment) => payment.succeededAt ?? []).sort();
      assert.equal(balance.lastPaymentAt, times.at(-1) ?? null);
    },
  ),
  property(
    'P8: another payment that went through never makes more owed, and is collected whole',
    fc.tuple(life, fc.integer({ min: 1, max: 900 })),
    ([of, amount]) => {
      const currency = 'EUR';
      const body = { status: 'succeeded', amountMinor: amount, capturedMinor: amount, currency } as const;
      const more = [...of.facts, stated({ entity: 'payment', id: 'pi_more', owner: of.customerId, body })];
      assert.deepEqual(owedIn(more), owedIn(of.facts));
      const before = collectedOf(of.facts)[currency] ?? 0;
      assert.equal(collectedOf(more)[currency] ?? 0, before + amount);
    },
  ),
  property(
    'P8: a refund reopens nothing that was owed and is taken off what was collected',
    fc.tuple(life, fc.integer({ min: 1, max: 900 })),
    ([of, amount]) => {
      for (const payment of succeeded(of)) {
        const free = payment.captured - payment.refunded;
        if (free < amount) continue;
        const body = { paymentId: payment.id, amountMinor: amount, currency: payment.currency } as const;
        const refund = (status: 'succeeded' | 'failed'): Fact =>
          stated({ entity: 'refund', id: 're_more', body: { ...body, status } });
        const refunded = [...of.facts, refund('succeeded')];
        const before = collectedOf(of.facts)[payment.currency] ?? 0;
        assert.deepEqual(owedIn(refunded), owedIn(of.facts));
        assert.equal(collectedOf(refunded)[payment.currency] ?? 0, before - amount);
        assert.deepEqual(
          collectedOf([...refunded, refund('failed')]),
          collectedOf(of.facts),
          'a returned refund',
        );
      }
    },
  ),
  property('P8: a lost dispute opens its amount again; a won one gives everything back', life, (of) => {
    for (const payment of succeeded(of)) {
      const [part] = payment.parts;
      const other = of.invoices.some((invoice) => invoice.replacesId === part!.invoiceId);
      if (payment.parts.length > 1 || payment.reversed > 0 || other || part!.paid === 0) continue;
      const body = { paymentId: payment.id, amountMinor: part!.paid, currency: payment.currency } as const;
      const dispute = (status: 'needs_response' | 'lost' | 'won'): Fact =>
        stated({ entity: 'dispute', id: 'dp_more', body: { ...body, status } });
      const owed = owedIn(of.facts)[payment.currency] ?? 0;
      assert.deepEqual(owedIn([...of.facts, dispute('needs_response')]), owedIn(of.facts), 'while open');
      const lost = [...of.facts, dispute('lost'), dispute('needs_response')];
      assert.equal(owedIn(lost)[payment.currency] ?? 0, owed + part!.paid);
      assert.deepEqual(owedIn([...lost, dispute('won')]), owedIn(of.facts));
      assert.deepEqual(collectedOf([...lost, dispute('won')]), collectedOf(of.facts));
    }
  }),
  property(
    'P8: what is stated about one payer changes no figure of another',
    fc.tuple(twoLives, moment),
    ([[a, b], asOf]) => {
      const alone = invoiceFigures(ledgerAfter(a.facts), asOf, 'UTC');
      const together = invoiceFigures(ledgerAfter([...b.facts, ...a.facts]), asOf, 'UTC');
      for (const figure of alone) assert.deepEqual(figureOf(together, figure.id), figure);
    },
  ),
  property('P8: the same ids in another account change no figure', fc.tuple(life, moment), ([of, asOf]) => {
    const copies = of.facts.map((fact) => ({ ...fact, account: 'acct_other' }));
    const alone = invoiceFigures(ledgerAfter(of.facts), asOf, 'UTC');
    const together = invoiceFigures(ledgerAfter([...copies, ...of.facts]), asOf, 'UTC');
    assert.deepEqual(
      together.filter((figure) => figure.account !== 'acct_other'),
      alone,
    );
    const doubled = Object.entries(collectedOf(of.facts)).map(([currency, sum]) => [currency, 2 * sum]);
    assert.deepEqual(collectedOf([...copies, ...of.facts]), Object.fromEntries(doubled));
  }),
  property(
    'P10: an amount in another currency is never mixed in',
    fc.tuple(life, fc.constantFrom('refund', 'dispute', 'allocation', 'invoice')),
    ([of, entity]) => {
      for (const payment of succeeded(of)) {
        const invoiceId = payment.parts[0]!.invoiceId;
        const status = { refund: 'succeeded', dispute: 'lost', allocation: 'paid', invoice: 'draft' }[entity];
        const amounts = { amountMinor: 5, totalMinor: 5, currency: 'CHF' };
        const body = { paymentId: payment.id, invoiceId, replacesId: invoiceId, status, ...amounts };
        const odd = stated({ entity, id: 'odd', owner: of.customerId, body } as never);
        assert.deepEqual(owedIn([...of.facts, odd]), owedIn(of.facts));
        assert.deepEqual(collectedOf([...of.facts, odd]), collectedOf(of.facts));
      }
    },
  ),
  property(
    'P10: every sum has one line a currency, sorted, without zeros',
    fc.tuple(life, moment),
    ([of, asOf]) => {
      const balance = balanceAfter(of.facts, asOf);
      for (const list of [balance.owed, balance.overdue, balance.credit, balance.collected]) {
        const codes = list.map(({ currency }) => currency);
        assert.deepEqual(codes, [...new Set(codes)].sort());
        assert.ok(list.every(({ amountMinor }) => amountMinor !== 0));
      }
    },
  ),
  property('P17: fees, payouts and saved methods change no figure', life, (of) => {
    const noise = succeeded(of).flatMap((payment) => {
      const body = { sourceId: payment.id, amountMinor: -30, feeMinor: 30, currency: payment.currency };
      const owner = of.customerId;
      return [
        stated({ entity: 'balanceTransaction', id: `txn_${payment.id}`, owner, body }),
        stated({
          entity: 'payout',
          id: `po_${payment.id}`,
          owner,
          body: { amountMinor: 30, currency: 'EUR' },
        }),
        stated({
          entity: 'method',
          id: `pm_${payment.id}`,
          owner,
          body: { customerId: owner, attached: true },
        }),
      ];
    });
    assert.deepEqual(balanceAfter([...noise, ...of.facts]), balanceAfter(of.facts));
  }),
  property(
    'P18: the lines of an invoice add up to its total, in any order',
    fc.tuple(life, seed),
    ([of, by]) => {
      const ledger = ledgerAfter(disordered(of.facts, by));
      for (const truth of of.invoices.filter((invoice) => invoice.replacesId === null)) {
        const lines = ledger.line.filter(({ body }) => body.invoiceId === truth.id);
        assert.equal(totalOf(lines.map(({ body }) => body.amountMinor)), truth.total);
      }
    },
  ),
];
