// Stripe's subscriptions as facts: what is charged each period, and until when.
import type { z } from 'zod';
import type { EntityBody } from '../../../ledger/entities.ts';
import type { Fact } from '../../../ledger/facts.ts';
import type { Context } from './invoices.ts';
import { at, atOrNull, iso, minor, subscriptionShape, type subscriptionItemShape } from './shapes.ts';

type Body = EntityBody['subscription'];
type Item = z.infer<typeof subscriptionItemShape>;

const STATUSES: Record<string, Body['status']> = {
  trialing: 'trialing',
  active: 'active',
  past_due: 'past_due',
  unpaid: 'unpaid',
  incomplete: 'incomplete',
  incomplete_expired: 'canceled',
  paused: 'paused',
  canceled: 'canceled',
};

/** States in which Stripe would collect, were it not told to pause that. */
const COLLECTS = new Set<Body['status']>(['trialing', 'active', 'past_due']);

export function subscriptionFacts(raw: unknown, context: Context): Fact[] {
  const subscription = subscriptionShape.parse(raw);
  const { customer, currency, items } = subscription;
  const status = statusOf(subscription);
  const isOver = status === 'canceled';
  return [
    {
      entity: 'subscription',
      id: subscription.id,
      aspect: 'subscription',
      owner: customer,
      source: 'gateway',
      ...context,
      body: {
        customerId: customer,
        status,
        currency: iso(currency),
        ...chargeOf(items.data, currency),
        createdAt: at(subscription.created),
        periodEndsAt: isOver ? null : nextEnd(items.data),
        cancelAt: isOver ? null : atOrNull(subscription.cancel_at),
        endedAt: atOrNull(isOver ? (subscription.ended_at ?? subscription.canceled_at) : null),
      },
    },
  ];
}

/** A state nobody knows yet asks for nothing, and promises nothing. */
function statusOf({ status, pause_collection: pause }: z.infer<typeof subscriptionShape>): Body['status'] {
  const known = STATUSES[status] ?? 'incomplete';
  return pause && COLLECTS.has(known) ? 'paused' : known;
}

/** An amount stands for all items together, or it does not stand. */
function chargeOf(items: readonly Item[], currency: string): Pick<Body, 'amountMinor' | 'period'> {
  const periods = new Set(items.map(({ price }) => JSON.stringify(periodOf(price))));
  const period = items[0] && periods.size === 1 ? periodOf(items[0].price) : null;
  const amounts = items.flatMap(({ price: { unit_amount: unit, transform_quantity: pack }, quantity }) =>
    typeof unit === 'number' && typeof quantity === 'number' && !pack ? [unit * quantity] : [],
  );
  if (!period || amounts.length < items.length) return { amountMinor: null, period };
  return { amountMinor: minor(sum(amounts), currency), period };
}

const UNITS = ['day', 'week', 'month', 'year'] as const;

function periodOf({ recurring }: Item['price']): Body['period'] {
  const unit = UNITS.find((known) => known === recurring?.interval);
  return recurring && unit ? { unit, count: recurring.interval_count } : null;
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** Of items with periods of their own, the one that is charged first. */
function nextEnd(items: readonly Item[]): string | null {
  const ends = items.flatMap(({ current_period_end: end }) => (typeof end === 'number' ? [end] : []));
  return ends.length > 0 ? at(Math.min(...ends)) : null;
}
