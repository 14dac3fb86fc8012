// Makes, opens, sends, voids and finds customers and invoices at Stripe.
import type { Stripe } from 'stripe';
import { asConnectorError } from '../../errors.ts';
import { toGatewayMinor } from '../../money/gateway-amounts.ts';
import { multiply } from '../../money/money.ts';
import type {
  Gateway,
  GatewayConnection,
  Made,
  NewCustomer,
  NewInvoice,
  NewInvoiceLine,
  TaxRate,
} from '../gateway.ts';
import type { ClientFor } from './client.ts';
import { calling, toConnectorError } from './errors.ts';
import { wholeInvoice } from './fetch.ts';
import { invoiceFacts } from './normalise/invoices.ts';
import { customerFacts } from './normalise/payers.ts';
import { recordText } from './normalise/shapes.ts';

type InvoiceCalls = Pick<
  Gateway,
  | 'createCustomer'
  | 'taxRates'
  | 'createInvoice'
  | 'openInvoice'
  | 'sendInvoice'
  | 'voidInvoice'
  | 'findInvoice'
  | 'findCustomer'
>;

/** Answers to writes carry no fetch number: a later read of the same object wins over them. */
const WRITTEN = 0;

export function createInvoices(clientFor: ClientFor): InvoiceCalls {
  const made = (connection: GatewayConnection, invoice: Stripe.Invoice): Made => ({
    id: invoice.id ?? '',
    facts: invoiceFacts(invoice, { account: connection.account, number: WRITTEN }),
  });
  const change =
    (act: Change, done: readonly Stripe.Invoice.Status[]) =>
    async (connection: GatewayConnection, invoiceId: string, key: string): Promise<Made> =>
      made(connection, await changed(clientFor(connection), { invoiceId, key, act, done }));
  return {
    createCustomer: (connection, customer, key) =>
      createCustomer(clientFor(connection), connection, customer, key),
    taxRates: (connection) => taxRates(clientFor(connection)),
    createInvoice: async (connection, invoice, key) =>
      made(connection, await createInvoice(clientFor(connection), invoice, key)),
    openInvoice: change(
      // Advancing by itself, Stripe mails the invoice: also one that nobody asked to be sent, and others twice.
      (stripe, id, options) => stripe.invoices.finalizeInvoice(id, { auto_advance: false }, options),
      ['open', 'paid', 'uncollectible'],
    ),
    sendInvoice: async (connection, invoiceId, key) =>
      made(connection, await sendInvoice(clientFor(connection), invoiceId, key)),
    voidInvoice: change((stripe, id, options) => stripe.invoices.voidInvoice(id, {}, options), ['void']),
    async findInvoice(connection, customerId, operationId) {
      const stripe = clientFor(connection);
      const found = await firstOf(
        stripe.invoices.list({ customer: customerId, limit: PAGE }),
        ({ metadata }) => metadata?.['payside_op'] === operationId,
      );
      return found ? made(connection, await calling(() => wholeInvoice(stripe, found))) : null;
    },
    async findCustomer(connection, operationId, email) {
      const found = await firstOf(
        clientFor(connection).customers.list({ limit: PAGE, ...(email ? { email } : {}) }),
        ({ metadata }) => metadata['payside_op'] === operationId,
      );
      return found
        ? { id: found.id, facts: customerFacts(found, { account: connection.account, number: WRITTEN }) }
        : null;
    },
  };
}

const PAGE = 100;

/** Newest first, page by page until it is found: the operation may be days old. */
const firstOf = <T>(list: AsyncIterable<T>, isWanted: (one: T) => boolean): Promise<T | null> =>
  calling(async () => {
    for await (const one of list) if (isWanted(one)) return one;
    return null;
  });

type Change = (stripe: Stripe, id: string, options: Stripe.RequestOptions) => Promise<Stripe.Invoice>;
type Wish = { invoiceId: string; key: string; act: Change; done: readonly Stripe.Invoice.Status[] };

