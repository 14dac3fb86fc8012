// Stripe's customers, saved methods and payouts as facts.
import type { z } from 'zod';
import type { Fact } from '../../../ledger/facts.ts';
import type { Context } from './invoices.ts';
import { at, customerShape, iso, methodShape, methodText, minor, payoutShape } from './shapes.ts';

/** A deleted customer answers with little more than its id, so what was known before stays as it was. */
export function customerFacts(raw: unknown, context: Context): Fact[] {
  const customer = customerShape.parse(raw);
  const base = {
    entity: 'customer',
    id: customer.id,
    owner: customer.id,
    source: 'gateway',
    ...context,
  } as const;
  if (customer.deleted) return [{ ...base, aspect: 'deletion', body: { deleted: true } }];
  return [
    {
      ...base,
      aspect: 'customer',
      body: {
        ...creditOf(customer),
        externalId: customer.metadata['hubspot_contact_id'] ?? null,
        defaultMethodId: customer.invoice_settings?.default_payment_method ?? null,
      },
      personal: { name: customer.name, email: customer.email, phone: customer.phone },
    },
  ];
}

/** Stripe's balance is what the customer owes on top: negative means credit. */
function creditOf(customer: z.infer<typeof customerShape>): { currency: string | null; creditMinor: number } {
  const { balance, currency } = customer;
  if (currency) return { currency: iso(currency), creditMinor: Math.max(0, -minor(balance, currency)) };
  // Before the first invoice a customer has no currency of their own, yet may hold credit in one or more.
  const [first] = Object.entries(customer.invoice_credit_balance ?? {})
    .filter(([, amount]) => amount > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return first
    ? { currency: iso(first[0]), creditMinor: minor(first[1], first[0]) }
    : { currency: null, creditMinor: 0 };
}

export function methodFacts(raw: unknown, context: Context): Fact[] {
  const method = methodShape.parse(raw);
  const { type, brand, last4 } = methodText(method);
  const month = String(method.card?.exp_month ?? '').padStart(2, '0');
  return [
    {
      entity: 'method',
      id: method.id,
      aspect: 'method',
      owner: method.customer,
      source: 'gateway',
      ...context,
      body: {
        customerId: method.customer,
        type,
        brand,
        last4,
        expires: method.card?.exp_year ? `${method.card.exp_year}-${month}` : null,
        attached: method.customer !== null,
      },
    },
  ];
}

const PAYOUTS = { paid: 'paid', failed: 'failed', canceled: 'canceled' } as const;

export function payoutFacts(raw: unknown, context: Context): Fact[] {
  const payout = payoutShape.parse(raw);
  return [
    {
      entity: 'payout',
      id: payout.id,
      aspect: 'payout',
      owner: null,
      source: 'gateway',
      ...context,
      body: {
        amountMinor: minor(payout.amount, payout.currency),
        currency: iso(payout.currency),
        status: PAYOUTS[payout.status as keyof typeof PAYOUTS] ?? 'pending',
        arrivesAt: at(payout.arrival_date),
      },
    },
  ];
}
