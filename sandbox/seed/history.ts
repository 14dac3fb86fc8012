// A year of business in the Stripe accounts, told in the order it happened and without a single webhook.
import type { AccountHandle, StripeStandIn } from '../stripe/start.ts';
import type { Bill } from './bill.ts';
import type { Payer } from './payers.ts';
import { larkfieldPlan, mareePlan, northwindPlan, type AccountPlan, type Plan } from './plans.ts';
import { createRandom } from './random.ts';
import type { Step } from './steps.ts';
import { chaptersOf } from './stories.ts';
import { stepsOf as stepsOfSubscription } from './subscriptions.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const FOUNDED_DAYS_AGO = 380;
const DELETED_DAYS_AGO = 30;
const ALWAYS_PAYS = new Set(['pm_card_visa', 'pm_card_mastercard', 'pm_card_amex']);

type Customer = { id: string; payer: Payer; savedCard: string | undefined };
type Setting = { account: AccountHandle; now: Date; customers: Map<string, Customer>; rates: Rates };
type Rates = Record<'inclusive' | 'exclusive', string>;

const PLANS = { northwind: northwindPlan, maree: mareePlan, larkfield: larkfieldPlan };

/** Our own words for the accounts' owners, and the account each has. */
export type AccountIds = Partial<Record<keyof typeof PLANS, string>>;

/** Fills empty accounts; the counts are of everything made, the customers deleted since included. */
export function seedHistory(
  stripe: StripeStandIn,
  accountIds: AccountIds,
  now: Date,
): { customers: number; invoices: number; subscriptions: number } {
  const made = { customers: 0, invoices: 0, subscriptions: 0 };
  for (const [owner, planOf] of Object.entries(PLANS)) {
    const id = accountIds[owner as keyof typeof PLANS];
    if (id === undefined) continue;
    const plan = planOf();
    seedAccount(stripe.account(id), plan, now);
    made.customers += plan.payers.length;
    made.invoices += stripe.account(id).all('invoices').length;
    made.subscriptions += plan.subscribed.length;
  }
  return made;
}

function seedAccount(
  account: AccountHandle,
  { payers, plans, subscribed, taxes }: AccountPlan,
  now: Date,
): void {
  const founded = daysBefore(now, FOUNDED_DAYS_AGO);
  const rate = (kind: keyof Rates): string =>
    account.create('tax_rates', { ...taxes[kind], inclusive: kind === 'inclusive' }, { at: founded }).id;
  const rates: Rates = { inclusive: rate('inclusive'), exclusive: rate('exclusive') };
  const customers = new Map(
    payers.map((payer, nth) => [
      payer.ref,
      createCustomer(account, payer, new Date(founded.getTime() + nth * 37 * MINUTE_MS)),
    ]),
  );
  const setting: Setting = { account, now, customers, rates };
  const random = createRandom(plans.length);
  const steps = plans.flatMap((plan) => stepsOf(setting, plan, random.between(0, 600) * MINUTE_MS));
  const periods = subscribed.flatMap((told) =>
    stepsOfSubscription(account, told, customers.get(told.payer)?.id ?? told.payer, now),
  );
  for (const { run } of [...steps, ...periods, ...departures(setting)].sort(
    (a, b) => a.at.getTime() - b.at.getTime(),
  ))
    run();
}

function createCustomer(account: AccountHandle, payer: Payer, at: Date): Customer {
  const { name, email, saved = [] } = payer;
  const { id } = account.create('customers', { name, ...(email === null ? {} : { email }) }, { at });
  const methods = saved.map(
    (method) => account.act('payment_methods', method, 'attach', { customer: id }, { at }).id,
  );
  const [first] = methods;
  if (first !== undefined)
    account.request(
      'POST',
      `/v1/customers/${id}`,
      { invoice_settings: { default_payment_method: first } },
      { at },
    );
  const pays = saved[0] !== undefined && ALWAYS_PAYS.has(saved[0]);
  return { id, payer, savedCard: pays ? first : undefined };
}

/** An invoice's draft and its chapters; `jitter` milliseconds earlier than the full day. */
function stepsOf(setting: Setting, plan: Plan, jitter: number): Step[] {
  const written = new Date(daysBefore(setting.now, plan.daysAgo).getTime() - jitter);
  let bill: Bill | undefined;
  const chapters = chaptersOf(plan.story).map(({ day, deed }): Step => {
    const at = new Date(written.getTime() + day * DAY_MS);
    return { at, run: () => bill && deed(bill, at) };
  });
  return [{ at: written, run: () => void (bill = write(setting, plan, written)) }, ...chapters];
}

function write({ account, customers, rates }: Setting, plan: Plan, at: Date): Bill {
  const customer = customers.get(plan.payer);
  if (!customer) throw new Error(`no payer is called ${plan.payer}`);
  const currency = customer.payer.currency ?? account.definition.currency;
  const draft = account.create(
    'invoices',
    {
      customer: customer.id,
      currency,
      collection_method: 'send_invoice',
      days_until_due: plan.dueIn,
      ...(plan.tax === 'none' ? {} : { default_tax_rates: [rates[plan.tax]] }),
    },
    { at },
  );
  const lines = plan.items.map(([name, quantity, unit_amount]) => ({
    description: name,
    quantity,
    price_data: { currency, unit_amount, product_data: { name } },
  }));
  account.act('invoices', draft.id, 'add_lines', { lines }, { at });
  return {
    account,
    id: draft.id,
    customer: customer.id,
    currency,
    card: customer.savedCard ?? 'pm_card_mastercard',
    bank: account.definition.currency === 'eur' ? 'pm_sepaDebit' : 'pm_usBankAccount',
  };
}

/** Customers that were deleted since. */
function departures({ account, customers, now }: Setting): Step[] {
  const at = daysBefore(now, DELETED_DAYS_AGO);
  const gone = customers.get('deleted');
  return gone
    ? [{ at, run: () => void account.request('DELETE', `/v1/customers/${gone.id}`, {}, { at }) }]
    : [];
}

const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY_MS);
