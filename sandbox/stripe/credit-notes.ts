// Credit notes: on an open invoice they lower what is due; on a paid one they become credit, a refund, or outside money.
import { z } from 'zod';
import type { Context } from './context.ts';
import { moveBalance } from './customer-balance.ts';
import { endpoint, idOf, type Endpoint } from './endpoint.ts';
import { invalid, missing } from './errors.ts';
import { apply, emit, store } from './events.ts';
import { allLines } from './invoice-lines.ts';
import { markPaid, syncDefault } from './invoice-payments.ts';
import { embedded, newestFirst, same, within } from './lists.ts';
import { count, mergeMetadata, metadata, moment, paging, text } from './params.ts';
import { refundCharge } from './refunds.ts';
import type { Charge, CreditNote, CreditNoteLine, Invoice, InvoiceLine } from './shapes.ts';
import { find, newId } from './state.ts';

const line = z.strictObject({
  type: z.enum(['invoice_line_item', 'custom_line_item']),
  amount: count.optional(),
  description: text.optional(),
  invoice_line_item: text.optional(),
  quantity: count.default(1),
  unit_amount: count.optional(),
});
const creation = z.strictObject({
  invoice: text,
  amount: count.optional(),
  credit_amount: count.optional(),
  effective_at: count.optional(),
  email_type: z.enum(['credit_note', 'none']).optional(),
  lines: z.array(line).optional(),
  memo: text.optional(),
  metadata: metadata.optional(),
  out_of_band_amount: count.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory']).optional(),
  refund_amount: count.optional(),
});
type Creation = z.infer<typeof creation>;

function create(ctx: Context, params: Creation): CreditNote {
  const invoice = find(ctx.account, 'invoices', params.invoice, 'invoice');
  if (invoice.status !== 'open' && invoice.status !== 'paid')
    throw invalid(
      `Invoice ${invoice.id} is ${invoice.status}; only open and paid invoices can be credited.`,
      undefined,
      'invoice',
    );
  const note = bareNote(ctx, invoice, params);
  const amount = note.total;
  const before = Math.min(amount, invoice.amount_remaining);
  if (amount < 1) throw invalid('The credit note has no amount.', 'parameter_missing', 'amount');
  if (
    amount >
    invoice.total - invoice.pre_payment_credit_notes_amount - invoice.post_payment_credit_notes_amount
  )
    throw invalid(
      'The credit note is larger than what is left of the invoice to credit.',
      undefined,
      'amount',
    );
  checkSplit(params, amount - before);
  apply(note, {
    pre_payment_amount: before,
    post_payment_amount: amount - before,
    type: before === amount ? 'pre_payment' : before === 0 ? 'post_payment' : 'mixed',
  });
  store(ctx, 'credit_notes', note);
  payOut(ctx, invoice, note, params);
  emit(ctx, 'credit_note.created', note);
  lowerInvoice(ctx, invoice, note);
  return note;
}

/** What was paid already has to be given back somehow, to the unit. */
function checkSplit(params: Creation, after: number): void {
  const split = (params.credit_amount ?? 0) + (params.refund_amount ?? 0) + (params.out_of_band_amount ?? 0);
  if (split === after) return;
  throw invalid(
    `The sum of credit amount, refund amount and out of band amount (${split}) must equal the amount of the credit note that was paid already (${after}).`,
  );
}

function payOut(ctx: Context, invoice: Invoice, note: CreditNote, params: Creation): void {
  const customer = ctx.account.tables.customers.get(invoice.customer);
  if (params.credit_amount && customer) {
    const move = { amount: -params.credit_amount, currency: invoice.currency, invoice: invoice.id };
    note.customer_balance_transaction = moveBalance(ctx, customer, {
      ...move,
      type: 'credit_note',
      creditNote: note.id,
    }).id;
  }
  let left = params.refund_amount ?? 0;
  for (const charge of paidCharges(ctx, invoice)) {
    const amount = Math.min(left, charge.amount - charge.amount_refunded);
    if (amount === 0) continue;
    const refund = refundCharge(ctx, charge, { amount });
    note.refunds.push({
      amount_refunded: amount,
      payment_record_refund: null,
      refund: refund.id,
      type: 'refund',
    });
    left -= amount;
  }
  if (left > 0)
    throw invalid('The invoice has no charge left to refund that much.', undefined, 'refund_amount');
}

function paidCharges(ctx: Context, invoice: Invoice): Charge[] {
  return [...ctx.account.tables.invoice_payments.values()]
    .filter((payment) => payment.invoice === invoice.id && payment.status === 'paid')
    .map((payment) => find(ctx.account, 'payment_intents', payment.payment.payment_intent))
    .flatMap((intent) =>
      intent.latest_charge ? [find(ctx.account, 'charges', String(intent.latest_charge))] : [],
    );
}

function lowerInvoice(ctx: Context, invoice: Invoice, note: CreditNote): void {
  const previous = apply(invoice, {
    amount_due: invoice.amount_due - note.pre_payment_amount,
    amount_remaining: invoice.amount_remaining - note.pre_payment_amount,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + note.pre_payment_amount,
    post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + note.post_payment_amount,
  });
  if (invoice.status === 'open' && invoice.amount_remaining === 0) return markPaid(ctx, invoice, previous);
  emit(ctx, 'invoice.updated', invoice, previous);
  syncDefault(ctx, invoice);
}

