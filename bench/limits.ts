// What gateways and CRMs publish as their limits, and the least that some work takes within them: nothing of ours is in it.

/** Of a live account: requests a second, altogether and of each endpoint; objects in a page of a list. */
const STRIPE = { account: 100, endpoint: 25, page: 100 };
/** Of an app in one account: 110 requests in ten seconds; records and associations in a call. */
const HUBSPOT = { perSecond: 11, records: 100, associations: 2_000 };
/** Records in a call. */
const SALESFORCE = { records: 200 };

const batches = (counts: readonly number[], limit: number): number =>
  counts.reduce((sum, count) => sum + Math.ceil(count / limit), 0);

/** Calls that write so many records and associations, each number of one kind. */
export const hubspotCalls = (records: number[], associations: number[]): number =>
  batches(records, HUBSPOT.records) + batches(associations, HUBSPOT.associations);

/** At the pace that goes on for ever. */
export const hubspotSeconds = (calls: number): number => calls / HUBSPOT.perSecond;

export const salesforceCalls = (records: number[]): number => batches(records, SALESFORCE.records);

/**
 * Of payers and their paid invoices that HubSpot knows nothing of but the people: payers looked up, contacts, invoices, lines and
 * payments; associations line–invoice, invoice–contact, payment–contact, payment–invoice.
 */
export const hubspotHistory = (payers: number, invoices: number): number =>
  hubspotCalls([payers, payers, invoices, invoices, invoices], [invoices, invoices, invoices, invoices]);

/** Seconds that reading lists takes, each number of one kind: kinds are read side by side. */
export function stripeSeconds(objects: number[]): number {
  const pages = objects.map((count) => Math.ceil(count / STRIPE.page));
  const all = pages.reduce((sum, count) => sum + count, 0);
  return Math.max(all / STRIPE.account, ...pages.map((count) => count / STRIPE.endpoint));
}
