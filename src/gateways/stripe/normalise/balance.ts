// Movements of a Stripe balance as facts: those that a payment, a refund or a dispute brought about.
import type { z } from 'zod';
import type { Fact } from '../../../ledger/facts.ts';
import type { Context } from './invoices.ts';
import { at, balanceShape, iso, minor } from './shapes.ts';

/** By Stripe's reporting category. */
const SOURCES = {
  charge: 'payment',
  charge_failure: 'payment',
  refund: 'refund',
  refund_failure: 'refund',
  dispute: 'dispute',
  dispute_reversal: 'dispute',
} as const;

const sourceOf = (category: string) =>
  Object.hasOwn(SOURCES, category) ? SOURCES[category as keyof typeof SOURCES] : null;

type Movement = z.infer<typeof balanceShape>;
type Source = Exclude<Movement['source'], string | null | undefined>;

/** None for what moves no payer's money: payouts, fees of Stripe's own, top-ups. */
export function balanceFacts(raw: unknown, context: Context): Fact[] {
  const movement = balanceShape.parse(raw);
  const source = sourceOf(movement.reporting_category);
  if (!source || !movement.source || typeof movement.source === 'string') return [];
  const paymentId = paymentOf(movement.source);
  if (!paymentId) return [];
  const { id, currency } = movement;
  const presented = movement.source.currency ?? currency;
  return [
    {
      entity: 'balanceTransaction',
      id,
      aspect: 'balance',
      owner: null,
      source: 'gateway',
      ...context,
      body: {
        source,
        sourceId: source === 'payment' ? paymentId : movement.source.id,
        paymentId,
        presentedMinor: minor(presentedIn(movement, movement.source), presented),
        presentedCurrency: iso(presented),
        amountMinor: minor(movement.amount, currency),
        feeMinor: minor(movement.fee, currency),
        currency: iso(currency),
        rate: movement.exchange_rate ? String(movement.exchange_rate) : null,
        createdAt: at(movement.created),
      },
    },
  ];
}

/** A payment goes by its intent, where it has one. */
const paymentOf = ({ id, object, payment_intent: intent, charge }: Source): string | null =>
  intent ?? charge ?? (object === 'charge' ? id : null);

/** The movement itself where nothing was exchanged; otherwise what its source is about, with the sign of the movement. */
function presentedIn({ amount, currency }: Movement, source: Source): number {
  if (!source.currency || source.currency === currency) return amount;
  const whole = (source.object === 'charge' ? source.amount_captured : null) ?? source.amount ?? 0;
  return amount < 0 ? 0 - whole : whole;
}
