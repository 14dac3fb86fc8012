// Looks invoices, charges and intents up at the gateway stand-in, by what people see of them.
import type { AccountHandle } from '../../sandbox/stripe/start.ts';

/** The one invoice of a number. */
export function invoiceAt(stripe: AccountHandle, number: string) {
  const found = stripe.all('invoices').find((invoice) => invoice.number === number);
  if (!found) throw new Error(`the gateway has no invoice ${number}`);
  return found;
}

/** Payment intents of an invoice, in the order they were linked to it. */
export function intentsOf(stripe: AccountHandle, number: string): string[] {
  const { id } = invoiceAt(stripe, number);
  return stripe
    .all('invoice_payments')
    .filter(({ invoice }) => invoice === id)
    .map(({ payment }) => payment.payment_intent);
}

/** Charges of an invoice that took money or are about to. */
export function chargesOf(stripe: AccountHandle, number: string): string[] {
  const intents = new Set(intentsOf(stripe, number));
  return stripe
    .all('charges')
    .filter((charge) => charge.status !== 'failed' && intents.has(String(charge.payment_intent)))
    .map(({ id }) => id);
}
