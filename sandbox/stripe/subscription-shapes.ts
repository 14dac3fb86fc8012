// What a new subscription and its items look like before anything has happened to them.
import type { Context } from './context.ts';
import type { Price, Subscription, SubscriptionItem } from './shapes.ts';
import { newId, randomText } from './state.ts';

export type PlannedItem = {
  name: string;
  /** Of one piece and period, in minor units. */
  amount: number;
  quantity?: number;
  /** Left out: each month. */
  unit?: 'day' | 'week' | 'month' | 'year';
  count?: number;
};

export function bareSubscription(ctx: Context, customer: string, currency: string): Subscription {
  const id = newId('sub');
  return {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: ctx.now,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: 'charge_automatically',
    created: ctx.now,
    currency,
    customer,
    customer_account: null,
    days_until_due: null,
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: { object: 'list', data: [], has_more: false, url: '' },
    latest_invoice: null,
    livemode: ctx.account.definition.livemode,
    managed_payments: null,
    metadata: {},
    ...nothingPlanned(),
    start_date: ctx.now,
    status: 'incomplete',
    test_clock: null,
    transfer_data: null,
    trial_end: null,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' },
    },
    trial_start: null,
  };
}

const nothingPlanned = () => ({
  next_pending_invoice_item_invoice: null,
  on_behalf_of: null,
  pause_collection: null,
  payment_settings: null,
  pending_invoice_item_interval: null,
  pending_setup_intent: null,
  pending_update: null,
  schedule: null,
});

type ItemOf = { subscription: string; currency: string; planned: PlannedItem; trialEnd: number | null };

export function bareItem(
  ctx: Context,
  { subscription, currency, planned, trialEnd }: ItemOf,
): SubscriptionItem {
  const price = priceOf(ctx, currency, planned);
  return {
    id: newId('si'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: ctx.now,
    current_period_end: trialEnd ?? periodEnd(ctx.now, price.recurring),
    current_period_start: ctx.now,
    current_trial: null,
    discounts: [],
    metadata: {},
    plan: planOf(price),
    price,
    quantity: planned.quantity ?? 1,
    subscription,
    tax_rates: [],
  };
}

function priceOf(ctx: Context, currency: string, { name, amount, unit, count }: PlannedItem): Price {
  return {
    id: newId('price'),
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    created: ctx.now,
    currency,
    custom_unit_amount: null,
    livemode: ctx.account.definition.livemode,
    lookup_key: null,
    metadata: {},
    nickname: name,
    product: `prod_${randomText(14)}`,
    recurring: {
      interval: unit ?? 'month',
      interval_count: count ?? 1,
      meter: null,
      trial_period_days: null,
      usage_type: 'licensed',
    },
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'recurring',
    unit_amount: amount,
    unit_amount_decimal: String(amount),
  };
}

/** The older name of a price, which the API still shows beside it. */
const planOf = (price: Price): SubscriptionItem['plan'] => ({
  id: price.id,
  object: 'plan',
  active: true,
  amount: price.unit_amount,
  amount_decimal: price.unit_amount_decimal,
  billing_scheme: 'per_unit',
  created: price.created,
  currency: price.currency,
  interval: price.recurring?.interval ?? 'month',
  interval_count: price.recurring?.interval_count ?? 1,
  livemode: price.livemode,
  metadata: {},
  meter: null,
  nickname: price.nickname,
  product: price.product,
  tiers_mode: null,
  transform_usage: null,
  trial_period_days: null,
  usage_type: 'licensed',
});

const DAYS: Partial<Record<string, number>> = { day: 1, week: 7 };

/** When a period that begins now ends; of a month that is too short, on its last day. Unix seconds. */
export function periodEnd(
  start: number,
  recurring: Pick<NonNullable<Price['recurring']>, 'interval' | 'interval_count'> | null,
): number {
  const { interval = 'month', interval_count: count = 1 } = recurring ?? {};
  const days = DAYS[interval];
  if (days !== undefined) return start + count * days * 86_400;
  const from = new Date(start * 1000);
  const months = interval === 'year' ? count * 12 : count;
  const to = new Date(from);
  to.setUTCMonth(from.getUTCMonth() + months, 1);
  const last = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  to.setUTCDate(Math.min(from.getUTCDate(), last));
  return Math.floor(to.getTime() / 1000);
}
