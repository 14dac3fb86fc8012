// Asks the gateway to take the payment, and reads what it answered.
import type { PaymentIntent, Stripe, StripeError } from '@stripe/stripe-js';
import { watchChallenge } from './challenge.ts';
import type { Refusal } from './declines.ts';
import type { Fields } from './gateway.ts';
import { returnAddress } from './returned.ts';
import { tellProgress } from './server.ts';

/** `sent`: the server will say what became of it. `open`: nothing was taken, the payer may try again. */
export type Outcome =
  | { kind: 'sent' }
  | { kind: 'open' }
  | { kind: 'incomplete' }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'unknown' };

/** The gateway's answers after which only it knows what happened. */
const UNCLEAR = new Set(['api_connection_error', 'api_error', 'rate_limit_error', 'idempotency_error']);

/** @param save the payer agreed that the method may be charged later, while they are away */
export async function confirmPayment(gateway: Stripe, fields: Fields, save: boolean): Promise<Outcome> {
  const stopWatching = watchChallenge(() => tellProgress('authenticating'));
  try {
    const { error, paymentIntent } = await gateway.confirmPayment({
      elements: fields.elements,
      confirmParams: { return_url: returnAddress(), ...(save ? { setup_future_usage: 'off_session' } : {}) },
      redirect: 'if_required',
    });
    return paymentIntent ? takenBy(paymentIntent) : refusedBy(error);
  } catch {
    return { kind: 'unknown' };
  } finally {
    stopWatching();
  }
}

/** A step that is left to the payer's bank, such as a transfer to make, is no longer this page's. */
const takenBy = (intent: PaymentIntent): Outcome =>
  intent.status === 'requires_action' ? { kind: 'sent' } : outcomeOf(intent);

function refusedBy(error: StripeError | undefined): Outcome {
  if (error?.type === 'validation_error') return { kind: 'incomplete' };
  const isUnclear = !error || UNCLEAR.has(error.type) || error.code === 'payment_intent_unexpected_state';
  return isUnclear ? { kind: 'unknown' } : { kind: 'refused', refusal: error };
}

/** What became of a payment whose answer was lost, or whose payer went to a bank's page. */
export async function lookUp(gateway: Stripe, secret: string): Promise<Outcome> {
  const answer = await gateway.retrievePaymentIntent(secret).catch(() => null);
  return answer?.paymentIntent ? outcomeOf(answer.paymentIntent) : { kind: 'unknown' };
}

function outcomeOf({ status, last_payment_error: refusal }: PaymentIntent): Outcome {
  switch (status) {
    case 'succeeded':
    case 'processing':
    case 'requires_capture':
      return { kind: 'sent' };
    case 'requires_payment_method':
      return refusal ? { kind: 'refused', refusal } : { kind: 'open' };
    case 'requires_confirmation':
    case 'requires_action':
    case 'canceled':
      return { kind: 'open' };
    default:
      return { kind: 'unknown' };
  }
}
