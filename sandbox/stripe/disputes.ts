// Disputes: money taken back by the payer's bank, and given back when the merchant wins.
import { z } from 'zod';
import { bookDispute } from './balance.ts';
import type { Context } from './context.ts';
import { endpoint, idOf, type Endpoint } from './endpoint.ts';
import { invalid } from './errors.ts';
import { apply, change, emit, store } from './events.ts';
import { newestFirst, same, within } from './lists.ts';
import { moment, paging, text } from './params.ts';
import type { Charge, Dispute } from './shapes.ts';
import { find, newId } from './state.ts';

const DAYS_TO_ANSWER = 7;

/** Opens a dispute over `amount` of a paid charge; the money and a fee leave at once. */
export function openDispute(ctx: Context, charge: Charge, amount: number): Dispute {
  if (!charge.paid || charge.disputed) throw invalid('This charge cannot be disputed.', undefined, 'charge');
  if (amount < 1 || amount > charge.amount)
    throw invalid('The amount is not part of the charge.', undefined, 'amount');
  const dispute = store(ctx, 'disputes', bareDispute(ctx, charge, amount));
  dispute.balance_transactions.push(bookDispute(ctx, dispute, 'withdrawal'));
  emit(ctx, 'charge.dispute.created', dispute);
  emit(ctx, 'charge.dispute.funds_withdrawn', dispute);
  change(ctx, 'charge.updated', charge, { disputed: true });
  return dispute;
}

/** Ends an open dispute; a won one brings the money back. */
export function closeDispute(ctx: Context, id: string, status: 'won' | 'lost'): Dispute {
  const dispute = find(ctx.account, 'disputes', id, 'dispute');
  if (dispute.status === 'won' || dispute.status === 'lost')
    throw invalid('This dispute is closed.', undefined, 'dispute');
  apply(dispute, { status });
  if (status === 'won') {
    dispute.balance_transactions.push(bookDispute(ctx, dispute, 'reversal'));
    emit(ctx, 'charge.dispute.funds_reinstated', dispute);
  }
  emit(ctx, 'charge.dispute.closed', dispute);
  return dispute;
}

function bareDispute(ctx: Context, charge: Charge, amount: number): Dispute {
  const card = charge.payment_method_details?.card;
  return {
    id: newId('du'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: ctx.now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence(),
    evidence_details: {
      due_by: ctx.now + DAYS_TO_ANSWER * 86_400,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: charge.livemode,
    metadata: {},
    payment_intent: charge.payment_intent as string | null,
    ...(card ? { payment_method_details: cardDetails(card.brand ?? 'visa') } : {}),
    reason: 'fraudulent',
    status: 'needs_response',
  };
}

function cardDetails(brand: string): NonNullable<Dispute['payment_method_details']> {
  const card = { brand, case_type: 'chargeback' as const, network: brand, network_reason_code: '10.4' };
  return { type: 'card', card };
}

function noEvidence(): Dispute['evidence'] {
  return {
    access_activity_log: null,
    billing_address: null,
    cancellation_policy: null,
    cancellation_policy_disclosure: null,
    cancellation_rebuttal: null,
    customer_communication: null,
    customer_email_address: null,
    customer_name: null,
    customer_purchase_ip: null,
    customer_signature: null,
    duplicate_charge_documentation: null,
    duplicate_charge_explanation: null,
    duplicate_charge_id: null,
    enhanced_evidence: {},
    product_description: null,
    receipt: null,
    refund_policy: null,
    refund_policy_disclosure: null,
    refund_refusal_explanation: null,
    service_date: null,
    service_documentation: null,
    shipping_address: null,
    shipping_carrier: null,
    shipping_date: null,
    shipping_documentation: null,
    shipping_tracking_number: null,
    uncategorized_file: null,
    uncategorized_text: null,
  };
}

export const disputeEndpoints: readonly Endpoint[] = [
  endpoint('GET /v1/disputes', {
    right: 'rak_dispute_read',
    params: z.strictObject({
      ...paging,
      charge: text.optional(),
      payment_intent: text.optional(),
      created: moment.optional(),
    }),
    run: (ctx, params) =>
      newestFirst(
        [...ctx.account.tables.disputes.values()]
          .filter((dispute) => within(dispute.created, params.created))
          .filter((dispute) => same<string>(dispute.charge, params.charge))
          .filter((dispute) => same<string | null>(dispute.payment_intent, params.payment_intent)),
        params,
        '/v1/disputes',
      ),
  }),
  endpoint('GET /v1/disputes/:id', {
    right: 'rak_dispute_read',
    params: z.strictObject({}),
    run: (ctx, _params, path) => find(ctx.account, 'disputes', idOf(path)),
  }),
];
