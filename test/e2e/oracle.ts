// What a customer owes and has paid by the gateway stand-in's own objects; knows nothing of the connector.
import type { AccountHandle } from '../../sandbox/stripe/start.ts';

/** Minor units by upper-case currency; currencies with nothing are left out. */
export type Sums = Record<string, number>;

const DECIMALS: Record<string, number> = { jpy: 0, kwd: 3 };

function sum(parts: readonly { currency: string; minor: number }[]): Sums {
  const sums: Sums = {};
  for (const { currency, minor } of parts) {
    const code = currency.toUpperCase();
    sums[code] = (sums[code] ?? 0) + minor;
  }
  return Object.fromEntries(Object.entries(sums).filter(([, minor]) => minor !== 0));
}

/** Ids of the customers with one of these addresses. */
export const customersOf = (account: AccountHandle, emails: readonly string[]): Set<string> =>
  new Set(
    account
      .all('customers')
      .filter(({ email }) => email !== null && emails.includes(email.toLowerCase()))
      .map(({ id }) => id),
  );

export function figuresOf(account: AccountHandle, customers: ReadonlySet<string>, now: Date) {
  const open = account
    .all('invoices')
    .filter(({ customer, status }) => status === 'open' && customers.has(String(customer)))
    .map((invoice) => ({
      currency: invoice.currency,
      minor: invoice.amount_remaining,
      isLate: invoice.due_date !== null && invoice.due_date * 1000 < now.getTime(),
    }));
  const charged = account
    .all('charges')
    .filter(
      ({ customer, captured, status }) =>
        captured && status === 'succeeded' && customers.has(String(customer)),
    )
    .map((charge) => ({ currency: charge.currency, minor: charge.amount_captured - charge.amount_refunded }));
  return { owed: sum(open), overdue: sum(open.filter(({ isLate }) => isLate)), collected: sum(charged) };
}

/** The digits people must see, exact to the last decimal of the currency. */
export function digits(currency: string, minor: number): string {
  const decimals = DECIMALS[currency.toLowerCase()] ?? 2;
  const whole = Math.trunc(minor / 10 ** decimals).toLocaleString('en-US');
  return decimals === 0 ? whole : `${whole}.${String(minor % 10 ** decimals).padStart(decimals, '0')}`;
}