/** A step repeated after Stripe has forgotten its key is refused, although what it wanted has been reached. */
async function changed(stripe: Stripe, { invoiceId, key, act, done }: Wish): Promise<Stripe.Invoice> {
  try {
    return await act(stripe, invoiceId, { idempotencyKey: key });
  } catch (error) {
    const known = toConnectorError(error);
    if (known.code !== 'gateway_rejected') throw known;
    const invoice = await calling(() => stripe.invoices.retrieve(invoiceId));
    if (invoice.status && done.includes(invoice.status)) return invoice;
    throw known;
  }
}

/** Stripe does not say whether an invoice was mailed, so a mark of the step that mailed it stays on the invoice. */
async function sendInvoice(stripe: Stripe, invoiceId: string, key: string): Promise<Stripe.Invoice> {
  const invoice = await calling(() => stripe.invoices.retrieve(invoiceId));
  const isAsked = invoice.status === 'open' || invoice.status === 'draft';
  if (!isAsked || invoice.metadata?.['payside_sent'] === key) return invoice;
  await calling(() => stripe.invoices.sendInvoice(invoiceId, {}, { idempotencyKey: key }));
  return calling(() =>
    stripe.invoices.update(invoiceId, { metadata: { payside_sent: key } }, { idempotencyKey: `${key}:mark` }),
  );
}

async function createCustomer(
  stripe: Stripe,
  connection: GatewayConnection,
  wish: NewCustomer,
  key: string,
): Promise<Made> {
  const customer = await calling(() =>
    stripe.customers.create(
      {
        ...(wish.name ? { name: wish.name } : {}),
        ...(wish.email ? { email: wish.email } : {}),
        metadata: { payside_op: wish.operationId, payside_record: recordText(wish.record) },
      },
      { idempotencyKey: key },
    ),
  );
  return {
    id: customer.id,
    facts: customerFacts(customer, { account: connection.account, number: WRITTEN }),
  };
}

async function taxRates(stripe: Stripe): Promise<TaxRate[]> {
  const page = await calling(() => stripe.taxRates.list({ active: true, limit: 100 }));
  return page.data.map((rate) => ({
    id: rate.id,
    name: rate.display_name,
    percent: String(rate.percentage),
    inclusive: rate.inclusive,
  }));
}

/** Two calls under keys of their own: the draft, then its lines. Repeating both changes nothing. */
async function createInvoice(stripe: Stripe, wish: NewInvoice, key: string): Promise<Stripe.Invoice> {
  // Before anything is made: an amount Stripe cannot charge would leave an empty draft behind.
  const lines = await calling(async () => wish.lines.map(lineOf));
  const draft = await calling(() =>
    stripe.invoices.create(
      {
        customer: wish.customerId,
        currency: wish.currency.toLowerCase(),
        collection_method: 'send_invoice',
        due_date: Math.floor(wish.dueAt.getTime() / 1000),
        auto_advance: false,
        pending_invoice_items_behavior: 'exclude',
        ...(wish.memo ? { description: wish.memo } : {}),
        metadata: {
          payside_op: wish.operationId,
          payside_record: recordText(wish.record),
          ...(wish.replacesId ? { payside_replaces: wish.replacesId } : {}),
        },
      },
      { idempotencyKey: `${key}:draft` },
    ),
  );
  const filled = await fill(stripe, draft.id ?? '', lines, `${key}:lines`);
  return calling(() => wholeInvoice(stripe, filled));
}

/** A draft whose lines are refused for good (a tax rate that was retired) goes again: nobody would ever open it. */
async function fill(stripe: Stripe, draft: string, lines: Line[], key: string): Promise<Stripe.Invoice> {
  try {
    return await calling(() => stripe.invoices.addLines(draft, { lines }, { idempotencyKey: key }));
  } catch (error) {
    if (asConnectorError(error).retry === 'never')
      await calling(() => stripe.invoices.del(draft)).catch(() => undefined);
    throw error;
  }
}

type Line = Stripe.InvoiceAddLinesParams.Line;

function lineOf(line: NewInvoiceLine): Line {
  return {
    description: line.quantity === 1 ? line.description : `${line.description} × ${line.quantity}`,
    amount: toGatewayMinor('stripe', multiply(line.unit, line.quantity)),
    ...(line.taxRateId ? { tax_rates: [line.taxRateId] } : {}),
  };
}
