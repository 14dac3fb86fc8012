// The life of a subscription: it begins, makes an invoice each period, rests, and ends.
import type { Context } from './context.ts';
import { invalid, Refusal } from './errors.ts';
import { change, emit, store } from './events.ts';
import { createInvoice } from './invoice-draft.ts';
import { addSubscribedLine } from './invoice-lines.ts';
import { finalize, pay, send } from './invoice-state.ts';
import { embedded } from './lists.ts';
import { checkAmount } from './money.ts';
import type { Invoice, Subscription, SubscriptionItem } from './shapes.ts';
import { find } from './state.ts';
import { bareItem, bareSubscription, periodEnd, type PlannedItem } from './subscription-shapes.ts';

export type SubscriptionWish = {
  items: readonly PlannedItem[];
  /** Left out: the account's. */
  currency?: string;
  /** Left out: the customer's default method is charged. */
  daysUntilDue?: number;
  trialDays?: number;
};

const DAY = 86_400;

/** Begins one, with its first invoice unless it is on trial. */
export function subscribe(ctx: Context, customerId: string, wish: SubscriptionWish): Subscription {
  const customer = find(ctx.account, 'customers', customerId, 'customer');
  const currency = wish.currency ?? ctx.account.definition.currency;
  const subscription = bareSubscription(ctx, customer.id, currency);
  const trialEnd = wish.trialDays === undefined ? null : ctx.now + wish.trialDays * DAY;
  const items = wish.items.map((planned) => {
    checkAmount(planned.amount, currency, 'items');
    return bareItem(ctx, { subscription: subscription.id, currency, planned, trialEnd });
  });
  Object.assign(subscription, {
    ...(wish.daysUntilDue === undefined
      ? {}
      : { collection_method: 'send_invoice', days_until_due: wish.daysUntilDue }),
    ...(trialEnd === null ? {} : { trial_start: ctx.now, trial_end: trialEnd, status: 'trialing' }),
    items: embedded(structuredClone(items), `/v1/subscription_items?subscription=${subscription.id}`),
  });
  ctx.account.hidden.subscriptionItems.set(subscription.id, items);
  store(ctx, 'subscriptions', subscription);
  emit(ctx, 'customer.subscription.created', subscription);
  if (trialEnd === null) bill(ctx, subscription, items, 'subscription_create');
  return subscription;
}

export const itemsOf = (ctx: Context, subscription: string): SubscriptionItem[] =>
  ctx.account.hidden.subscriptionItems.get(subscription) ?? [];

/** The next period of whatever is due begins, and is billed. */
export function renew(ctx: Context, subscription: Subscription): void {
  if (isOver(subscription)) throw invalid('A canceled subscription cannot be renewed.');
  const due = nextEnd(ctx, subscription);
  const items = itemsOf(ctx, subscription.id).filter((item) => item.current_period_end === due);
  for (const item of items) {
    item.current_period_start = due;
    item.current_period_end = periodEnd(due, item.price.recurring);
  }
  shown(ctx, subscription, subscription.status === 'trialing' ? { status: 'active' } : {});
  bill(ctx, subscription, items, 'subscription_cycle');
}

/** Goes on or rests: while it rests its invoices are made and nothing is collected. */
export function pauseCollection(ctx: Context, subscription: Subscription, isPaused: boolean): void {
  change(ctx, 'customer.subscription.updated', subscription, {
    pause_collection: isPaused ? { behavior: 'keep_as_draft', resumes_at: null } : null,
  });
}

export function doubleQuantity(ctx: Context, subscription: Subscription): void {
  for (const item of itemsOf(ctx, subscription.id)) item.quantity = 2 * (item.quantity ?? 1);
  shown(ctx, subscription, {});
}

/** Lets the running period be the last one. */
export function endLater(ctx: Context, subscription: Subscription): void {
  change(ctx, 'customer.subscription.updated', subscription, {
    cancel_at: nextEnd(ctx, subscription),
    cancel_at_period_end: true,
    canceled_at: ctx.now,
  });
}

export function end(ctx: Context, subscription: Subscription): void {
  if (isOver(subscription)) throw invalid('This subscription has been canceled already.');
  Object.assign(subscription, {
    status: 'canceled',
    canceled_at: subscription.canceled_at ?? ctx.now,
    ended_at: ctx.now,
    cancellation_details: { ...NO_REASON, reason: 'cancellation_requested' },
  });
  emit(ctx, 'customer.subscription.deleted', subscription);
}

const NO_REASON = { comment: null, feedback: null, feedback_option: null };

/** A customer who is deleted takes what they subscribed to along. */
export function endAllOf(ctx: Context, customer: string): void {
  for (const one of ctx.account.tables.subscriptions.values())
    if (one.customer === customer && !isOver(one)) end(ctx, one);
}

/** Renews and ends whatever is due by now, at the moment it was due. */
export function advanceSubscriptions(ctx: Context): void {
  for (const one of ctx.account.tables.subscriptions.values())
    while (!isOver(one) && nextEnd(ctx, one) <= ctx.now) {
      const due = nextEnd(ctx, one);
      if (one.cancel_at !== null && one.cancel_at <= due) end({ ...ctx, now: due }, one);
      else renew({ ...ctx, now: due }, one);
    }
}

const isOver = ({ status }: Subscription): boolean => status === 'canceled';

const nextEnd = (ctx: Context, { id }: Subscription): number =>
  Math.min(...itemsOf(ctx, id).map((item) => item.current_period_end));

/** Tells what changed among its items, and beside them. */
function shown(ctx: Context, subscription: Subscription, patch: Partial<Subscription>): void {
  const { url } = subscription.items;
  const items = embedded(structuredClone(itemsOf(ctx, subscription.id)), url);
  change(ctx, 'customer.subscription.updated', subscription, { ...patch, items });
}

/** The invoice of items whose period has just begun, and what its payment makes of the subscription. */
function bill(
  ctx: Context,
  subscription: Subscription,
  items: readonly SubscriptionItem[],
  reason: Invoice['billing_reason'],
): void {
  const { id, currency, customer, days_until_due: days, metadata } = subscription;
  const invoice = createInvoice(
    ctx,
    {
      customer,
      currency,
      auto_advance: false,
      collection_method: subscription.collection_method === 'send_invoice' ? 'send_invoice' : undefined,
      days_until_due: days ?? undefined,
    },
    {
      billing_reason: reason,
      parent: {
        type: 'subscription_details',
        quote_details: null,
        subscription_details: { metadata, subscription: id },
      },
    },
  );
  for (const item of items) addSubscribedLine(ctx, invoice, item);
  const collects = subscription.pause_collection === null;
  const status = collects ? collected(ctx, invoice, reason) : subscription.status;
  change(ctx, 'customer.subscription.updated', subscription, { latest_invoice: invoice.id, status });
}

function collected(
  ctx: Context,
  invoice: Invoice,
  reason: Invoice['billing_reason'],
): Subscription['status'] {
  finalize(ctx, invoice);
  if (invoice.collection_method === 'send_invoice') {
    send(ctx, invoice);
    return 'active';
  }
  try {
    pay(ctx, invoice, {});
    return 'active';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return reason === 'subscription_create' ? 'incomplete' : 'past_due';
  }
}
