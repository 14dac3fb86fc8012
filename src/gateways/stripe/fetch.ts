// Reads one entity from Stripe, with what hangs on it, as numbered facts.
import type { Stripe } from 'stripe';
import { gatewayRejected, type ConnectorError } from '../../errors.ts';
import type { EntityKind } from '../../ledger/entities.ts';
import type { Fact } from '../../ledger/facts.ts';
import type { EntityRef, GatewayConnection } from '../gateway.ts';
import type { ClientFor } from './client.ts';
import { isMissing, lacksRight, toConnectorError } from './errors.ts';
import { creditNoteFacts, goneInvoiceFacts, invoiceFacts, type Context } from './normalise/invoices.ts';
import { customerFacts, methodFacts } from './normalise/payers.ts';
import { disputeFacts, intentFacts, refundFacts } from './normalise/payments.ts';
import { subscriptionFacts } from './normalise/subscriptions.ts';
import { isUnreadable } from './normalise/shapes.ts';

type Reader = (stripe: Stripe, id: string, context: Context) => Promise<Fact[]>;

const PAGE = 100;
/** Far more than a card shows or an invoice may have; the SDK wants a bound. */
const MOST = 1_000;

const READERS: Partial<Record<EntityKind, Reader>> = {
  invoice: async (stripe, id, context) =>
    invoiceFacts(
      await wholeInvoice(stripe, await stripe.invoices.retrieve(id, { expand: ['payments'] })),
      context,
    ),
  payment: async (stripe, id, context) =>
    intentFacts(await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] }), context),
  customer: readCustomer,
  method: async (stripe, id, context) => methodFacts(await stripe.paymentMethods.retrieve(id), context),
  refund: async (stripe, id, context) => refundFacts(await stripe.refunds.retrieve(id), context),
  dispute: async (stripe, id, context) => disputeFacts(await stripe.disputes.retrieve(id), context),
  creditNote: async (stripe, id, context) => creditNoteFacts(await stripe.creditNotes.retrieve(id), context),
  subscription: async (stripe, id, context) =>
    subscriptionFacts(await wholeSubscription(stripe, await stripe.subscriptions.retrieve(id)), context),
};

async function readCustomer(stripe: Stripe, id: string, context: Context): Promise<Fact[]> {
  const customer = await stripe.customers.retrieve(id);
  if (customer.deleted) return customerFacts(customer, context);
  const facts = customerFacts(await wholeCustomer(stripe, customer), context);
  const methods = await stripe.customers
    .listPaymentMethods(id, { limit: PAGE })
    .autoPagingToArray({ limit: MOST });
  return [...facts, ...methods.flatMap((method) => methodFacts(method, context))];
}

/** An invoice shows its first ten lines and payments; the rest is read page by page. */
export async function wholeInvoice(stripe: Stripe, invoice: Stripe.Invoice): Promise<Stripe.Invoice> {
  const { lines, payments } = invoice;
  const id = invoice.id ?? '';
  if (lines.has_more) {
    const data = await stripe.invoices.listLineItems(id, { limit: PAGE }).autoPagingToArray({ limit: MOST });
    invoice.lines = { ...lines, data, has_more: false };
  }
  if (payments?.has_more) {
    const data = await stripe.invoicePayments
      .list({ invoice: id, limit: PAGE })
      .autoPagingToArray({ limit: MOST });
    invoice.payments = { ...payments, data, has_more: false };
  }
  return invoice;
}

/** A subscription shows its first ten items; what it comes to needs them all. */
export async function wholeSubscription(
  stripe: Stripe,
  subscription: Stripe.Subscription,
): Promise<Stripe.Subscription> {
  const { items, id } = subscription;
  if (!items.has_more) return subscription;
  const data = await stripe.subscriptionItems
    .list({ subscription: id, limit: PAGE })
    .autoPagingToArray({ limit: MOST });
  return { ...subscription, items: { ...items, data, has_more: false } };
}

/** A balance says in which currency it is only where the customer has one of their own; otherwise Stripe has to be asked. */
export async function wholeCustomer(stripe: Stripe, customer: Stripe.Customer): Promise<Stripe.Customer> {
  if (customer.currency || customer.balance === 0) return customer;
  const asked = await stripe.customers.retrieve(customer.id, { expand: ['invoice_credit_balance'] });
  return asked.deleted ? customer : asked;
}

/** A key that was connected before Payside read these has no right to them; what it may read must not wait for that. */
const OPTIONAL: ReadonlySet<EntityKind> = new Set(['subscription']);

export const createFetch =
  (clientFor: ClientFor) =>
  async (connection: GatewayConnection, ref: EntityRef, number: number): Promise<Fact[]> => {
    const read = READERS[ref.entity];
    if (!read) return [];
    const context = { account: connection.account, number };
    try {
      return await read(clientFor(connection), ref.id, context);
    } catch (error) {
      const known = readingError(error);
      if (OPTIONAL.has(ref.entity) && lacksRight(known)) return [];
      if (!isMissing(known)) throw known;
      // Only drafts can be deleted, and where the event of it was lost nothing else says so.
      return ref.entity === 'invoice' ? goneInvoiceFacts(ref.id, context) : [];
    }
  };

/** What Stripe answered but nobody can represent will not be better the next time. */
function readingError(error: unknown): ConnectorError {
  return isUnreadable(error)
    ? gatewayRejected({ cause: error, context: { vendor: 'stripe', code: 'unreadable' } })
    : toConnectorError(error);
}
