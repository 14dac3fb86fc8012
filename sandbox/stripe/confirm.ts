// Confirming a payment intent: the attempt to take money, and every way it can end.
import { createCharge } from './charges.ts';
import type { Context } from './context.ts';
import { docUrl, invalid, Refusal } from './errors.ts';
import { apply } from './events.ts';
import { markFailed, markProcessing, markRequiresAction, markSucceeded } from './intent-state.ts';
import { paymentFailed, paymentNeedsAction, paymentSucceeded } from './invoice-payments.ts';
import { attach, behaviourOf, checkOwner, resolveMethod } from './methods.ts';
import { openDispute } from './disputes.ts';
import type { NextAction, PaymentFailure, PaymentIntent, PaymentMethod } from './shapes.ts';
import { find } from './state.ts';
import type { Behaviour } from './test-cards.ts';

export type ConfirmWish = {
  payment_method?: string | undefined;
  off_session?: boolean | undefined;
  setup_future_usage?: PaymentIntent['setup_future_usage'] | undefined;
  return_url?: string | undefined;
  use_stripe_sdk?: boolean | undefined;
  error_on_requires_action?: boolean | undefined;
  /** An invoice waits for its customer even off session, where a payment intent of its own is declined. */
  waits?: boolean | undefined;
};

const CONFIRMABLE = new Set<PaymentIntent['status']>([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
]);

/** Tries to take the money now; throws Stripe's 402 when the card is refused. */
export function confirmIntent(ctx: Context, intent: PaymentIntent, wish: ConfirmWish): void {
  if (!CONFIRMABLE.has(intent.status)) throw unexpectedState(intent);
  const method = methodFor(ctx, intent, wish);
  apply(intent, {
    payment_method: method.id,
    setup_future_usage: wish.setup_future_usage ?? intent.setup_future_usage,
  });
  const behaviour = behaviourOf(ctx, method);
  if (behaviour.decline) throw refuse(ctx, intent, method, behaviour.decline);
  if (needsCustomer(ctx, method, behaviour, wish)) return askCustomer(ctx, intent, method, wish);
  if (!behaviour.delayed) return succeed(ctx, intent, method, false);
  markProcessing(ctx, intent, createCharge(ctx, intent, method, { status: 'pending' }));
}

function methodFor(ctx: Context, intent: PaymentIntent, wish: ConfirmWish): PaymentMethod {
  const id = wish.payment_method ?? (intent.payment_method as string | null);
  if (!id) {
    throw invalid(
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
      'payment_intent_unexpected_state',
    );
  }
  const method = resolveMethod(ctx, id, 'payment_method');
  checkOwner(method, intent.customer);
  if (intent.payment_method_types.includes(method.type)) return method;
  throw invalid(
    `The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent. Please attach a PaymentMethod of one of the following types: ${intent.payment_method_types.join(', ')}.`,
    'payment_intent_incompatible_payment_method',
    'payment_method',
  );
}

function unexpectedState(intent: PaymentIntent): Refusal {
  const done = intent.status === 'succeeded';
  return new Refusal(400, {
    code: 'payment_intent_unexpected_state',
    doc_url: docUrl('payment_intent_unexpected_state'),
    message: done
      ? 'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.'
      : `This PaymentIntent's payment_method could not be updated because it has a status of ${intent.status}.`,
    payment_intent: structuredClone(intent),
    type: 'invalid_request_error',
  });
}

function needsCustomer(
  ctx: Context,
  method: PaymentMethod,
  behaviour: Behaviour,
  wish: ConfirmWish,
): boolean {
  if (!behaviour.authentication) return false;
  const prepared = ctx.account.hidden.prepared.has(method.id);
  return behaviour.authentication === 'always' || !wish.off_session || !prepared;
}

function askCustomer(ctx: Context, intent: PaymentIntent, method: PaymentMethod, wish: ConfirmWish): void {
  if ((wish.off_session && !wish.waits) || wish.error_on_requires_action) {
    throw refuse(ctx, intent, method, {
      code: 'authentication_required',
      reason: 'authentication_required',
      message: 'Your card was declined. This transaction requires authentication.',
    });
  }
  markRequiresAction(ctx, intent, nextAction(ctx, intent.client_secret, wish));
  paymentNeedsAction(ctx, intent);
}

/** The browser script handles the step itself; without it the customer is sent to a page. */
export function nextAction(ctx: Context, clientSecret: string, wish: ConfirmWish): NextAction {
  const page = `${ctx.world.url}/_elements/challenge?client_secret=${clientSecret}`;
  if (wish.return_url && !wish.use_stripe_sdk) {
    const url = `${page}&return_url=${encodeURIComponent(wish.return_url)}`;
    return { type: 'redirect_to_url', redirect_to_url: { url, return_url: wish.return_url } };
  }
  return { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: page } };
}

function succeed(ctx: Context, intent: PaymentIntent, method: PaymentMethod, authenticated: boolean): void {
  const charge = createCharge(ctx, intent, method, { status: 'succeeded', authenticated });
  markSucceeded(ctx, intent, charge);
  saveForLater(ctx, intent, method);
  paymentSucceeded(ctx, intent);
  if (behaviourOf(ctx, method).disputed) openDispute(ctx, charge, charge.amount);
}

function saveForLater(ctx: Context, intent: PaymentIntent, method: PaymentMethod): void {
  if (!intent.setup_future_usage) return;
  if (intent.setup_future_usage === 'off_session') ctx.account.hidden.prepared.add(method.id);
  const customer = intent.customer ? ctx.account.tables.customers.get(intent.customer) : undefined;
  if (customer) attach(ctx, method, customer);
}

type Decline = { code: string; reason: string; message: string };

function refuse(ctx: Context, intent: PaymentIntent, method: PaymentMethod, decline: Decline): Refusal {
  const charge = createCharge(ctx, intent, method, { status: 'failed', ...decline });
  const failure = failureOf(method, decline, charge.id);
  markFailed(ctx, intent, failure, charge.id);
  paymentFailed(ctx, intent);
  return new Refusal(402, { ...failure, payment_intent: structuredClone(intent) });
}

export function failureOf(method: PaymentMethod, decline: Decline, charge?: string): PaymentFailure {
  return {
    ...(charge ? { charge } : {}),
    code: decline.code,
    decline_code: decline.reason,
    doc_url: docUrl(decline.code),
    message: decline.message,
    payment_method: structuredClone(method),
    type: 'card_error',
  };
}

/** The customer has answered the challenge of an intent that requires action. */
export function completeChallenge(ctx: Context, intent: PaymentIntent, passed: boolean): void {
  if (intent.status !== 'requires_action') throw unexpectedState(intent);
  const method = find(ctx.account, 'payment_methods', String(intent.payment_method));
  if (passed) return succeed(ctx, intent, method, true);
  const code = 'payment_intent_authentication_failure';
  markFailed(ctx, intent, {
    code,
    doc_url: docUrl(code),
    message:
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
    payment_method: structuredClone(method),
    type: 'invalid_request_error',
  });
  paymentFailed(ctx, intent);
}
