// Invoice lines and what they add up to: quantities, tax per line, totals.
import { z } from 'zod';
import type { Context } from './context.ts';
import { invalid } from './errors.ts';
import { apply, emit, store } from './events.ts';
import { embedded } from './lists.ts';
import { checkGranularity, taxOn } from './money.ts';
import { bool, count, currency, int, mergeMetadata, metadata, text } from './params.ts';
import type { Invoice, InvoiceItem, InvoiceLine, LineTax, SubscriptionItem, TaxRate } from './shapes.ts';
import { find, newId } from './state.ts';

const period = z.strictObject({ start: count, end: count });

/** What a line can be said by: an amount, or a price times a quantity. */
export const linePricing = {
  amount: int.optional(),
  description: text.optional(),
  discountable: bool.default(true),
  metadata: metadata.optional(),
  period: period.optional(),
  price_data: z
    .strictObject({
      currency,
      product: text.optional(),
      product_data: z.strictObject({ name: text, description: text.optional() }).optional(),
      tax_behavior: z.enum(['exclusive', 'inclusive', 'unspecified']).optional(),
      unit_amount: int.optional(),
    })
    .optional(),
  quantity: count.default(1),
  tax_rates: z.array(text).default([]),
};

type PricedWish = z.infer<z.ZodObject<typeof linePricing>> & { unitAmount?: number | undefined };

/** Makes the invoice item behind a line; `invoice` null leaves it pending on the customer. */
export function createItem(
  ctx: Context,
  wish: PricedWish,
  owner: { customer: string; currency: string; invoice: string | null },
): InvoiceItem {
  const { quantity } = wish;
  const { amount, unit } = priceOf(wish);
  checkGranularity(amount, owner.currency);
  const rates = wish.tax_rates.map((id) => activeRate(ctx, id));
  const item = store(ctx, 'invoiceitems', {
    id: newId('ii'),
    object: 'invoiceitem',
    amount,
    currency: owner.currency,
    customer: owner.customer,
    customer_account: null,
    date: ctx.now,
    description: wish.description ?? wish.price_data?.product_data?.name ?? null,
    discountable: wish.discountable,
    discounts: [],
    invoice: owner.invoice,
    livemode: ctx.account.definition.livemode,
    metadata: mergeMetadata(null, wish.metadata),
    net_amount: amount,
    parent: null,
    period: wish.period ?? { start: ctx.now, end: ctx.now },
    pricing: { type: 'price_details', unit_amount_decimal: String(unit) },
    proration: false,
    quantity,
    quantity_decimal: String(quantity),
    tax_rates: rates,
    test_clock: null,
  });
  emit(ctx, 'invoiceitem.created', item);
  return item;
}

/** One that was archived stays on the lines it is on, and goes on no new one. */
function activeRate(ctx: Context, id: string): TaxRate {
  const rate = find(ctx.account, 'tax_rates', id, 'tax_rates');
  if (rate.active) return rate;
  throw invalid(`The tax rate ${id} is archived and cannot be used for new lines.`, undefined, 'tax_rates');
}

function priceOf(wish: PricedWish): { amount: number; unit: number } {
  const { quantity } = wish;
  const unit = wish.unitAmount ?? wish.price_data?.unit_amount;
  if (unit !== undefined) return { amount: unit * quantity, unit };
  if (wish.amount !== undefined) return { amount: wish.amount, unit: wish.amount / Math.max(1, quantity) };
  throw invalid('You must specify an amount or a price for the line.', 'parameter_missing', 'amount');
}

/** Puts an item on a draft as a line and counts the totals again. */
export function addItem(ctx: Context, invoice: Invoice, item: InvoiceItem): void {
  item.invoice = invoice.id;
  const id = newId('il');
  ctx.account.hidden.lineRates.set(
    id,
    (item.tax_rates ?? []).map((rate) => rate.id),
  );
  const parent: InvoiceLine['parent'] = {
    type: 'invoice_item_details',
    subscription_item_details: null,
    invoice_item_details: {
      invoice_item: item.id,
      proration: false,
      proration_details: null,
      subscription: null,
    },
  };
  allLines(ctx, invoice).push({ ...lineOf(item, invoice.id), id, parent, subscription: null });
  retotal(ctx, invoice);
}

