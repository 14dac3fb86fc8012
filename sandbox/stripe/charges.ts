// Charges: one for each attempt to take money.
import { z } from 'zod';
import { bookCharge } from './balance.ts';
import type { Context } from './context.ts';
import { endpoint, idOf, type Endpoint } from './endpoint.ts';
import { emit, store } from './events.ts';
import { newestFirst, same, within } from './lists.ts';
import { moment, paging, text } from './params.ts';
import type { Charge, PaymentIntent, PaymentMethod } from './shapes.ts';
import { find, newId } from './state.ts';

export type Result =
  | { status: 'succeeded'; authenticated: boolean }
  | { status: 'pending' }
  | { status: 'failed'; code: string; reason: string; message: string };

/** Makes the charge of an attempt and tells it. */
export function createCharge(
  ctx: Context,
  intent: PaymentIntent,
  method: PaymentMethod,
  result: Result,
): Charge {
  const charge = store(ctx, 'charges', {
    ...bareCharge(ctx, intent, method),
    ...outcomeFields(intent, result),
    payment_method_details: details(method, result),
  });
  if (result.status === 'succeeded') charge.balance_transaction = bookCharge(ctx, charge);
  emit(ctx, `charge.${result.status}`, charge);
  return charge;
}

function bareCharge(
  ctx: Context,
  intent: PaymentIntent,
  method: PaymentMethod,
): Omit<Charge, 'payment_method_details' | keyof Outcome> {
  const id = newId(method.type === 'card' ? 'ch' : 'py');
  return {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: structuredClone(method.billing_details),
    calculated_statement_descriptor: ctx.account.definition.name.toUpperCase().slice(0, 22),
    created: ctx.now,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    fraud_details: {},
    livemode: intent.livemode,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    payment_intent: intent.id,
    payment_method: method.id,
    radar_options: {},
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: `${ctx.world.url}/receipts/${id}`,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    transfer_data: null,
    transfer_group: null,
  };
}

type Outcome = Pick<
  Charge,
  'amount_captured' | 'captured' | 'paid' | 'status' | 'failure_code' | 'failure_message' | 'outcome'
>;

function outcomeFields(intent: PaymentIntent, result: Result): Outcome {
  const failed = result.status === 'failed';
  return {
    amount_captured: failed ? 0 : intent.amount,
    captured: !failed,
    paid: result.status === 'succeeded',
    status: result.status,
    failure_code: failed ? result.code : null,
    failure_message: failed ? result.message : null,
    outcome: {
      advice_code: failed ? 'try_again_later' : null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: failed ? 'declined_by_network' : 'approved_by_network',
      reason: failed ? result.reason : null,
      risk_level: 'normal',
      seller_message: failed
        ? 'The bank did not return any further details with this decline.'
        : 'Payment complete.',
      type: failed ? 'issuer_declined' : 'authorized',
    },
  };
}

function details(method: PaymentMethod, result: Result): Charge['payment_method_details'] {
  const { card, us_bank_account: ach, sepa_debit: sepa } = method;
  if (ach) {
    const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } = ach;
    const shown = {
      account_holder_type,
      account_type,
      bank_name,
      fingerprint: fingerprint,
      last4,
      routing_number,
    };
    return { type: 'us_bank_account', us_bank_account: { ...shown, payment_reference: null } };
  }
  if (sepa) {
    const { bank_code, branch_code, country, fingerprint, last4 } = sepa;
    return {
      type: 'sepa_debit',
      sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: null },
    };
  }
  return card ? { type: 'card', card: cardDetails(card, result) } : null;
}

function cardDetails(card: NonNullable<PaymentMethod['card']>, result: Result) {
  const authenticated = result.status === 'succeeded' && result.authenticated;
  return {
    amount_authorized: null,
    authorization_code: null,
    brand: card.brand,
    checks: card.checks,
    country: card.country,
    electronic_commerce_indicator: null,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    fingerprint: card.fingerprint ?? null,
    funding: card.funding,
    installments: null,
    last4: card.last4,
    mandate: null,
    network: card.brand,
    network_transaction_id: null,
    regulated_status: card.regulated_status,
    three_d_secure: authenticated ? challenged() : null,
    transaction_link_id: null,
    wallet: null,
  };
}

function challenged() {
  return {
    authentication_flow: 'challenge' as const,
    electronic_commerce_indicator: '05' as const,
    exemption_indicator: null,
    result: 'authenticated' as const,
    result_reason: null,
    transaction_id: null,
    version: '2.2.0' as const,
  };
}

export const chargeEndpoints: readonly Endpoint[] = [
  endpoint('GET /v1/charges', {
    right: 'rak_charge_read',
    params: z.strictObject({
      ...paging,
      created: moment.optional(),
      customer: text.optional(),
      payment_intent: text.optional(),
    }),
    run: (ctx, params) =>
      newestFirst(
        [...ctx.account.tables.charges.values()]
          .filter((charge) => within(charge.created, params.created))
          .filter((charge) => same<string | null>(charge.customer, params.customer))
          .filter((charge) => same<string | null>(charge.payment_intent, params.payment_intent)),
        params,
        '/v1/charges',
      ),
  }),
  endpoint('GET /v1/charges/:id', {
    right: 'rak_charge_read',
    params: z.strictObject({}),
    run: (ctx, _params, path) => find(ctx.account, 'charges', idOf(path)),
  }),
];
