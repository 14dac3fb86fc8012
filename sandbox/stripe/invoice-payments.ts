// Invoice payments: the only link between an invoice and the payment intents that pay it, and what their results do.
import { z } from 'zod';
import type { Context } from './context.ts';
import { moveBalance } from './customer-balance.ts';
import { endpoint, idOf, type Endpoint } from './endpoint.ts';
import { invalid } from './errors.ts';
import { apply, emit, store } from './events.ts';
import { cancelIntent, createIntent } from './intent-state.ts';
import { newestFirst, same, within } from './lists.ts';
import { moment, paging, text } from './params.ts';
import type { Invoice, InvoicePayment, PaymentIntent } from './shapes.ts';
import { find, newId } from './state.ts';

/** The payment every finalized invoice gets; it follows what remains to be paid. */
export function createDefaultPayment(ctx: Context, invoice: Invoice): InvoicePayment {
  const intent = createIntent(ctx, {
    amount: invoice.amount_remaining,
    currency: invoice.currency,
    customer: invoice.customer,
    description: invoice.description ?? 'Payment for Invoice',
    allowed: invoice.payment_settings.payment_method_types ?? undefined,
  });
  return link(ctx, invoice, intent, true);
}

function link(ctx: Context, invoice: Invoice, intent: PaymentIntent, isDefault: boolean): InvoicePayment {
  return store(ctx, 'invoice_payments', {
    id: newId('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: intent.amount,
    created: ctx.now,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: isDefault,
    livemode: invoice.livemode,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  });
}

/** Adds a payment intent as a further part of an open invoice; one that succeeded already counts at once. */
export function attachIntent(ctx: Context, invoice: Invoice, intent: PaymentIntent): void {
  if (paymentOf(ctx, intent))
    throw invalid(
      `The PaymentIntent ${intent.id} is already attached to an invoice.`,
      undefined,
      'payment_intent',
    );
  if (intent.currency !== invoice.currency)
    throw invalid("The PaymentIntent's currency is not the invoice's.", undefined, 'payment_intent');
  if (intent.status === 'canceled')
    throw invalid('A canceled PaymentIntent cannot pay an invoice.', undefined, 'payment_intent');
  if (intent.customer !== null && intent.customer !== invoice.customer)
    throw invalid('The PaymentIntent belongs to another customer.', undefined, 'payment_intent');
  link(ctx, invoice, intent, false);
  if (intent.status === 'succeeded') paymentSucceeded(ctx, intent);
}

function paymentOf(ctx: Context, intent: PaymentIntent): InvoicePayment | undefined {
  for (const payment of ctx.account.tables.invoice_payments.values())
    if (payment.payment.payment_intent === intent.id && payment.status !== 'canceled') return payment;
  return undefined;
}

export function defaultPayment(ctx: Context, invoice: Invoice): InvoicePayment | undefined {
  return paymentsOf(ctx, invoice).find((payment) => payment.is_default);
}

function paymentsOf(ctx: Context, invoice: Invoice): InvoicePayment[] {
  return [...ctx.account.tables.invoice_payments.values()].filter(
    (payment) => payment.invoice === invoice.id,
  );
}

export function intentOf(ctx: Context, payment: InvoicePayment): PaymentIntent {
  return find(ctx.account, 'payment_intents', payment.payment.payment_intent);
}

/** A payment intent succeeded: if it belongs to an invoice, the invoice has that much less to pay. */
export function paymentSucceeded(ctx: Context, intent: PaymentIntent): void {
  const payment = paymentOf(ctx, intent);
  if (!payment) return;
  apply(payment, {
    status: 'paid',
    amount_paid: intent.amount_received,
    status_transitions: { canceled_at: null, paid_at: ctx.now },
  });
  emit(ctx, 'invoice_payment.paid', payment);
  const invoice = find(ctx.account, 'invoices', String(payment.invoice));
  takePayment(ctx, invoice, intent.amount_received);
}

/**
 * Counts money in. `amount_paid` goes up to `amount_due` and no further, so that `amount_remaining` stays their
 * difference; the rest is `amount_overpaid` and becomes credit of the customer, as the API's field texts say.
 */
function takePayment(ctx: Context, invoice: Invoice, amount: number): void {
  const counted = Math.min(amount, invoice.amount_remaining);
  const over = amount - counted;
  const previous = apply(invoice, {
    amount_paid: invoice.amount_paid + counted,
    amount_remaining: invoice.amount_remaining - counted,
    amount_overpaid: invoice.amount_overpaid + over,
    attempted: true,
    attempt_count: Math.max(1, invoice.attempt_count),
  });
  if (over > 0) creditOverpayment(ctx, invoice, over);
  if (invoice.status !== 'paid' && invoice.amount_remaining === 0) {
    markPaid(ctx, invoice, previous);
    emit(ctx, 'invoice.payment_succeeded', invoice);
  } else {
    emit(ctx, 'invoice.updated', invoice, previous);
    syncDefault(ctx, invoice);
  }
  if (over > 0) emit(ctx, 'invoice.overpaid', invoice);
}

function creditOverpayment(ctx: Context, invoice: Invoice, over: number): void {
  const customer = ctx.account.tables.customers.get(invoice.customer);
  if (!customer) return;
  moveBalance(ctx, customer, {
    amount: -over,
    currency: invoice.currency,
    type: 'invoice_overpaid',
    invoice: invoice.id,
  });
}

/** Ends an invoice as paid, whatever paid it, and closes what was still open for it. */
export function markPaid(ctx: Context, invoice: Invoice, previous: Record<string, unknown> = {}): void {
  const paid = apply(invoice, {
    status: 'paid',
    next_payment_attempt: null,
    status_transitions: { ...invoice.status_transitions, paid_at: ctx.now },
  });
  closePayments(ctx, invoice, null);
  emit(ctx, 'invoice.updated', invoice, { ...previous, ...paid });
  emit(ctx, 'invoice.paid', invoice);
}

/** Cancels the default payment and, for a void invoice, lets go of all parts that are still open. */
export function closePayments(
  ctx: Context,
  invoice: Invoice,
  reason: PaymentIntent['cancellation_reason'],
): void {
  for (const payment of paymentsOf(ctx, invoice)) {
    if (payment.status !== 'open' || (!payment.is_default && reason !== 'void_invoice')) continue;
    const intent = intentOf(ctx, payment);
    if (intent.status === 'processing' || intent.status === 'succeeded') continue;
    apply(payment, { status: 'canceled', status_transitions: { canceled_at: ctx.now, paid_at: null } });
    if (payment.is_default) cancelIntent(ctx, intent, reason);
  }
}

/** The default payment always asks for what remains. */
export function syncDefault(ctx: Context, invoice: Invoice): void {
  const payment = defaultPayment(ctx, invoice);
  if (!payment || payment.status !== 'open') return;
  const intent = intentOf(ctx, payment);
  if (intent.status === 'processing' || intent.amount === invoice.amount_remaining) return;
  apply(payment, { amount_requested: invoice.amount_remaining });
  apply(intent, { amount: invoice.amount_remaining });
}

/** An attempt was refused. Only the first attempt and automatic retries count, as the API's field text says. */
export function paymentFailed(ctx: Context, intent: PaymentIntent): void {
  const invoice = openInvoiceOf(ctx, intent);
  if (!invoice) return;
  const previous = apply(invoice, { attempted: true, attempt_count: Math.max(1, invoice.attempt_count) });
  if (Object.keys(previous).length > 0) emit(ctx, 'invoice.updated', invoice, previous);
  emit(ctx, 'invoice.payment_failed', invoice);
}

export function paymentNeedsAction(ctx: Context, intent: PaymentIntent): void {
  const invoice = openInvoiceOf(ctx, intent);
  if (invoice) emit(ctx, 'invoice.payment_action_required', invoice);
}

function openInvoiceOf(ctx: Context, intent: PaymentIntent): Invoice | undefined {
  const payment = paymentOf(ctx, intent);
  const invoice = payment && find(ctx.account, 'invoices', String(payment.invoice));
  return invoice?.status === 'open' || invoice?.status === 'uncollectible' ? invoice : undefined;
}

const listing = z.strictObject({
  ...paging,
  created: moment.optional(),
  invoice: text.optional(),
  status: z.enum(['canceled', 'open', 'paid']).optional(),
  payment: z
    .strictObject({ type: z.enum(['payment_intent', 'payment_record']), payment_intent: text.optional() })
    .optional(),
});

export const invoicePaymentEndpoints: readonly Endpoint[] = [
  endpoint('GET /v1/invoice_payments', {
    right: 'rak_invoice_read',
    params: listing,
    run: (ctx, params) =>
      newestFirst(
        [...ctx.account.tables.invoice_payments.values()]
          .filter((payment) => within(payment.created, params.created))
          .filter((payment) => same<string>(payment.invoice, params.invoice))
          .filter((payment) => same<string>(payment.status, params.status))
          .filter((payment) => same(payment.payment.payment_intent, params.payment?.payment_intent)),
        params,
        '/v1/invoice_payments',
      ),
  }),
  endpoint('GET /v1/invoice_payments/:id', {
    right: 'rak_invoice_read',
    params: z.strictObject({}),
    run: (ctx, _params, path) => find(ctx.account, 'invoice_payments', idOf(path)),
  }),
];
