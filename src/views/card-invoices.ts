// The invoices of a card: order, page, words and what may be done with each.
import { dayOf } from '../ledger/calendar.ts';
import type { InvoiceFigures } from '../ledger/invoice-figures.ts';
import { reversedOwed } from '../ledger/reversed-owed.ts';
import { majorUnits } from '../money/format-amount.ts';
import { amount } from './amount.ts';
import type { InvoiceView, OperationKind } from './card-schema.ts';
import { dayText, invoiceWord, STAGES } from './words.ts';

export const PAGE = 10;

export type InvoiceContext = {
  zone: string;
  /** Kinds the caller's role may start. */
  allowed: ReadonlySet<OperationKind>;
  /** Ids of the saved methods that may be charged for it. */
  methodsOf: (invoice: InvoiceFigures) => string[];
  payerOf: (invoice: InvoiceFigures) => InvoiceView['payer'];
  payUrl: (invoice: InvoiceFigures) => string | null;
  /** Stage of whoever is on the invoice's pay page now. */
  live: (invoiceId: string) => string | null;
};

/** What is owed first by due day, then the rest, newest first. */
export function orderInvoices(figures: readonly InvoiceFigures[]): InvoiceFigures[] {
  const shown = figures.filter((figure) => figure.body.status !== 'deleted');
  const rank = (figure: InvoiceFigures): string =>
    figure.owedMinor > 0 ? `0${figure.body.dueAt ?? '9999'}` : `1${invert(figure.body.createdAt)}`;
  return shown.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : a.id < b.id ? -1 : 1));
}

/** Sorts instants backwards as text. */
const invert = (instant: string): string => instant.replaceAll(/\d/g, (digit) => String(9 - Number(digit)));

export function invoiceView(figure: InvoiceFigures, context: InvoiceContext): InvoiceView {
  const { body } = figure;
  const word = invoiceWord(figure);
  // Once nothing can be paid any more, or a payment is on its way, who still has the page open does not matter.
  const isPayable = body.status === 'open' && !figure.flags.includes('processing');
  const methodIds = isPayable ? context.methodsOf(figure) : [];
  const again = againOf(figure);
  const actions = actionsOf(figure, methodIds.length > 0, context);
  return {
    id: figure.id,
    number: body.number ?? 'Draft',
    state: body.status,
    flags: figure.flags,
    statusText: word.text,
    tone: word.tone,
    total: amount({ amountMinor: body.totalMinor, currency: body.currency }),
    due: amount({ amountMinor: figure.owedMinor, currency: body.currency }),
    ...dueDay(body.dueAt, context.zone),
    memo: body.memo,
    payer: body.status === 'open' || again ? context.payerOf(figure) : null,
    payUrl: body.status === 'open' ? context.payUrl(figure) : null,
    ...liveStage(isPayable ? context.live(figure.id) : null),
    methodIds,
    again,
    actions,
    charge: actions.includes('charge-saved-method')
      ? amount({ amountMinor: body.remainingMinor, currency: body.currency })
      : null,
  };
}

/** What a new invoice asks for where money of this one was withdrawn; null where nothing was, or it was asked for again. */
function againOf(figure: InvoiceFigures): InvoiceView['again'] {
  const { currency, number } = figure.body;
  const amountMinor = reversedOwed(figure);
  if (amountMinor <= 0) return null;
  return {
    description: `Invoice ${number ?? ''}: payment withdrawn by the bank`,
    amount: majorUnits({ amountMinor, currency }),
    currency,
  };
}

function dueDay(dueAt: string | null, zone: string): Pick<InvoiceView, 'dueDate' | 'dueText'> {
  const dueDate = dueAt ? dayOf(dueAt, zone) : null;
  return { dueDate, dueText: dueDate ? dayText(dueDate) : null };
}

const liveStage = (live: string | null): Pick<InvoiceView, 'live' | 'liveText'> => ({
  live,
  liveText: live ? (STAGES[live] ?? null) : null,
});

function actionsOf(figure: InvoiceFigures, canCharge: boolean, context: InvoiceContext): OperationKind[] {
  const isOpen = figure.body.status === 'open';
  const isMoving = figure.flags.includes('processing');
  const fits: Partial<Record<OperationKind, boolean>> = {
    'send-invoice': isOpen,
    'charge-saved-method': canCharge && figure.body.remainingMinor > 0,
    'create-invoice': reversedOwed(figure) > 0,
    'void-invoice': isOpen && figure.body.paidMinor === 0 && !isMoving,
  };
  return (Object.keys(fits) as OperationKind[]).filter((kind) => fits[kind] && context.allowed.has(kind));
}
