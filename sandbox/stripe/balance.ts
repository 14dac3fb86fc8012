// Balance transactions: what each movement does to the merchant's balance. Settled in the charge's own currency.
import { z } from 'zod';
import type { Context } from './context.ts';
import { endpoint, idOf, type Endpoint } from './endpoint.ts';
import { store } from './events.ts';
import { newestFirst, same, within } from './lists.ts';
import { feeOn } from './money.ts';
import { moment, paging, text } from './params.ts';
import type { BalanceTransaction } from './shapes.ts';
import { find, newId } from './state.ts';

type Movement = {
  amount: number;
  fee: number;
  currency: string;
  source: string;
  type: BalanceTransaction['type'];
  description?: string | null;
  category?: string;
};

const CATEGORIES: Partial<Record<BalanceTransaction['type'], string>> = {
  charge: 'charge',
  payment: 'charge',
  refund: 'refund',
  payment_refund: 'refund',
  refund_failure: 'refund_failure',
  payment_failure_refund: 'charge_failure',
  adjustment: 'dispute',
};

const SETTLING_SECONDS = 2 * 86_400;
const DISPUTE_FEE = 1500;

/** Books a movement; amounts are signed from the merchant's side. */
export function book(ctx: Context, movement: Movement): BalanceTransaction {
  const { amount, fee, currency, source, type } = movement;
  return store(ctx, 'balance_transactions', {
    id: newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: ctx.now + SETTLING_SECONDS,
    balance_type: 'payments',
    created: ctx.now,
    currency,
    description: movement.description ?? null,
    exchange_rate: null,
    fee,
    fee_details: fee === 0 ? [] : [feeDetail(fee, currency, type)],
    net: amount - fee,
    reporting_category: movement.category ?? CATEGORIES[type] ?? type,
    source,
    status: 'pending',
    type,
  });
}

function feeDetail(fee: number, currency: string, type: BalanceTransaction['type']) {
  const description = type === 'adjustment' ? 'Dispute fee' : 'Stripe processing fees';
  return { amount: fee, application: null, currency, description, type: 'stripe_fee' as const };
}

export function bookCharge(ctx: Context, charge: { id: string; amount: number; currency: string }): string {
  const type = charge.id.startsWith('py_') ? 'payment' : 'charge';
  const { amount, currency, id } = charge;
  return book(ctx, { amount, fee: feeOn(amount), currency, source: id, type }).id;
}

/** Money and fee taken for a dispute, or given back when it is won. */
export function bookDispute(
  ctx: Context,
  dispute: { id: string; amount: number; currency: string },
  direction: 'withdrawal' | 'reversal',
): BalanceTransaction {
  const sign = direction === 'withdrawal' ? 1 : -1;
  return book(ctx, {
    amount: -sign * dispute.amount,
    fee: sign * DISPUTE_FEE,
    currency: dispute.currency,
    source: dispute.id,
    type: 'adjustment',
    category: direction === 'withdrawal' ? 'dispute' : 'dispute_reversal',
    description: direction === 'withdrawal' ? 'Chargeback withdrawal' : 'Chargeback reversal',
  });
}

const RIGHT = 'rak_balance_transaction_source_read';

export const balanceEndpoints: readonly Endpoint[] = [
  endpoint('GET /v1/balance_transactions', {
    right: RIGHT,
    params: z.strictObject({
      ...paging,
      created: moment.optional(),
      currency: text.optional(),
      source: text.optional(),
      type: text.optional(),
    }),
    run: (ctx, params) =>
      newestFirst(
        [...ctx.account.tables.balance_transactions.values()]
          .filter((entry) => within(entry.created, params.created))
          .filter(
            (entry) =>
              same(entry.currency, params.currency) && same<string | null>(entry.source, params.source),
          )
          .filter((entry) => same<string>(entry.type, params.type))
          .map((entry) => current(ctx, entry)),
        params,
        '/v1/balance_transactions',
      ),
  }),
  endpoint('GET /v1/balance_transactions/:id', {
    right: RIGHT,
    params: z.strictObject({}),
    run: (ctx, _params, path) => current(ctx, find(ctx.account, 'balance_transactions', idOf(path))),
  }),
];

function current(ctx: Context, entry: BalanceTransaction): BalanceTransaction {
  return entry.available_on <= ctx.now ? { ...entry, status: 'available' } : entry;
}
