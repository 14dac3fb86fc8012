// Bank debits end later: they settle, or fail, sometimes after they had settled.
import { book, bookCharge } from './balance.ts';
import { failureOf } from './confirm.ts';
import type { Context } from './context.ts';
import { invalid } from './errors.ts';
import { apply, emit } from './events.ts';
import { markFailed, markSucceeded } from './intent-state.ts';
import { paymentFailed, paymentSucceeded } from './invoice-payments.ts';
import type { Charge, PaymentIntent } from './shapes.ts';
import { find } from './state.ts';

/** The bank has paid: a processing intent succeeds. */
export function settle(ctx: Context, intentId: string): PaymentIntent {
  const { intent, charge } = attempt(ctx, intentId);
  if (intent.status !== 'processing') throw invalid(`The payment is ${intent.status}, not processing.`);
  apply(charge, { status: 'succeeded', paid: true, balance_transaction: bookCharge(ctx, charge) });
  emit(ctx, 'charge.succeeded', charge);
  markSucceeded(ctx, intent, charge);
  paymentSucceeded(ctx, intent);
  return intent;
}

const RETURNED = {
  code: 'payment_method_provider_decline',
  reason: 'insufficient_funds',
  message: 'The customer’s bank account has insufficient funds.',
};

/** The bank has refused: a processing debit fails, a settled one is taken back; a paid invoice stays paid. */
export function failLate(ctx: Context, intentId: string): PaymentIntent {
  const { intent, charge } = attempt(ctx, intentId);
  const settled = intent.status === 'succeeded';
  if (!settled && intent.status !== 'processing') throw invalid(`The payment is ${intent.status}.`);
  const method = find(ctx.account, 'payment_methods', String(charge.payment_method));
  apply(charge, {
    status: 'failed',
    paid: false,
    failure_code: 'insufficient_funds',
    failure_message: RETURNED.message,
    ...(settled ? { failure_balance_transaction: takeBack(ctx, charge) } : {}),
  });
  emit(ctx, 'charge.failed', charge);
  markFailed(ctx, intent, failureOf(method, RETURNED, charge.id), charge.id);
  if (!settled) paymentFailed(ctx, intent);
  return intent;
}

function takeBack(ctx: Context, charge: Charge): string {
  const { amount, currency, id } = charge;
  return book(ctx, { amount: -amount, fee: 0, currency, source: id, type: 'payment_failure_refund' }).id;
}

function attempt(ctx: Context, intentId: string): { intent: PaymentIntent; charge: Charge } {
  const intent = find(ctx.account, 'payment_intents', intentId, 'payment_intent');
  if (!intent.latest_charge) throw invalid('The payment was never attempted.');
  return { intent, charge: find(ctx.account, 'charges', intent.latest_charge as string) };
}
