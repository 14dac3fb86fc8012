// Calls of a CRM for a burst of 1,000 payments, against the least its batch limits allow.
import type { Benchmark } from '../benchmark.ts';
import { figure, type Figures } from '../figures.ts';
import { hubspotCalls, salesforceCalls } from '../limits.ts';
import { openHubspot } from '../place/hubspot.ts';
import type { Bill, Merchant } from '../place/merchant.ts';
import { openSalesforce } from '../place/salesforce.ts';

const PAYMENTS = 1_000;
/** So many are paid at once; the next when the connector has been told of them. */
const AT_ONCE = 25;

/** Contacts, invoices and payments; associations of each payment with its contact and its invoice, which had its own before. */
const hubspotBound = (payments: number): number =>
  hubspotCalls([payments, payments, payments], [payments, payments]);
/** Contacts, accounts, invoices, payments and allocations. */
const SALESFORCE_BOUND = salesforceCalls(Array.from({ length: 5 }, () => PAYMENTS));

export async function payAll(merchant: Merchant, bills: Bill[], told: () => Promise<void>): Promise<void> {
  for (let first = 0; first < bills.length; first += AT_ONCE) {
    for (const bill of bills.slice(first, first + AT_ONCE)) merchant.pay(bill);
    await told();
  }
}

export const crmCallsHubspot: Benchmark = {
  name: 'crm-calls-hubspot',
  kind: 'count',
  says: 'HubSpot calls for a burst of 1,000 payments / the bound of its batch limits',
  plant: 'each batch is sent four times',
  async run({ store, planted = false }): Promise<Figures> {
    // With four times the calls, HubSpot's limit would make a thousand of them a matter of minutes.
    const payments = planted ? PAYMENTS / 10 : PAYMENTS;
    const bound = hubspotBound(payments);
    let bills: Bill[] = [];
    const place = await openHubspot({
      store,
      people: payments,
      history: (merchant) => (bills = merchant.bill(payments)),
      again: planted,
    });
    try {
      place.forget();
      await payAll(place.merchant, bills, () => place.world.stripe.deliveriesIdle());
      await place.idle();
      const calls = place.calls();
      const wrong = bills.filter((bill) => place.collected(bill) !== '10.00').length;
      const from = { calls: calls.length, bound, ...byPath(calls) };
      return {
        'crm-calls-hubspot': figure(calls.length / bound, { unit: '× bound', gate: 2, goal: 1.3 }, from),
        'crm-calls-hubspot.refused': figure(place.limited(), { unit: 'answers 429', gate: 0, goal: 0 }),
        'crm-calls-hubspot.wrong': figure(wrong, { unit: 'contacts', gate: 0, goal: 0 }),
      };
    } finally {
      await place.close();
    }
  },
};

const byPath = (calls: string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(calls, (path) => path)].map(([path, all]) => [path, all.length]));

export const crmCallsSalesforce: Benchmark = {
  name: 'crm-calls-salesforce',
  kind: 'count',
  says: 'Salesforce calls for a burst of 1,000 payments / the bound of its collections',
  async run({ store }): Promise<Figures> {
    let bills: Bill[] = [];
    const place = await openSalesforce(store, PAYMENTS, (merchant) => (bills = merchant.bill(PAYMENTS)));
    try {
      const before = place.used();
      await payAll(place.merchant, bills, () => place.world.stripe.deliveriesIdle());
      await place.idle();
      const calls = place.used() - before;
      const wrong = bills.filter((bill) => place.collected(bill) !== 10).length;
      return {
        'crm-calls-salesforce': figure(
          calls / SALESFORCE_BOUND,
          { unit: '× bound', gate: 3, goal: 1.5 },
          { calls, bound: SALESFORCE_BOUND },
        ),
        'crm-calls-salesforce.refused': figure(place.limited(), { unit: 'answers', gate: 0, goal: 0 }),
        'crm-calls-salesforce.wrong': figure(wrong, { unit: 'contacts', gate: 0, goal: 0 }),
      };
    } finally {
      await place.close();
    }
  },
};
