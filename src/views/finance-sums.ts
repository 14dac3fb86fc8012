// Adds up what finance looks at, payer by payer: pure, and the same whatever the order of payers.
import type { EntityKind } from '../ledger/entities.ts';
import { dayOf, monthsAround, startsBefore } from '../ledger/calendar.ts';
import type { Row } from '../ledger/facts.ts';
import { invoiceFigures, paymentTotals } from '../ledger/invoice-figures.ts';
import { ledgerOf, type Ledger } from '../ledger/ledger.ts';
import { add, money, type Money } from '../money/money.ts';
import type { FinanceAge, FinanceFigure } from './finance-schema.ts';

type Kind = FinanceFigure | FinanceAge;

export type Sum = { total: Money; count: number };

/** By kind and currency; what there is nothing of is not there. */
export type FinanceSums = ReadonlyMap<string, Sum>;

export const sumsOf = (sums: FinanceSums, kind: Kind): Sum[] =>
  [...sums]
    .filter(([key]) => key.startsWith(`${kind} `))
    .map(([, sum]) => sum)
    .sort((a, b) => (a.total.currency < b.total.currency ? -1 : 1));

/** The moments that decide what belongs where, in Unix milliseconds. */
export type FinanceDays = {
  asOf: Date;
  zone: string;
  /** Today, as YYYY-MM-DD. */
  day: string;
  /** First moments of the last, this and the next month. */
  months: readonly [number, number, number];
  /** First moments of today and of 30, 60 and 90 days before. */
  ages: readonly [number, number, number, number];
};

export function financeDays(asOf: Date, zone: string): FinanceDays {
  const start = (ago: number): number => startsBefore(asOf, zone, ago);
  return {
    asOf,
    zone,
    day: dayOf(asOf, zone),
    months: monthsAround(asOf, zone),
    ages: [start(0), start(30), start(60), start(90)],
  };
}

type Entry = { kind: Kind; amountMinor: number; currency: string };

/** The kinds of row that decide the sums. */
export const SUMMED: readonly EntityKind[] = [
  'invoice',
  'payment',
  'allocation',
  'refund',
  'dispute',
  'balanceTransaction',
];

/** @param rows all there is of some payers, of one kind of money */
export function financeSums(rows: readonly Row[], days: FinanceDays): FinanceSums {
  const ledger = ledgerOf(rows);
  return summed([...ofInvoices(ledger, days), ...ofPayments(ledger, days), ...ofWhatCameAfter(ledger, days)]);
}

export function joinSums(a: FinanceSums, b: FinanceSums): FinanceSums {
  const joined = new Map(a);
  for (const [key, sum] of b) joined.set(key, plus(joined.get(key), sum));
  return joined;
}

function summed(entries: readonly Entry[]): FinanceSums {
  const sums = new Map<string, Sum>();
  for (const { kind, amountMinor, currency } of entries) {
    if (amountMinor === 0) continue;
    const key = `${kind} ${currency}`;
    sums.set(key, plus(sums.get(key), { total: money(amountMinor, currency), count: 1 }));
  }
  return sums;
}

const plus = (a: Sum | undefined, b: Sum): Sum =>
  a ? { total: add(a.total, b.total), count: a.count + b.count } : b;

function ofInvoices(ledger: Ledger, { asOf, zone, ages }: FinanceDays): Entry[] {
  return invoiceFigures(ledger, asOf, zone).flatMap(({ body, owedMinor, flags }): Entry[] => {
    const said = { amountMinor: owedMinor, currency: body.currency };
    if (owedMinor === 0) return [];
    if (!flags.includes('overdue') || body.dueAt === null) return [{ kind: 'owed', ...said }];
    return [
      { kind: 'owed', ...said },
      { kind: 'overdue', ...said },
      { kind: ageOf(Date.parse(body.dueAt), ages), ...said },
    ];
  });
}

function ageOf(due: number, [, day30, day60, day90]: FinanceDays['ages']): FinanceAge {
  if (due >= day30) return '1_30';
  if (due >= day60) return '31_60';
  return due >= day90 ? '61_90' : 'over_90';
}

/** What is left of a payment now counts in the month in which it succeeded. */
function ofPayments(ledger: Ledger, { months }: FinanceDays): Entry[] {
  return ledger.payment.flatMap((payment): Entry[] => {
    const { status, amountMinor, capturedMinor, currency, succeededAt } = payment.body;
    if (status === 'processing') return [{ kind: 'processing', amountMinor, currency }];
    const month = succeededAt === null ? null : monthOf(succeededAt, months);
    if (status !== 'succeeded' || month === null) return [];
    const { refundedMinor, reversedMinor, atRiskMinor } = paymentTotals(payment, ledger);
    const left = capturedMinor - refundedMinor - reversedMinor - atRiskMinor;
    return [{ kind: `collected_${month}_month`, amountMinor: left, currency }];
  });
}

function monthOf(at: string, [last, current, next]: FinanceDays['months']): 'last' | 'this' | null {
  const time = Date.parse(at);
  if (time < last || time >= next) return null;
  return time < current ? 'last' : 'this';
}

/** Refunds of this month, whenever what they give back was paid; and what banks ask back and have not decided on. */
function ofWhatCameAfter(ledger: Ledger, { months }: FinanceDays): Entry[] {
  const refunds = ledger.refund
    .filter(({ body }) => body.status === 'succeeded' && monthOf(body.createdAt, months) === 'this')
    .map(({ body }): Entry => ({ ...amountOf(body), kind: 'refunded_this_month' }));
  const disputes = ledger.dispute
    .filter(({ body }) => body.status === 'needs_response' || body.status === 'under_review')
    .map(({ body }): Entry => ({ ...amountOf(body), kind: 'at_risk' }));
  return [...refunds, ...disputes];
}

const amountOf = ({ amountMinor, currency }: Money): Money => ({ amountMinor, currency });
