// The pay page's view of one invoice, in the payer's language.
import { dayOf } from '../ledger/calendar.ts';
import { invoiceFigures, type InvoiceFigures } from '../ledger/invoice-figures.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { amount } from './amount.ts';
import type { PayView } from './pay-schema.ts';
import { methodText } from '../ledger/method-text.ts';

export type PayInput = {
  ledger: Ledger;
  invoiceId: string;
  asOf: Date;
  zone: string;
  locale: string;
  testMode: boolean;
  merchant: PayView['merchant'];
  consentText: string | null;
  /** False for a link of an older version. */
  current: boolean;
  connected: boolean;
};

/** null when the ledger does not know the invoice. */
export function payView(input: PayInput): PayView | null {
  const { ledger, locale } = input;
  const figure = invoiceFigures(ledger, input.asOf, input.zone).find(({ id }) => id === input.invoiceId);
  if (!figure) return null;
  const { body } = figure;
  const money = (amountMinor: number) => amount({ amountMinor, currency: body.currency }, locale);
  const state = stateOf(figure, input);
  return {
    state,
    testMode: input.testMode,
    merchant: input.merchant,
    number: body.number ?? '',
    memo: body.memo,
    lines: linesOf(figure, ledger).map((line) => ({
      description: line.body.description,
      quantity: line.body.quantity,
      amount: money(line.body.amountMinor),
    })),
    tax: body.taxMinor > 0 ? money(body.taxMinor) : null,
    total: money(body.totalMinor),
    due: money(figure.owedMinor),
    dueDate: body.dueAt ? dayOf(body.dueAt, input.zone) : null,
    overdue: figure.flags.includes('overdue'),
    receipt: state === 'paid' ? receiptOf(figure, ledger, money) : null,
    saveForLater: state === 'ready' && input.consentText ? { text: input.consentText } : null,
    hostedUrl: state === 'ready' ? body.hostedUrl : null,
  };
}

function stateOf(figure: InvoiceFigures, input: PayInput): PayView['state'] {
  const { status } = figure.body;
  const isReplaced = input.ledger.invoice.some(
    ({ body }) => body.replacesId === figure.id && body.status !== 'void',
  );
  if (status === 'paid') return 'paid';
  if (!input.current || isReplaced) return 'superseded';
  if (status === 'void' || status === 'deleted') return 'void';
  if (status === 'uncollectible') return 'expired';
  if (status === 'draft' || !input.connected) return 'unavailable';
  return figure.flags.includes('processing') ? 'processing' : 'ready';
}

function receiptOf(
  figure: InvoiceFigures,
  ledger: Ledger,
  money: (minor: number) => PayView['total'],
): PayView['receipt'] {
  const paid = ledger.allocation.filter(({ body }) => body.invoiceId === figure.id && body.status === 'paid');
  const payments = paid.flatMap(({ body }) => ledger.payment.filter(({ id }) => id === body.paymentId));
  const [payment] = payments;
  return {
    amount: money(figure.body.paidMinor),
    paidAt: figure.body.paidAt ?? payment?.body.succeededAt ?? null,
    methodText: payment ? methodText(payment.body.method) : null,
  };
}

/** The lines the invoice names, in its order. */
function linesOf(figure: InvoiceFigures, ledger: Ledger): Ledger['line'] {
  return figure.body.lineIds.flatMap((id) => ledger.line.filter((line) => line.id === id));
}
