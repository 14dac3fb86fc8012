// What a set of payers owes and has paid, per currency, at a moment in a zone.
import { sumByCurrency, type Money } from '../money/money.ts';
import { dayOf } from './calendar.ts';
import { invoiceFigures, partsOf, paymentTotals, type InvoiceFigures, type Part } from './invoice-figures.ts';
import type { Ledger } from './ledger.ts';
import { compareText } from './rank.ts';

/** Most urgent first; `none` = nothing was ever asked for. */
export const BALANCE_STATES = [
  'reversed',
  'disputed',
  'overdue',
  'processing',
  'open',
  'credit',
  'paid',
  'none',
] as const;
export type BalanceState = (typeof BALANCE_STATES)[number];

export type Balance = {
  owed: Money[];
  overdue: Money[];
  credit: Money[];
  /** Captured − refunded − withdrawn + reinstated. */
  collected: Money[];
  state: BalanceState;
  lastPaymentAt: string | null;
  /** Earliest due day of what is owed, YYYY-MM-DD. */
  nextDue: string | null;
  /** The invoice that is due first among those owed, oldest first. */
  nextInvoiceId: string | null;
  figures: InvoiceFigures[];
};

export function balanceOf(ledger: Ledger, asOf: Date, zone: string): Balance {
  const figures = invoiceFigures(ledger, asOf, zone);
  const owing = figures.filter((figure) => figure.owedMinor > 0).sort(byDue);
  const amounts = (list: InvoiceFigures[]): Money[] =>
    sumByCurrency(list.map((figure) => ({ amountMinor: figure.owedMinor, currency: figure.body.currency })));
  const credit = creditOf(ledger);
  const dueAt = owing.find((figure) => figure.body.dueAt)?.body.dueAt;
  return {
    owed: amounts(owing),
    overdue: amounts(owing.filter((figure) => figure.flags.includes('overdue'))),
    credit,
    collected: sumByCurrency(collectedOf(ledger)),
    state: stateOf(figures, owing.length > 0, credit.length > 0),
    lastPaymentAt: lastPaymentAt(ledger),
    nextDue: dueAt ? dayOf(dueAt, zone) : null,
    nextInvoiceId: owing[0]?.id ?? null,
    figures,
  };
}

/** Sorts behind every date. */
const NEVER = '~';

function byDue(a: InvoiceFigures, b: InvoiceFigures): number {
  return compareText(a.body.dueAt ?? NEVER, b.body.dueAt ?? NEVER) || compareText(a.id, b.id);
}

/** What the gateway holds for payers who can use it up; what a deleted customer held is gone there, whatever was last heard of it. */
export function creditOf(ledger: Ledger): Money[] {
  return sumByCurrency(
    ledger.customer.flatMap(({ body }) =>
      body.currency && !body.deleted ? [{ amountMinor: body.creditMinor, currency: body.currency }] : [],
    ),
  );
}

function collectedOf(ledger: Ledger): Money[] {
  const elsewhere = partsElsewhere(ledger);
  return ledger.payment
    .filter((payment) => payment.body.status === 'succeeded')
    .map((payment) => {
      const { capturedMinor, currency } = payment.body;
      const parts = elsewhere.filter(
        (part) => part.paymentId === payment.id && part.account === payment.account,
      );
      const whole = net({ paidMinor: capturedMinor, ...paymentTotals(payment, ledger) });
      return { amountMinor: parts.reduce((rest, part) => rest - net(part), whole), currency };
    });
}

type Received = Pick<Part, 'paidMinor' | 'refundedMinor' | 'reversedMinor' | 'atRiskMinor'>;

const net = (part: Received): number =>
  part.paidMinor - part.refundedMinor - part.reversedMinor - part.atRiskMinor;

/** What payments did for invoices that this ledger knows only by name: of another deal, where one payment paid several. */
function partsElsewhere(ledger: Ledger): Part[] {
  const here = new Set(ledger.invoice.map(({ account, id }) => `${account}|${id}`));
  return partsOf(ledger).filter((part) => !here.has(`${part.account}|${part.invoiceId}`));
}

function lastPaymentAt(ledger: Ledger): string | null {
  const times = ledger.payment.flatMap((payment) => payment.body.succeededAt ?? []);
  return times.sort().at(-1) ?? null;
}

function stateOf(figures: InvoiceFigures[], owes: boolean, hasCredit: boolean): BalanceState {
  const flagged = (flag: InvoiceFigures['flags'][number]): boolean =>
    figures.some((figure) => figure.flags.includes(flag));
  const asked = figures.some((figure) => !['draft', 'deleted', 'void'].includes(figure.body.status));
  const holds: Record<Exclude<BalanceState, 'none'>, boolean> = {
    reversed: figures.some((figure) => figure.flags.includes('reversed') && figure.owedMinor > 0),
    disputed: flagged('disputed'),
    overdue: flagged('overdue'),
    processing: flagged('processing'),
    open: owes,
    credit: hasCredit,
    paid: asked,
  };
  return BALANCE_STATES.find((state) => state !== 'none' && holds[state]) ?? 'none';
}
