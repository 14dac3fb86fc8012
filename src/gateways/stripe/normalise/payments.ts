// Stripe's payment intents, charges, refunds and disputes as facts.
import type { z } from 'zod';
import type { DisputeStatus, PaymentStatus, RefundStatus } from '../../../ledger/entities.ts';
import type { Fact, FactOf } from '../../../ledger/facts.ts';
import { declineReason } from '../errors.ts';
import type { Context } from './invoices.ts';
import { at, chargeShape, disputeShape, intentShape, iso, methodText, minor, refundShape } from './shapes.ts';

/** An unknown status is pending, never guessed as paid or failed. */
function statusOf(intent: z.infer<typeof intentShape>): PaymentStatus {
  if (intent.status === 'succeeded' || intent.status === 'canceled') return intent.status;
  if (intent.status === 'requires_payment_method')
    return intent.last_payment_error ? 'failed' : 'requires_action';
  if (intent.status === 'requires_action' || intent.status === 'requires_confirmation')
    return 'requires_action';
  return 'processing';
}

export const intentFacts = (raw: unknown, context: Context): Fact[] =>
  factsOf(intentShape.parse(raw), context);

/** What an event says of an intent; null where it may go back and forth, and is read from the gateway. */
export function finalIntentFacts(raw: unknown, context: Context): Fact[] | null {
  const intent = intentShape.safeParse(raw).data;
  return intent && ['succeeded', 'canceled'].includes(intent.status) ? factsOf(intent, context) : null;
}

function factsOf(intent: z.infer<typeof intentShape>, context: Context): Fact[] {
  const error = intent.last_payment_error;
  const fact: Fact = {
    entity: 'payment',
    id: intent.id,
    aspect: 'intent',
    owner: intent.customer,
    source: 'gateway',
    ...context,
    body: {
      customerId: intent.customer,
      status: statusOf(intent),
      amountMinor: minor(intent.amount, intent.currency),
      capturedMinor: minor(intent.amount_received ?? 0, intent.currency),
      currency: iso(intent.currency),
      createdAt: at(intent.created),
      failure: error ? declineReason(error.code, error.decline_code) : null,
      methodId: intent.payment_method,
      operationId: intent.metadata['payside_op'] ?? null,
    },
  };
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  return charge ? [fact, ...chargeFacts(charge, context)] : [fact];
}

/** Only a charge that went through says something lasting: how it was paid and when. */
export function chargeFacts(raw: unknown, context: Context): Fact[] {
  const charge = chargeShape.parse(raw);
  if (charge.status === 'failed' && charge.failure_balance_transaction) return [lateFailure(charge, context)];
  if (charge.status !== 'succeeded') return [];
  return [chargeFact(charge, context)];
}

function chargeFact(charge: z.infer<typeof chargeShape>, context: Context): FactOf<'payment'> {
  return {
    entity: 'payment',
    id: charge.payment_intent ?? charge.id,
    aspect: 'charge',
    owner: charge.customer,
    source: 'gateway',
    ...context,
    body: {
      customerId: charge.customer,
      status: 'succeeded',
      amountMinor: minor(charge.amount, charge.currency),
      capturedMinor: minor(charge.amount_captured, charge.currency),
      currency: iso(charge.currency),
      succeededAt: at(charge.created),
      method: charge.payment_method_details ? methodText(charge.payment_method_details) : null,
    },
  };
}

/** A bank debit taken back after it had settled: it was paid, and then it was not. */
function lateFailure(charge: z.infer<typeof chargeShape>, context: Context): Fact {
  const paid = chargeFact(charge, context);
  const taken = minor(charge.amount, charge.currency);
  const body = {
    ...paid.body,
    capturedMinor: taken,
    failedLateMinor: taken,
    failure: declineReason(charge.failure_code),
    // The intent forgets its method when it fails.
    methodId: charge.payment_method ?? null,
  };
  return { ...paid, aspect: 'late', body };
}

const REFUNDS: readonly RefundStatus[] = ['pending', 'requires_action', 'succeeded', 'failed', 'canceled'];

export function refundFacts(raw: unknown, context: Context): Fact[] {
  const refund = refundShape.parse(raw);
  const paymentId = refund.payment_intent ?? refund.charge;
  if (!paymentId) return [];
  return [
    {
      entity: 'refund',
      id: refund.id,
      aspect: 'refund',
      owner: null,
      source: 'gateway',
      ...context,
      body: {
        paymentId,
        amountMinor: minor(refund.amount, refund.currency),
        currency: iso(refund.currency),
        status: REFUNDS.find((status) => status === refund.status) ?? 'pending',
        createdAt: at(refund.created),
        operationId: refund.metadata['payside_op'] ?? null,
      },
    },
  ];
}

/** Inquiries take no money; an appeal begins after the money is gone. */
const DISPUTES: Record<string, DisputeStatus> = {
  warning_needs_response: 'warning',
  warning_under_review: 'warning',
  warning_closed: 'warning',
  needs_response: 'needs_response',
  under_review: 'under_review',
  won: 'won',
  lost: 'lost',
  prevented: 'prevented',
  appeal_needs_response: 'lost',
  appeal_under_review: 'lost',
};

export function disputeFacts(raw: unknown, context: Context): Fact[] {
  const dispute = disputeShape.parse(raw);
  const paymentId = dispute.payment_intent ?? dispute.charge;
  if (!paymentId) return [];
  return [
    {
      entity: 'dispute',
      id: dispute.id,
      aspect: 'dispute',
      owner: null,
      source: 'gateway',
      ...context,
      body: {
        paymentId,
        amountMinor: minor(dispute.amount, dispute.currency),
        currency: iso(dispute.currency),
        status: DISPUTES[dispute.status] ?? 'under_review',
        createdAt: at(dispute.created),
      },
    },
  ];
}
