// Invoices through their life: drafted, finalized, paid, voided, written off.
import { confirmIntent, type ConfirmWish } from './confirm.ts';
import type { Context } from './context.ts';
import { moveBalance } from './customer-balance.ts';
import { docUrl, invalid, Refusal } from './errors.ts';
import { apply, emit } from './events.ts';
import {
  closePayments,
  createDefaultPayment,
  defaultPayment,
  intentOf,
  markPaid,
} from './invoice-payments.ts';
import { addressee } from './invoice-draft.ts';
import { allLines } from './invoice-lines.ts';
import type { Customer, Invoice } from './shapes.ts';
import { find, randomText } from './state.ts';

/** From draft to open: number, address, the customer's credit, and the payment that will pay it. */
export function finalize(ctx: Context, invoice: Invoice, autoAdvance?: boolean): void {
  if (invoice.status !== 'draft')
    throw invalid(
      "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
      'invoice_not_editable',
    );
  if (allLines(ctx, invoice).length === 0)
    throw invalid('Nothing to invoice for customer', 'invoice_no_customer_line_items');
  const customer = find(ctx.account, 'customers', invoice.customer, 'customer');
  const previous = apply(invoice, {
    ...finalFields(ctx, invoice, customer),
    auto_advance: autoAdvance ?? invoice.auto_advance ?? false,
  });
  applyBalance(ctx, invoice, customer);
  const url = `${ctx.world.url}/i/${hostedToken(ctx, invoice)}`;
  apply(invoice, { hosted_invoice_url: url, invoice_pdf: `${url}/pdf` });
  if (invoice.amount_remaining > 0) createDefaultPayment(ctx, invoice);
  emit(ctx, 'invoice.updated', invoice, previous);
  emit(ctx, 'invoice.finalized', invoice);
  if (invoice.amount_remaining === 0) return markPaid(ctx, invoice);
  if (mailsItself(invoice, customer)) emit(ctx, 'invoice.sent', invoice);
}

/** Whoever lets invoices advance by themselves has them mailed as well, without asking for it. */
const mailsItself = (invoice: Invoice, customer: Customer): boolean =>
  invoice.collection_method === 'send_invoice' && invoice.auto_advance === true && customer.email !== null;

function finalFields(ctx: Context, invoice: Invoice, customer: Customer): Partial<Invoice> {
  const sequence = customer.next_invoice_sequence ?? 1;
  customer.next_invoice_sequence = sequence + 1;
  customer.currency ??= invoice.currency;
  const automatic = invoice.collection_method === 'charge_automatically' && invoice.auto_advance === true;
  return {
    status: 'open',
    number: invoice.number ?? `${customer.invoice_prefix ?? 'INV'}-${String(sequence).padStart(4, '0')}`,
    effective_at: invoice.effective_at ?? ctx.now,
    automatically_finalizes_at: null,
    next_payment_attempt: automatic ? ctx.now + 3600 : null,
    ...addressee(customer),
    status_transitions: { ...invoice.status_transitions, finalized_at: ctx.now },
  };
}

function hostedToken(ctx: Context, invoice: Invoice): string {
  const token = randomText(40);
  ctx.account.hidden.hosted.set(token, invoice.id);
  return token;
}

/** Credit (negative) lowers what is due, a debt (positive) raises it; a negative total becomes credit. */
function applyBalance(ctx: Context, invoice: Invoice, customer: Customer): void {
  const starting = customer.currency === invoice.currency ? customer.balance : 0;
  const due = Math.max(0, invoice.total + starting);
  const ending = Math.min(0, invoice.total + starting);
  apply(invoice, {
    starting_balance: starting,
    ending_balance: ending,
    amount_due: due,
    amount_remaining: due,
  });
  if (ending === starting) return;
  moveBalance(ctx, customer, {
    amount: ending - starting,
    currency: invoice.currency,
    type: 'applied_to_invoice',
    invoice: invoice.id,
  });
}

export type PayWish = Pick<ConfirmWish, 'payment_method' | 'off_session'> & {
  paid_out_of_band?: boolean | undefined;
};

