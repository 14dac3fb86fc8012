// A merchant at the gateway: customers, their invoices, and payments that are told to the connector.
import type { AccountDefinition, AccountHandle, StripeStandIn } from '../../sandbox/stripe/start.ts';
import { stripeAccount } from '../../sandbox/world/keys.ts';

export const merchantKeys = (nth = 0): AccountDefinition =>
  stripeAccount(`acct_bench${nth}`, 'Alder & Co', 'DE', 'eur');

export type Bill = { customer: string; invoice: string; nth: number };

export const emailOf = (nth: number): string => `payer-${nth}@example.com`;
export const AMOUNT_MINOR = 1_000;

const MINUTE_MS = 60_000;

export type Merchant = {
  account: AccountHandle;
  /** So many customers, each with an open invoice, told to nobody. */
  bill(count: number, perCustomer?: number): Bill[];
  /** Pays by card, and has the gateway tell the connector as it does. */
  pay(bill: Bill): void;
  /** Pays and tells nobody: history. */
  payQuietly(bill: Bill): void;
};

export function merchant(stripe: StripeStandIn, { id }: AccountDefinition, now: Date): Merchant {
  const account = stripe.account(id);
  const at = new Date(now.getTime() - 60 * MINUTE_MS);
  const made = { customers: 0 };
  const payWith = (invoice: string, silent: boolean): void =>
    void account.act('invoices', invoice, 'pay', { payment_method: 'pm_card_visa' }, { silent });
  return {
    account,
    bill(count, perCustomer = 1) {
      return Array.from({ length: count }, () => {
        const nth = made.customers;
        made.customers += 1;
        const { id: customer } = account.create(
          'customers',
          { name: `Payer ${nth}`, email: emailOf(nth) },
          { at },
        );
        return Array.from({ length: perCustomer }, () => ({
          customer,
          invoice: openInvoice(account, customer, at),
          nth,
        }));
      }).flat();
    },
    pay: ({ invoice }) => payWith(invoice, false),
    payQuietly: ({ invoice }) => payWith(invoice, true),
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