/** Puts a period of a subscription's item on a draft as a line and counts the totals again. */
export function addSubscribedLine(ctx: Context, invoice: Invoice, item: SubscriptionItem): void {
  const { price, quantity = 1, subscription } = item;
  const amount = (price.unit_amount ?? 0) * quantity;
  const source = {
    amount,
    currency: price.currency,
    description: `${quantity} × ${price.nickname ?? 'Subscription'}`,
    discountable: true,
    livemode: price.livemode,
    metadata: {},
    period: { start: item.current_period_start, end: item.current_period_end },
    pricing: { type: 'price_details', unit_amount_decimal: price.unit_amount_decimal } as const,
    quantity,
    quantity_decimal: String(quantity),
  };
  const parent: InvoiceLine['parent'] = {
    type: 'subscription_item_details',
    invoice_item_details: null,
    subscription_item_details: {
      invoice_item: null,
      proration: false,
      proration_details: null,
      subscription,
      subscription_item: item.id,
    },
  };
  allLines(ctx, invoice).push({ ...lineOf(source, invoice.id), id: newId('il'), parent, subscription });
  retotal(ctx, invoice);
}

type LineSource = Pick<
  InvoiceItem,
  | 'amount'
  | 'currency'
  | 'description'
  | 'discountable'
  | 'livemode'
  | 'metadata'
  | 'period'
  | 'pricing'
  | 'quantity'
  | 'quantity_decimal'
>;

function lineOf(item: LineSource, invoice: string): Omit<InvoiceLine, 'id' | 'parent' | 'subscription'> {
  return {
    object: 'line_item',
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discount_amounts: [],
    discountable: item.discountable,
    discounts: [],
    invoice,
    livemode: item.livemode,
    metadata: { ...item.metadata },
    period: { ...item.period },
    pretax_credit_amounts: [],
    pricing: { ...item.pricing },
    quantity: item.quantity,
    quantity_decimal: item.quantity_decimal,
    subtotal: item.amount,
    taxes: [],
  };
}

/** Every line of an invoice; the invoice itself shows the first ten. */
export function allLines(ctx: Context, invoice: Invoice): InvoiceLine[] {
  const { lines } = ctx.account.hidden;
  const known = lines.get(invoice.id);
  if (known) return known;
  const fresh: InvoiceLine[] = [];
  lines.set(invoice.id, fresh);
  return fresh;
}

/** Counts tax and totals of a draft from its lines. */
export function retotal(ctx: Context, invoice: Invoice): void {
  const lines = allLines(ctx, invoice);
  for (const line of lines) line.taxes = taxesOf(ctx, invoice, line);
  const taxes = lines.flatMap((line) => line.taxes);
  const subtotal = lines.reduce((sum, line) => sum + line.amount, 0);
  const exclusive = sumOf(taxes.filter((tax) => tax.tax_behavior === 'exclusive'));
  const inclusive = sumOf(taxes.filter((tax) => tax.tax_behavior === 'inclusive'));
  const total = subtotal + exclusive;
  apply(invoice, {
    lines: embedded(lines, `/v1/invoices/${invoice.id}/lines`),
    subtotal,
    subtotal_excluding_tax: subtotal - inclusive,
    total,
    total_excluding_tax: subtotal - inclusive,
    total_taxes: mergedTaxes(taxes),
    amount_due: Math.max(0, total),
    amount_remaining: Math.max(0, total),
  });
}

function taxesOf(ctx: Context, invoice: Invoice, line: InvoiceLine): LineTax[] {
  const own = ctx.account.hidden.lineRates.get(line.id) ?? [];
  const rates =
    own.length > 0 ? own.map((id) => find(ctx.account, 'tax_rates', id)) : invoice.default_tax_rates;
  return rates.map((rate) => {
    const amount = taxOn(line.amount, rate.percentage, rate.inclusive);
    return {
      amount,
      tax_behavior: rate.inclusive ? 'inclusive' : 'exclusive',
      tax_rate_details: { tax_rate: rate.id },
      taxability_reason: 'not_available',
      taxable_amount: rate.inclusive ? line.amount - amount : line.amount,
      type: 'tax_rate_details',
    };
  });
}

function sumOf(taxes: LineTax[]): number {
  return taxes.reduce((sum, tax) => sum + tax.amount, 0);
}

function mergedTaxes(taxes: LineTax[]): LineTax[] {
  const byRate = new Map<string, LineTax>();
  for (const tax of taxes) {
    const sum = byRate.get(tax.tax_rate_details.tax_rate);
    if (!sum) byRate.set(tax.tax_rate_details.tax_rate, structuredClone(tax));
    else {
      sum.amount += tax.amount;
      sum.taxable_amount += tax.taxable_amount;
    }
  }
  return [...byRate.values()];
}
