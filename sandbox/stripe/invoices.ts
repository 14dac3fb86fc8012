// The invoice endpoints.
import { z } from 'zod';
import type { Context } from './context.ts';
import { endpoint, idOf, type Endpoint, type PathParams } from './endpoint.ts';
import { invalid } from './errors.ts';
import { change, emit } from './events.ts';
import { changes, createInvoice, creation, patchOf } from './invoice-draft.ts';
import { addItem, allLines, createItem, linePricing, retotal } from './invoice-lines.ts';
import { attachIntent } from './invoice-payments.ts';
import { finalize, markUncollectible, pay, send, voidInvoice } from './invoice-state.ts';
import { newestFirst, page, same, within } from './lists.ts';
import { bool, mergeMetadata, metadata, moment, paging, text } from './params.ts';
import type { Invoice } from './shapes.ts';
import { find } from './state.ts';

const READ = 'rak_invoice_read';
const WRITE = 'rak_invoice_write';

function invoiceAt(ctx: Context, path: PathParams): Invoice {
  return find(ctx.account, 'invoices', idOf(path));
}

function draftAt(ctx: Context, path: PathParams): Invoice {
  const invoice = invoiceAt(ctx, path);
  if (invoice.status === 'draft') return invoice;
  throw invalid("Finalized invoices can't be updated in this way", 'invoice_not_editable');
}

const listing = z.strictObject({
  ...paging,
  collection_method: z.enum(['charge_automatically', 'send_invoice']).optional(),
  created: moment.optional(),
  customer: text.optional(),
  due_date: moment.optional(),
  status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']).optional(),
});

function list(ctx: Context, params: z.infer<typeof listing>): object {
  return newestFirst(
    [...ctx.account.tables.invoices.values()]
      .filter(
        (invoice) => same(invoice.customer, params.customer) && same<string>(invoice.status, params.status),
      )
      .filter(
        (invoice) => within(invoice.created, params.created) && within(invoice.due_date, params.due_date),
      )
      .filter((invoice) => same<string>(invoice.collection_method, params.collection_method)),
    params,
    '/v1/invoices',
  );
}

const newLines = z.strictObject({
  lines: z.array(z.strictObject({ ...linePricing, invoice_item: text.optional() })),
  invoice_metadata: metadata.optional(),
});

function addLines(ctx: Context, params: z.infer<typeof newLines>, path: PathParams): Invoice {
  const invoice = draftAt(ctx, path);
  const owner = { customer: invoice.customer, currency: invoice.currency, invoice: invoice.id };
  for (const line of params.lines) {
    const pending = line.invoice_item && find(ctx.account, 'invoiceitems', line.invoice_item, 'lines');
    addItem(ctx, invoice, pending || createItem(ctx, line, owner));
  }
  invoice.metadata = mergeMetadata(invoice.metadata, params.invoice_metadata);
  emit(ctx, 'invoice.updated', invoice, {});
  return invoice;
}

/** Final invoices take a few texts only; drafts take everything. */
const EDITABLE_LATER = new Set(['metadata', 'auto_advance', 'default_payment_method']);

function update(ctx: Context, params: z.infer<typeof changes>, path: PathParams): Invoice {
  const invoice = invoiceAt(ctx, path);
  const other = Object.keys(params).find((key) => !EDITABLE_LATER.has(key));
  if (other && invoice.status !== 'draft') draftAt(ctx, path);
  change(ctx, 'invoice.updated', invoice, patchOf(ctx, invoice, params));
  if (invoice.status === 'draft') retotal(ctx, invoice);
  return invoice;
}

function remove(ctx: Context, path: PathParams): object {
  const invoice = draftAt(ctx, path);
  ctx.account.tables.invoices.delete(invoice.id);
  emit(ctx, 'invoice.deleted', invoice);
  return { id: invoice.id, object: 'invoice', deleted: true };
}

/** An action on one invoice that answers with the invoice. */
function action<T>(
  name: string,
  params: z.ZodType<T>,
  act: (ctx: Context, invoice: Invoice, params: T) => void,
) {
  return endpoint(`POST /v1/invoices/:id/${name}`, {
    right: WRITE,
    params,
    run: (ctx, given, path) => {
      const invoice = invoiceAt(ctx, path);
      act(ctx, invoice, given);
      return invoice;
    },
  });
}

const nothing = z.strictObject({});

export const invoiceEndpoints: readonly Endpoint[] = [
  endpoint('POST /v1/invoices', { right: WRITE, params: creation, run: createInvoice }),
  endpoint('GET /v1/invoices', { right: READ, params: listing, run: list }),
  endpoint('GET /v1/invoices/:id', {
    right: READ,
    params: nothing,
    run: (ctx, _params, path) => invoiceAt(ctx, path),
  }),
  endpoint('POST /v1/invoices/:id', { right: WRITE, params: changes, run: update }),
  endpoint('DELETE /v1/invoices/:id', {
    right: WRITE,
    params: nothing,
    run: (ctx, _params, path) => remove(ctx, path),
  }),
  endpoint('POST /v1/invoices/:id/add_lines', { right: WRITE, params: newLines, run: addLines }),
  endpoint('GET /v1/invoices/:id/lines', {
    right: READ,
    params: z.strictObject(paging),
    run: (ctx, params, path) =>
      page(allLines(ctx, invoiceAt(ctx, path)), params, `/v1/invoices/${idOf(path)}/lines`),
  }),
  action('finalize', z.strictObject({ auto_advance: bool.optional() }), (ctx, invoice, params) =>
    finalize(ctx, invoice, params.auto_advance),
  ),
  action('send', nothing, send),
  action(
    'pay',
    z.strictObject({
      payment_method: text.optional(),
      off_session: bool.optional(),
      paid_out_of_band: bool.optional(),
    }),
    pay,
  ),
  action('void', nothing, voidInvoice),
  action('mark_uncollectible', nothing, markUncollectible),
  action('attach_payment', z.strictObject({ payment_intent: text }), (ctx, invoice, params) => {
    if (invoice.status !== 'open')
      throw invalid(
        `Payments can only be attached to open invoices; this one is ${invoice.status}.`,
        'invoice_not_editable',
      );
    attachIntent(ctx, invoice, find(ctx.account, 'payment_intents', params.payment_intent, 'payment_intent'));
  }),
];
