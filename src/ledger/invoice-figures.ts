// What an invoice is worth now: owed, at risk, reversed, refunded, and the flags people read.
import type { DisputeStatus, Invoice } from './entities.ts';
import type { Entry } from './fold.ts';
import type { Ledger } from './ledger.ts';
import { isPastDue } from './calendar.ts';

export type InvoiceFlag =
  'reversed' | 'disputed' | 'overdue' | 'processing' | 'partially_paid' | 'overpaid' | 'refunded';

/** Most urgent first: the status word people see follows the first flag that is set. */
export const FLAG_URGENCY: readonly InvoiceFlag[] = [
  'reversed',
  'disputed',
  'overdue',
  'processing',
  'partially_paid',
  'overpaid',
  'refunded',
];

export type InvoiceFigures = {
  id: string;
  account: string;
  body: Invoice;
  owedMinor: number;
  refundedMinor: number;
  atRiskMinor: number;
  reversedMinor: number;
  flags: InvoiceFlag[];
};

type Reversals = { refundedMinor: number; atRiskMinor: number; reversedMinor: number };

/** What one payment does for one invoice, in minor units. */
export type Part = Reversals & {
  account: string;
  invoiceId: string;
  paymentId: string;
  currency: string;
  paidMinor: number;
  processing: boolean;
};

const NOTHING = { refundedMinor: 0, atRiskMinor: 0, reversedMinor: 0, processing: false };

/** Figures of every invoice of a ledger, in minor units of its own currency. */
export function invoiceFigures(ledger: Ledger, asOf: Date, zone: string): InvoiceFigures[] {
  const parts = Map.groupBy(partsOf(ledger), (part) => `${part.account}|${part.invoiceId}`);
  return ledger.invoice.map((invoice) => {
    const onInvoice = parts.get(`${invoice.account}|${invoice.id}`) ?? [];
    const { processing, ...share } = shareOf(onInvoice, invoice.body.currency);
    const owedMinor = owed(invoice, share.reversedMinor, ledger);
    return {
      id: invoice.id,
      account: invoice.account,
      body: invoice.body,
      owedMinor,
      ...share,
      flags: flagsOf(invoice.body, { ...share, processing }, { owedMinor, asOf, zone }),
    };
  });
}

type Share = Reversals & { processing: boolean };

function shareOf(parts: Part[], currency: string): Share {
  return parts
    .filter((part) => part.currency === currency)
    .reduce<Share>(
      (sum, part) => ({
        refundedMinor: sum.refundedMinor + part.refundedMinor,
        atRiskMinor: sum.atRiskMinor + part.atRiskMinor,
        reversedMinor: sum.reversedMinor + part.reversedMinor,
        processing: sum.processing || part.processing,
      }),
      NOTHING,
    );
}

function owed(invoice: Entry<'invoice'>, reversedMinor: number, ledger: Ledger): number {
  const remaining = invoice.body.status === 'open' ? invoice.body.remainingMinor : 0;
  if (reversedMinor === 0) return remaining;
  const replaced = ledger.invoice
    .filter(
      ({ account, body }) =>
        account === invoice.account &&
        body.replacesId === invoice.id &&
        body.currency === invoice.body.currency &&
        !['void', 'deleted'].includes(body.status),
    )
    .reduce((sum, other) => sum + other.body.totalMinor, 0);
  return remaining + Math.max(0, reversedMinor - replaced);
}

/** Divides what happened to each payment over the invoices it paid, in the order of allocation ids, each up to its part. */
export function partsOf(ledger: Ledger): Part[] {
  const allocations = Map.groupBy(ledger.allocation, ({ body }) => body.paymentId);
  return ledger.payment.flatMap((payment) => {
    const left: Reversals = paymentTotals(payment, ledger);
    return (allocations.get(payment.id) ?? [])
      .filter((allocation) => isOf(payment, allocation))
      .map(({ account, body }) => {
        const paidMinor = body.status === 'paid' ? body.amountMinor : 0;
        return {
          account,
          invoiceId: body.invoiceId,
          paymentId: body.paymentId,
          currency: body.currency,
          paidMinor,
          processing: payment.body.status === 'processing' && body.status === 'open',
          refundedMinor: take(left, 'refundedMinor', paidMinor),
          atRiskMinor: take(left, 'atRiskMinor', paidMinor),
          reversedMinor: take(left, 'reversedMinor', paidMinor),
        };
      });
  });
}

function take(left: Reversals, field: keyof Reversals, most: number): number {
  const taken = Math.min(left[field], most);
  left[field] -= taken;
  return taken;
}

type OnPayment = { account: string; body: { paymentId: string; currency: string } };

/** Amounts in another currency are never mixed in, whatever they say they belong to. */
const isOf = (payment: Entry<'payment'>, { account, body }: OnPayment): boolean =>
  account === payment.account && body.paymentId === payment.id && body.currency === payment.body.currency;

/** Refunded, at risk and reversed amounts of one payment, in minor units. */
export function paymentTotals(payment: Entry<'payment'>, ledger: Ledger): Reversals {
  const sum = (amounts: number[]): number => amounts.reduce((total, amount) => total + amount, 0);
  const disputes = ledger.dispute.filter((dispute) => isOf(payment, dispute));
  const refunds = ledger.refund.filter((refund) => isOf(payment, refund));
  const disputed = (...states: DisputeStatus[]): number =>
    sum(disputes.filter(({ body }) => states.includes(body.status)).map(({ body }) => body.amountMinor));
  const refunded = sum(
    refunds.filter(({ body }) => body.status === 'succeeded').map(({ body }) => body.amountMinor),
  );
  const { capturedMinor, failedLateMinor } = payment.body;
  return {
    refundedMinor: Math.min(capturedMinor, refunded),
    reversedMinor: Math.min(capturedMinor, disputed('lost') + failedLateMinor),
    atRiskMinor: disputed('needs_response', 'under_review'),
  };
}

type Moment = { owedMinor: number; asOf: Date; zone: string };

function flagsOf(invoice: Invoice, share: Share, moment: Moment): InvoiceFlag[] {
  const isOpen = invoice.status === 'open';
  const set: Record<InvoiceFlag, boolean> = {
    reversed: share.reversedMinor > 0,
    disputed: share.atRiskMinor > 0,
    overdue: isOpen && moment.owedMinor > 0 && isPastDue(invoice.dueAt, moment.asOf, moment.zone),
    processing: isOpen && share.processing,
    partially_paid: isOpen && invoice.paidMinor > 0,
    overpaid: invoice.overpaidMinor > 0,
    refunded: share.refundedMinor > 0,
  };
  return FLAG_URGENCY.filter((flag) => set[flag]);
}
