// Making and changing a draft invoice.
import { z } from 'zod';
import type { Context } from './context.ts';
import { invalid } from './errors.ts';
import { emit, store } from './events.ts';
import { addItem, retotal } from './invoice-lines.ts';
import { embedded } from './lists.ts';
import { checkCurrency } from './money.ts';
import { address, bool, clearable, count, currency, given, mergeMetadata, metadata, text } from './params.ts';
import type { Customer, Invoice, InvoiceItem } from './shapes.ts';
import { find, newId } from './state.ts';

const HOUR = 3600;
const DAY = 86_400;

const fields = {
  auto_advance: bool.optional(),
  automatically_finalizes_at: count.optional(),
  collection_method: z.enum(['charge_automatically', 'send_invoice']).optional(),
  custom_fields: z
    .union([
      z.literal('').transform(() => null),
      z.array(z.strictObject({ name: text.max(40), value: text.max(140) })).max(4),
    ])
    .optional(),
  days_until_due: count.optional(),
  default_payment_method: clearable.optional(),
  default_tax_rates: z.union([z.literal('').transform(() => []), z.array(text)]).optional(),
  description: clearable.optional(),
  due_date: count.optional(),
  effective_at: count.optional(),
  footer: clearable.optional(),
  metadata: metadata.optional(),
  number: text.optional(),
  payment_settings: z
    .strictObject({
      payment_method_types: z.array(z.enum(['card', 'us_bank_account', 'sepa_debit'])).optional(),
    })
    .optional(),
  rendering: z
    .strictObject({ amount_tax_display: z.enum(['exclude_tax', 'include_inclusive_tax']).optional() })
    .optional(),
  shipping_details: z.strictObject({ address, name: text, phone: text.optional() }).optional(),
  statement_descriptor: text.max(22).optional(),
};

export const changes = z.strictObject(fields);
export const creation = z.strictObject({
  ...fields,
  currency: currency.optional(),
  customer: text,
  pending_invoice_items_behavior: z.enum(['include', 'exclude']).optional(),
});

type Changes = z.infer<typeof changes>;

/** @param made what an invoice that something else makes says of its origin */
export function createInvoice(
  ctx: Context,
  params: z.infer<typeof creation>,
  made: Partial<Pick<Invoice, 'billing_reason' | 'parent'>> = {},
): Invoice {
  const customer = find(ctx.account, 'customers', params.customer, 'customer');
  const pending =
    params.pending_invoice_items_behavior === 'include'
      ? pendingItems(ctx, customer.id, params.currency)
      : [];
  const money =
    params.currency ?? pending[0]?.currency ?? customer.currency ?? ctx.account.definition.currency;
  checkCurrency(money);
  const invoice = store(ctx, 'invoices', {
    ...bareInvoice(ctx, customer.id, money),
    ...addressee(customer),
    starting_balance: customer.balance,
    ...made,
  });
  Object.assign(invoice, patchOf(ctx, invoice, params));
  for (const item of pending) addItem(ctx, invoice, item);
  retotal(ctx, invoice);
  emit(ctx, 'invoice.created', invoice);
  return invoice;
}

/** The customer as the invoice repeats them; frozen once it is final. */
export function addressee(customer: Customer): Partial<Invoice> {
  return {
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
  };
}

function pendingItems(ctx: Context, customer: string, money: string | undefined): InvoiceItem[] {
  const waiting = [...ctx.account.tables.invoiceitems.values()].filter(
    (item) => item.customer === customer && item.invoice === null,
  );
  const wanted = money ?? waiting[0]?.currency;
  return waiting.filter((item) => item.currency === wanted);
}

/** The fields a request changes, as the invoice will show them. */
export function patchOf(ctx: Context, invoice: Invoice, params: Changes): Partial<Invoice> {
  const { auto_advance, custom_fields, default_payment_method, description } = params;
  const { effective_at, footer, number, statement_descriptor } = params;
  const texts = { description, footer, number, statement_descriptor };
  return {
    ...given({ auto_advance, custom_fields, default_payment_method, effective_at, ...texts }),
    ...timing(ctx, invoice, params),
    ...(params.default_tax_rates ? { default_tax_rates: ratesOf(ctx, params.default_tax_rates) } : {}),
    metadata: mergeMetadata(invoice.metadata, params.metadata),
    ...(params.payment_settings ? { payment_settings: settingsOf(params.payment_settings) } : {}),
  };
}

function ratesOf(ctx: Context, ids: string[]): Invoice['default_tax_rates'] {
  return ids.map((id) => find(ctx.account, 'tax_rates', id, 'default_tax_rates'));
}

function settingsOf(wish: NonNullable<Changes['payment_settings']>): Invoice['payment_settings'] {
  return {
    default_mandate: null,
    payment_method_options: null,
    payment_method_types: wish.payment_method_types ?? null,
  };
}

function timing(ctx: Context, invoice: Invoice, params: Changes): Partial<Invoice> {
  const method = params.collection_method ?? invoice.collection_method;
  const automatic = params.auto_advance ?? invoice.auto_advance;
  return {
    collection_method: method,
    due_date: method === 'send_invoice' ? dueDate(ctx, invoice, params) : noDueDate(params),
    automatically_finalizes_at:
      params.automatically_finalizes_at ?? (automatic ? invoice.created + HOUR : null),
  };
}

function noDueDate(params: Changes): null {
  const param = (['days_until_due', 'due_date'] as const).find((name) => params[name] !== undefined);
  if (!param) return null;
  const message =
    'You can only specify `days_until_due` or `due_date` when collection method is send_invoice.';
  throw invalid(message, undefined, param);
}

function dueDate(ctx: Context, invoice: Invoice, params: Changes): number {
  const { days_until_due: days, due_date: due } = params;
  if (due !== undefined && due < ctx.now)
    throw invalid('The due date must be in the future.', undefined, 'due_date');
  const moment = due ?? (days === undefined ? invoice.due_date : invoice.created + days * DAY);
  if (moment !== null) return moment;
  const message = 'If invoice.collection_method is send_invoice, you must set days_until_due or due_date.';
  throw invalid(message, 'parameter_missing', 'days_until_due');
}

function bareInvoice(ctx: Context, customer: string, money: string): Invoice {
  const id = newId('in');
  const { country, livemode, name } = ctx.account.definition;
  return {
    id,
    object: 'invoice',
    account_country: country,
    account_name: name,
    account_tax_ids: null,
    ...noAmounts(),
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: false,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: 'manual',
    collection_method: 'charge_automatically',
    created: ctx.now,
    currency: money,
    custom_fields: null,
    customer,
    ...noAddressee(),
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: embedded([], `/v1/invoices/${id}/lines`),
    livemode,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: ctx.now,
    period_start: ctx.now,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    test_clock: null,
    webhooks_delivered_at: null,
  };
}

function noAddressee() {
  return {
    customer_account: null,
    customer_address: null,
    customer_email: null,
    customer_name: null,
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: 'none' as const,
    customer_tax_ids: [],
  };
}

function noAmounts() {
  return {
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    subtotal: 0,
    subtotal_excluding_tax: 0,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
  };
}
