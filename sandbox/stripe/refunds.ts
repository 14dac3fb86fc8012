// Refunds: money back to the payer. One may still fail after it succeeded.
import { z } from 'zod';
import { book } from './balance.ts';
import type { Context } from './context.ts';
import { endpoint, idOf, type Endpoint } from './endpoint.ts';
import { docUrl, invalid, Refusal } from './errors.ts';
import { apply, emit, store } from './events.ts';
import { newestFirst, same, within } from './lists.ts';
import { checkGranularity } from './money.ts';
import { count, mergeMetadata, metadata, moment, paging, text } from './params.ts';
import type { Charge, Refund } from './shapes.ts';
import { find, newId } from './state.ts';

const creation = z.strictObject({
  amount: count.optional(),
  charge: text.optional(),
  metadata: metadata.optional(),
  payment_intent: text.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
});
type Creation = z.infer<typeof creation>;

export type RefundWish = {
  amount: number;
  reason?: Refund['reason'] | undefined;
  metadata?: Record<string, string> | undefined;
};

function create(ctx: Context, params: Creation): Refund {
  const charge = chargeOf(ctx, params);
  const wish = { reason: params.reason, metadata: mergeMetadata(null, params.metadata) };
  return refundCharge(ctx, charge, {
    ...wish,
    amount: params.amount ?? charge.amount - charge.amount_refunded,
  });
}

function chargeOf(ctx: Context, params: Creation): Charge {
  if (params.charge) return find(ctx.account, 'charges', params.charge, 'charge');
  if (!params.payment_intent)
    throw invalid(
      'One of the following params should be provided for this request: payment_intent or charge.',
      'parameter_missing',
    );
  const intent = find(ctx.account, 'payment_intents', params.payment_intent, 'payment_intent');
  const charge = intent.latest_charge && find(ctx.account, 'charges', intent.latest_charge as string);
  if (!charge || !charge.paid)
    throw invalid(
      `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
      undefined,
      'payment_intent',
    );
  return charge;
}

/** Gives back part or all of a charge; amounts in minor units. */
export function refundCharge(ctx: Context, charge: Charge, wish: RefundWish): Refund {
  refuseImpossible(charge, wish.amount);
  const refund = store(ctx, 'refunds', bareRefund(ctx, charge, wish));
  const source = { currency: charge.currency, source: refund.id, fee: 0 };
  const type = charge.id.startsWith('py_') ? 'payment_refund' : 'refund';
  refund.balance_transaction = book(ctx, { ...source, amount: -wish.amount, type }).id;
  const refunded = charge.amount_refunded + wish.amount;
  const previous = apply(charge, { amount_refunded: refunded, refunded: refunded === charge.amount });
  emit(ctx, 'refund.created', refund);
  emit(ctx, 'charge.refunded', charge, previous);
  return refund;
}

function refuseImpossible(charge: Charge, amount: number): void {
  if (charge.refunded)
    throw cannotRefund('charge_already_refunded', `Charge ${charge.id} has already been refunded.`);
  if (charge.disputed)
    throw cannotRefund(
      'charge_disputed',
      `Charge ${charge.id} has been charged back; cannot issue a refund.`,
    );
  if (!charge.paid) throw cannotRefund('charge_not_refundable', `Charge ${charge.id} was not paid.`);
  if (amount < 1) throw invalid('Invalid positive integer', 'parameter_invalid_integer', 'amount');
  const left = charge.amount - charge.amount_refunded;
  if (amount > left)
    throw invalid(
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
      undefined,
      'amount',
    );
  checkGranularity(amount, charge.currency);
}

function cannotRefund(code: string, message: string): Refusal {
  return new Refusal(400, { code, doc_url: docUrl(code), message, type: 'invalid_request_error' });
}

function bareRefund(ctx: Context, charge: Charge, wish: RefundWish): Refund {
  const card = charge.payment_method_details?.type === 'card';
  return {
    id: newId(card ? 're' : 'pyr'),
    object: 'refund',
    amount: wish.amount,
    balance_transaction: null,
    charge: charge.id,
    created: ctx.now,
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    ...(card
      ? { destination_details: { card: { reference_status: 'pending', type: 'refund' }, type: 'card' } }
      : {}),
    metadata: wish.metadata ?? {},
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: wish.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  } as Refund;
}

/** The payer's bank sent the money back: the refund fails, the charge counts as not refunded by it. */
export function failRefund(ctx: Context, id: string): Refund {
  const refund = find(ctx.account, 'refunds', id, 'refund');
  if (refund.status === 'failed') throw invalid('This refund has failed already.', undefined, 'refund');
  const charge = find(ctx.account, 'charges', String(refund.charge));
  const { amount, currency } = refund;
  const back = book(ctx, { amount, currency, fee: 0, source: refund.id, type: 'refund_failure' });
  const previous = apply(refund, {
    status: 'failed',
    failure_reason: 'lost_or_stolen_card',
    failure_balance_transaction: back.id,
  });
  const before = apply(charge, { amount_refunded: charge.amount_refunded - amount, refunded: false });
  emit(ctx, 'refund.updated', refund, previous);
  emit(ctx, 'refund.failed', refund);
  emit(ctx, 'charge.updated', charge, before);
  return refund;
}

export const refundEndpoints: readonly Endpoint[] = [
  endpoint('POST /v1/refunds', { right: 'rak_charge_write', params: creation, run: create }),
  endpoint('GET /v1/refunds', {
    right: 'rak_charge_read',
    params: z.strictObject({
      ...paging,
      charge: text.optional(),
      created: moment.optional(),
      payment_intent: text.optional(),
    }),
    run: (ctx, params) =>
      newestFirst(
        [...ctx.account.tables.refunds.values()]
          .filter((refund) => within(refund.created, params.created))
          .filter((refund) => same<string | null>(refund.charge, params.charge))
          .filter((refund) => same<string | null>(refund.payment_intent, params.payment_intent)),
        params,
        '/v1/refunds',
      ),
  }),
  endpoint('GET /v1/refunds/:id', {
    right: 'rak_charge_read',
    params: z.strictObject({}),
    run: (ctx, _params, path) => find(ctx.account, 'refunds', idOf(path)),
  }),
];