/** Only an open invoice can take its credit note back: then it asks for that much again. */
function voidNote(ctx: Context, note: CreditNote): CreditNote {
  const invoice = find(ctx.account, 'invoices', String(note.invoice), 'invoice');
  if (note.status === 'void') throw invalid('This credit note is void already.');
  if (invoice.status !== 'open')
    throw invalid(
      `Only credit notes of open invoices can be voided; invoice ${invoice.id} is ${invoice.status}.`,
    );
  const raised = note.pre_payment_amount;
  apply(note, { status: 'void', voided_at: ctx.now });
  emit(ctx, 'credit_note.voided', note);
  const previous = apply(invoice, {
    amount_due: invoice.amount_due + raised,
    amount_remaining: invoice.amount_remaining + raised,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount - raised,
  });
  emit(ctx, 'invoice.updated', invoice, previous);
  syncDefault(ctx, invoice);
  return note;
}

function bareNote(ctx: Context, invoice: Invoice, params: Creation): CreditNote {
  const id = newId('cn');
  const lines = linesOf(ctx, invoice, params);
  const total = lines.reduce((sum, entry) => sum + entry.amount, 0);
  const earlier = [...ctx.account.tables.credit_notes.values()].filter(
    (note) => note.invoice === invoice.id,
  ).length;
  return {
    id,
    object: 'credit_note',
    amount: total,
    amount_shipping: 0,
    created: ctx.now,
    currency: invoice.currency,
    customer: invoice.customer,
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: params.effective_at ?? ctx.now,
    invoice: invoice.id,
    lines: embedded(lines, `/v1/credit_notes/${id}/lines`),
    livemode: invoice.livemode,
    memo: params.memo ?? null,
    metadata: mergeMetadata(null, params.metadata),
    number: `${invoice.number ?? invoice.id}-CN-${String(earlier + 1).padStart(2, '0')}`,
    out_of_band_amount: params.out_of_band_amount ?? null,
    pdf: `${ctx.world.url}/credit_notes/${id}/pdf`,
    post_payment_amount: 0,
    pre_payment_amount: 0,
    pretax_credit_amounts: [],
    reason: params.reason ?? null,
    refunds: [],
    shipping_cost: null,
    status: 'issued',
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
    total_taxes: [],
    type: 'pre_payment',
    voided_at: null,
  };
}

function linesOf(ctx: Context, invoice: Invoice, params: Creation): CreditNoteLine[] {
  const wishes = params.lines ?? [];
  if (wishes.length === 0) {
    const amount =
      params.amount ??
      (params.credit_amount ?? 0) + (params.refund_amount ?? 0) + (params.out_of_band_amount ?? 0);
    return [bareLine(invoice, { amount, description: params.memo ?? 'Credit', quantity: 1 })];
  }
  return wishes.map((wish) => lineFrom(ctx, invoice, wish));
}

function lineFrom(ctx: Context, invoice: Invoice, wish: z.infer<typeof line>): CreditNoteLine {
  const of = allLines(ctx, invoice).find((candidate) => candidate.id === wish.invoice_line_item);
  if (wish.invoice_line_item && !of) throw missing('line item', wish.invoice_line_item, 'lines');
  const description = wish.description ?? of?.description ?? 'Credit';
  const amount = wish.amount ?? unitOf(wish, of) * wish.quantity;
  return bareLine(invoice, { amount, description, quantity: wish.quantity, of: of?.id });
}

function unitOf(wish: z.infer<typeof line>, of: InvoiceLine | undefined): number {
  return wish.unit_amount ?? Math.round((of?.amount ?? 0) / Math.max(1, of?.quantity ?? 1));
}

type LineWish = { amount: number; description: string; quantity: number; of?: string | undefined };

function bareLine(invoice: Invoice, wish: LineWish): CreditNoteLine {
  return {
    id: newId('cnli'),
    object: 'credit_note_line_item',
    amount: wish.amount,
    description: wish.description,
    discount_amount: 0,
    discount_amounts: [],
    ...(wish.of ? { invoice_line_item: wish.of } : {}),
    livemode: invoice.livemode,
    metadata: {},
    pretax_credit_amounts: [],
    quantity: wish.quantity,
    tax_rates: [],
    taxes: [],
    type: wish.of ? 'invoice_line_item' : 'custom_line_item',
    unit_amount: wish.of ? null : wish.amount,
    unit_amount_decimal: wish.of ? null : String(wish.amount),
  };
}

export const creditNoteEndpoints: readonly Endpoint[] = [
  endpoint('POST /v1/credit_notes', { right: 'rak_credit_note_write', params: creation, run: create }),
  endpoint('GET /v1/credit_notes', {
    right: 'rak_credit_note_read',
    params: z.strictObject({
      ...paging,
      created: moment.optional(),
      customer: text.optional(),
      invoice: text.optional(),
    }),
    run: (ctx, params) =>
      newestFirst(
        [...ctx.account.tables.credit_notes.values()]
          .filter((note) => within(note.created, params.created))
          .filter((note) => same<string | null>(note.customer, params.customer))
          .filter((note) => same<string>(note.invoice, params.invoice)),
        params,
        '/v1/credit_notes',
      ),
  }),
  endpoint('GET /v1/credit_notes/:id', {
    right: 'rak_credit_note_read',
    params: z.strictObject({}),
    run: (ctx, _params, path) => find(ctx.account, 'credit_notes', idOf(path)),
  }),
  endpoint('POST /v1/credit_notes/:id/void', {
    right: 'rak_credit_note_write',
    params: z.strictObject({}),
    run: (ctx, _params, path) => voidNote(ctx, find(ctx.account, 'credit_notes', idOf(path))),
  }),
];
