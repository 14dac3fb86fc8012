// Invoice items: lines that wait on a customer until an invoice takes them.
import { z } from 'zod';
import type { Context } from './context.ts';
import { endpoint, idOf, type Endpoint } from './endpoint.ts';
import { invalid } from './errors.ts';
import { emit } from './events.ts';
import { addItem, createItem, linePricing } from './invoice-lines.ts';
import { newestFirst, same, within } from './lists.ts';
import { checkCurrency } from './money.ts';
import { bool, currency, int, moment, paging, text } from './params.ts';
import type { Invoice, InvoiceItem } from './shapes.ts';
import { find } from './state.ts';

const creation = z.strictObject({
  ...linePricing,
  customer: text,
  currency: currency.optional(),
  invoice: text.optional(),
  unit_amount_decimal: int.optional(),
});

function create(ctx: Context, params: z.infer<typeof creation>): InvoiceItem {
  const customer = find(ctx.account, 'customers', params.customer, 'customer');
  const invoice = draftOf(ctx, params.invoice);
  const money = moneyOf(ctx, params, invoice?.currency ?? customer.currency);
  checkCurrency(money);
  const owner = { customer: customer.id, currency: money, invoice: invoice?.id ?? null };
  const item = createItem(ctx, { ...params, unitAmount: params.unit_amount_decimal }, owner);
  if (!invoice) return item;
  if (money !== invoice.currency) throw invalid("The currency is not the invoice's.", undefined, 'currency');
  addItem(ctx, invoice, item);
  emit(ctx, 'invoice.updated', invoice, {});
  return item;
}

function draftOf(ctx: Context, id: string | undefined): Invoice | undefined {
  if (id === undefined) return undefined;
  const invoice = find(ctx.account, 'invoices', id, 'invoice');
  if (invoice.status === 'draft') return invoice;
  throw invalid('This invoice is no longer editable', 'invoice_not_editable', 'invoice');
}

function moneyOf(ctx: Context, params: z.infer<typeof creation>, owner: string | null | undefined): string {
  return params.currency ?? params.price_data?.currency ?? owner ?? ctx.account.definition.currency;
}

export const invoiceItemEndpoints: readonly Endpoint[] = [
  endpoint('POST /v1/invoiceitems', { right: 'rak_invoice_write', params: creation, run: create }),
  endpoint('GET /v1/invoiceitems', {
    right: 'rak_invoice_read',
    params: z.strictObject({
      ...paging,
      created: moment.optional(),
      customer: text.optional(),
      invoice: text.optional(),
      pending: bool.optional(),
    }),
    run: (ctx, params) => {
      const items = [...ctx.account.tables.invoiceitems.values()]
        .filter((item) => within(item.date, params.created))
        .filter((item) => same<string>(item.customer, params.customer))
        .filter((item) => same<string | null>(item.invoice, params.invoice))
        .filter((item) => same(item.invoice === null, params.pending));
      const dated = newestFirst(
        items.map((item) => ({ id: item.id, created: item.date, item })),
        params,
        '/v1/invoiceitems',
      );
      return { ...dated, data: dated.data.map((entry) => entry.item) };
    },
  }),
  endpoint('GET /v1/invoiceitems/:id', {
    right: 'rak_invoice_read',
    params: z.strictObject({}),
    run: (ctx, _params, path) => find(ctx.account, 'invoiceitems', idOf(path)),
  }),
];