/** Pays an open invoice with a stored method, or records that it was paid elsewhere. */
export function pay(ctx: Context, invoice: Invoice, wish: PayWish): void {
  requirePayable(invoice);
  if (wish.paid_out_of_band) return payOutside(ctx, invoice);
  const payment = defaultPayment(ctx, invoice);
  if (!payment) throw invalid('This invoice has nothing left to pay.');
  const method = wish.payment_method ?? methodOf(ctx, invoice);
  if (!method) throw noMethod();
  const intent = intentOf(ctx, payment);
  confirmIntent(ctx, intent, { payment_method: method, off_session: wish.off_session ?? true, waits: true });
  if (intent.status === 'requires_action') throw needsAction();
}

function requirePayable(invoice: Invoice): void {
  if (invoice.status === 'paid') throw invalid('Invoice is already paid');
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible')
    throw invalid(`The invoice is ${invoice.status} and cannot be paid.`, 'invoice_not_editable');
}

/** Out-of-band money counts as paid in full and leaves no charge. */
function payOutside(ctx: Context, invoice: Invoice): void {
  const previous = apply(invoice, { amount_paid: invoice.amount_due, amount_remaining: 0, attempted: true });
  markPaid(ctx, invoice, previous);
}

function methodOf(ctx: Context, invoice: Invoice): string | null {
  const customer = ctx.account.tables.customers.get(invoice.customer);
  return (invoice.default_payment_method ?? customer?.invoice_settings.default_payment_method ?? null) as
    string | null;
}

function noMethod(): Refusal {
  return invalid(
    'There is no `default_payment_method` set on this Customer or Invoice. Please attach a default payment method.',
    'missing',
  );
}

function needsAction(): Refusal {
  const code = 'invoice_payment_intent_requires_action';
  return new Refusal(402, {
    code,
    doc_url: docUrl(code),
    message:
      'This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice.',
    type: 'card_error',
  });
}

export function voidInvoice(ctx: Context, invoice: Invoice): void {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible')
    throw invalid(
      `You can only void open or uncollectible invoices; this one is ${invoice.status}.`,
      'invoice_not_editable',
    );
  const previous = apply(invoice, {
    status: 'void',
    next_payment_attempt: null,
    status_transitions: { ...invoice.status_transitions, voided_at: ctx.now },
  });
  closePayments(ctx, invoice, 'void_invoice');
  returnBalance(ctx, invoice);
  emit(ctx, 'invoice.updated', invoice, previous);
  emit(ctx, 'invoice.voided', invoice);
}

/** Credit that went into a void invoice goes back to the customer. */
function returnBalance(ctx: Context, invoice: Invoice): void {
  const used = (invoice.ending_balance ?? 0) - invoice.starting_balance;
  const customer = ctx.account.tables.customers.get(invoice.customer);
  if (used === 0 || !customer) return;
  moveBalance(ctx, customer, {
    amount: -used,
    currency: invoice.currency,
    type: 'unapplied_from_invoice',
    invoice: invoice.id,
  });
}

export function markUncollectible(ctx: Context, invoice: Invoice): void {
  if (invoice.status !== 'open')
    throw invalid(
      `You can only mark open invoices uncollectible; this one is ${invoice.status}.`,
      'invoice_not_editable',
    );
  const previous = apply(invoice, {
    status: 'uncollectible',
    next_payment_attempt: null,
    status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: ctx.now },
  });
  emit(ctx, 'invoice.updated', invoice, previous);
  emit(ctx, 'invoice.marked_uncollectible', invoice);
}

/** An open invoice that was never finalized is finalized first, as the API does. */
export function send(ctx: Context, invoice: Invoice): void {
  if (invoice.collection_method !== 'send_invoice')
    throw invalid('You can only manually send an invoice if its collection method is send_invoice.');
  if (invoice.status === 'draft') finalize(ctx, invoice);
  if (invoice.status === 'void') throw invalid('A void invoice cannot be sent.', 'invoice_not_editable');
  emit(ctx, 'invoice.sent', invoice);
}
