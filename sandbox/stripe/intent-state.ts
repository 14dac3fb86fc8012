// Payment intents: how one is born and how its status moves, with the event for each step.
import type { Context } from './context.ts';
import { invalid } from './errors.ts';
import { apply, emit, store } from './events.ts';
import type { Charge, NextAction, PaymentFailure, PaymentIntent } from './shapes.ts';
import { newId, randomText } from './state.ts';

export type IntentWish = Pick<PaymentIntent, 'amount' | 'currency' | 'customer'> &
  Partial<Pick<PaymentIntent, 'description' | 'metadata' | 'receipt_email' | 'setup_future_usage'>> & {
    allowed?: readonly string[] | undefined;
  };

export function createIntent(ctx: Context, wish: IntentWish): PaymentIntent {
  const id = newId('pi');
  const intent = store(ctx, 'payment_intents', {
    ...bareIntent(ctx, id),
    amount: wish.amount,
    currency: wish.currency,
    customer: wish.customer,
    description: wish.description ?? null,
    metadata: wish.metadata ?? {},
    receipt_email: wish.receipt_email ?? null,
    setup_future_usage: wish.setup_future_usage ?? null,
    payment_method_types: methodTypes(wish.currency, wish.allowed),
  });
  emit(ctx, 'payment_intent.created', intent);
  return intent;
}

type Wished = 'amount' | 'currency' | 'customer' | 'payment_method_types';

function bareIntent(ctx: Context, id: string): Omit<PaymentIntent, Wished> {
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: 'automatic',
    created: ctx.now,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: ctx.account.definition.livemode,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  };
}

/** Cards everywhere, and the bank debit that fits the currency. */
function methodTypes(currency: string, allowed: readonly string[] | undefined): string[] {
  const fitting = [
    'card',
    ...(currency === 'usd' ? ['us_bank_account'] : currency === 'eur' ? ['sepa_debit'] : []),
  ];
  if (!allowed) return fitting;
  const left = fitting.filter((type) => allowed.includes(type));
  if (left.length > 0) return left;
  throw invalid(
    `None of the allowed payment method types fits ${currency}.`,
    'payment_intent_invalid_parameter',
    'allowed_payment_method_types',
  );
}

export function markSucceeded(ctx: Context, intent: PaymentIntent, charge: Charge): void {
  apply(intent, {
    status: 'succeeded',
    amount_received: intent.amount,
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
  });
  emit(ctx, 'payment_intent.succeeded', intent);
}

export function markProcessing(ctx: Context, intent: PaymentIntent, charge: Charge): void {
  apply(intent, {
    status: 'processing',
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
  });
  emit(ctx, 'payment_intent.processing', intent);
}

export function markFailed(
  ctx: Context,
  intent: PaymentIntent,
  failure: PaymentFailure,
  charge: string | null = intent.latest_charge as string | null,
): void {
  apply(intent, {
    status: 'requires_payment_method',
    amount_received: 0,
    latest_charge: charge,
    last_payment_error: failure,
    next_action: null,
    payment_method: null,
  });
  emit(ctx, 'payment_intent.payment_failed', intent);
}

export function markRequiresAction(ctx: Context, intent: PaymentIntent, action: NextAction): void {
  apply(intent, { status: 'requires_action', next_action: action, last_payment_error: null });
  emit(ctx, 'payment_intent.requires_action', intent);
}

const CANCELABLE = new Set<PaymentIntent['status']>([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
]);

export function cancelIntent(
  ctx: Context,
  intent: PaymentIntent,
  reason: PaymentIntent['cancellation_reason'],
): void {
  if (!CANCELABLE.has(intent.status)) {
    throw invalid(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${[...CANCELABLE].join(', ')}.`,
      'payment_intent_unexpected_state',
    );
  }
  apply(intent, { status: 'canceled', canceled_at: ctx.now, cancellation_reason: reason, next_action: null });
  emit(ctx, 'payment_intent.canceled', intent);
}
