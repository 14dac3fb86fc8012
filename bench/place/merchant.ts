// A merchant at the gateway: customers, their invoices, and payments that are told to the connector.
import type {
  AccountDefinition,
  AccountHandle,
  SeedOptions,
  StripeStandIn,
} from '../../sandbox/stripe/start.ts';
import { stripeAccount } from '../../sandbox/world/keys.ts';

export const merchantKeys = (nth = 0): AccountDefinition =>
  stripeAccount(`acct_bench${nth}`, 'Alder & Co', 'DE', 'eur');

/** Of a live account, which gateways allow more calls. */
export function liveKeys(): AccountDefinition {
  const keys = merchantKeys();
  const live = (key: string): string => key.replace('_test_', '_live_');
  return {
    ...keys,
    livemode: true,
    secretKey: live(keys.secretKey),
    restrictedKey: live(keys.restrictedKey),
    publishableKey: live(keys.publishableKey),
  };
}

export type Bill = { customer: string; invoice: string; nth: number };

export const emailOf = (nth: number): string => `payer-${nth}@example.com`;
export const AMOUNT_MINOR = 1_000;

const MINUTE_MS = 60_000;

export type Merchant = {
  account: AccountHandle;
  /** So many customers, each with so many open invoices, told to nobody. @param madeAt by the number of the invoice; left out: an hour ago */
  bill(count: number, perCustomer?: number, madeAt?: (invoice: number) => Date): Bill[];
  /** Pays by card, and has the gateway tell the connector as it does. */
  pay(bill: Bill): void;
  /** Pays and tells nobody: history. @param at left out: now */
  payQuietly(bill: Bill, at?: Date): void;
};

export function merchant(stripe: StripeStandIn, { id }: AccountDefinition, now: Date): Merchant {
  const account = stripe.account(id);
  const anHourAgo = new Date(now.getTime() - 60 * MINUTE_MS);
  const made = { customers: 0 };
  const payWith = (invoice: string, options: SeedOptions): void =>
    void account.act('invoices', invoice, 'pay', { payment_method: 'pm_card_visa' }, options);
  return {
    account,
    bill(count, perCustomer = 1, madeAt = () => anHourAgo) {
      return Array.from({ length: count }, () => {
        const nth = made.customers;
        made.customers += 1;
        const { id: customer } = account.create(
          'customers',
          { name: `Payer ${nth}`, email: emailOf(nth) },
          { at: madeAt(nth * perCustomer) },
        );
        return Array.from({ length: perCustomer }, (_, invoice) => ({
          customer,
          invoice: openInvoice(account, customer, madeAt(nth * perCustomer + invoice)),
          nth,
        }));
      }).flat();
    },
    pay: ({ invoice }) => payWith(invoice, { silent: false }),
    payQuietly: ({ invoice }, at) => payWith(invoice, { silent: true, at }),
  };
}

function openInvoice(account: AccountHandle, customer: string, at: Date): string {
  const draft = account.create(
    'invoices',
    { customer, currency: 'eur', collection_method: 'send_invoice', days_until_due: 30 },
    { at },
  );
  const item = { currency: 'eur', unit_amount: AMOUNT_MINOR, product_data: { name: 'Oak step' } };
  const lines = [{ description: 'Oak step', quantity: 1, price_data: item }];
  account.act('invoices', draft.id, 'add_lines', { lines }, { at });
  account.act('invoices', draft.id, 'finalize', {}, { at });
  return draft.id;
}
