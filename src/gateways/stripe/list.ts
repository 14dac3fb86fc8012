// Reads history from Stripe page by page, oldest kinds first, as numbered facts.
import type { Stripe } from 'stripe';
import type { Fact } from '../../ledger/facts.ts';
import type { FactPage, GatewayConnection, TimeWindow } from '../gateway.ts';
import type { ClientFor } from './client.ts';
import { lacksRight, toConnectorError } from './errors.ts';
import { wholeCustomer, wholeInvoice, wholeSubscription } from './fetch.ts';
import { createdIn, madeOf, nextAfter, pageAfter, type Page, type Query } from './list/pages.ts';
import { balanceFacts } from './normalise/balance.ts';
import { creditNoteFacts, invoiceFacts, type Context } from './normalise/invoices.ts';
import { customerFacts } from './normalise/payers.ts';
import { disputeFacts, intentFacts, refundFacts } from './normalise/payments.ts';
import { subscriptionFacts } from './normalise/subscriptions.ts';
import { isUnreadable } from './normalise/shapes.ts';

type Kind = {
  page: (stripe: Stripe, query: Query) => Promise<Page>;
  facts: (object: unknown, context: Context) => Fact[];
  /** Left out where the key was connected before Payside read these. */
  optional?: boolean;
};

const KINDS: Record<string, Kind> = {
  customers: {
    page: async (stripe, query) =>
      completed(await stripe.customers.list(query), (customer) => wholeCustomer(stripe, customer)),
    facts: customerFacts,
  },
  // Before the invoices they made; without `all`, Stripe leaves out what has ended.
  subscriptions: {
    page: async (stripe, query) =>
      completed(await stripe.subscriptions.list({ ...query, status: 'all' }), (subscription) =>
        wholeSubscription(stripe, subscription),
      ),
    facts: subscriptionFacts,
    optional: true,
  },
  invoices: {
    page: async (stripe, query) =>
      completed(await stripe.invoices.list({ ...query, expand: ['data.payments'] }), (invoice) =>
        wholeInvoice(stripe, invoice),
      ),
    facts: invoiceFacts,
  },
  payments: {
    page: (stripe, query) => stripe.paymentIntents.list({ ...query, expand: ['data.latest_charge'] }),
    facts: intentFacts,
  },
  refunds: { page: (stripe, query) => stripe.refunds.list(query), facts: refundFacts },
  disputes: { page: (stripe, query) => stripe.disputes.list(query), facts: disputeFacts },
  creditNotes: { page: (stripe, query) => stripe.creditNotes.list(query), facts: creditNoteFacts },
  // Behind what they move, so that only what was missed is looked for because of them.
  balanceTransactions: {
    page: (stripe, query) => stripe.balanceTransactions.list({ ...query, expand: ['data.source'] }),
    facts: balanceFacts,
    optional: true,
  },
};

/** One object after the other: the limit of requests counts more here than the seconds. */
async function completed<T extends { id?: string; created: number }>(
  page: { data: T[]; has_more: boolean },
  complete: (object: T) => Promise<T>,
): Promise<Page> {
  const data: Page['data'] = [];
  for (const object of page.data) {
    const whole = await complete(object);
    data.push({ ...whole, id: whole.id ?? '' });
  }
  return { data, has_more: page.has_more };
}

export const history: readonly string[] = Object.keys(KINDS);
/** Whoever is named by an object that came first would be read by a request of their own. */
export const historyRoots: readonly string[] = ['customers', 'subscriptions'];

export const createList =
  (clientFor: ClientFor) =>
  async (
    connection: GatewayConnection,
    kind: string,
    cursor: string | null,
    number: number,
    window: TimeWindow = {},
  ): Promise<FactPage> => {
    const listed = KINDS[kind];
    if (!listed) return { facts: [], next: null, objects: 0, skipped: 0 };
    const stripe = clientFor(connection);
    const created = createdIn(window);
    const page = await pageOf(listed, (query) => listed.page(stripe, { ...query, ...created }), cursor);
    const read = page.data.map((object) =>
      factsOrNull(listed, object, { account: connection.account, number }),
    );
    return {
      facts: read.flatMap((facts) => facts ?? []),
      next: nextAfter(page),
      objects: page.data.length,
      skipped: read.filter((facts) => facts === null).length,
      ...madeOf(page),
    };
  };

/** Nothing of a kind that the key may not read and need not. */
async function pageOf(
  listed: Kind,
  list: (query: Query) => Promise<Page>,
  cursor: string | null,
): Promise<Page> {
  try {
    return await pageAfter(list, cursor);
  } catch (error) {
    const known = toConnectorError(error);
    if (listed.optional && lacksRight(known)) return { data: [], has_more: false };
    throw known;
  }
}

/** One object that nobody can represent must not hold up the history behind it. */
function factsOrNull(listed: Kind, object: unknown, context: Context): Fact[] | null {
  try {
    return listed.facts(object, context);
  } catch (error) {
    if (isUnreadable(error)) return null;
    throw error;
  }
}
