// A customer's credit balance: negative is credit, positive is owed; each move is an entry.
import { z } from 'zod';
import type { Context } from './context.ts';
import { endpoint, idOf, type Endpoint } from './endpoint.ts';
import { invalid } from './errors.ts';
import { change, store } from './events.ts';
import { newestFirst, same, within } from './lists.ts';
import { checkCurrency, checkGranularity } from './money.ts';
import { currency, int, mergeMetadata, metadata, moment, paging, text } from './params.ts';
import type { BalanceEntry, Customer } from './shapes.ts';
import { find, newId } from './state.ts';

export type BalanceMove = {
  /** Signed change of the balance in minor units. */
  amount: number;
  currency: string;
  type: BalanceEntry['type'];
  invoice?: string | undefined;
  creditNote?: string | undefined;
  description?: string | undefined;
  metadata?: Record<string, string> | undefined;
};

/** Changes a customer's balance and keeps the entry that says why. */
export function moveBalance(ctx: Context, customer: Customer, move: BalanceMove): BalanceEntry {
  if (customer.currency && customer.currency !== move.currency && customer.balance !== 0) {
    throw invalid(
      `The customer's balance is in ${customer.currency}; it cannot be changed in ${move.currency}.`,
      'customer_balance_currency_mismatch',
      'currency',
    );
  }
  const ending = customer.balance + move.amount;
  change(ctx, 'customer.updated', customer, {
    balance: ending,
    currency: customer.currency ?? move.currency,
  });
  const entry = store(ctx, 'customer_balance_transactions', {
    id: newId('cbtxn'),
    object: 'customer_balance_transaction',
    amount: move.amount,
    checkout_session: null,
    created: ctx.now,
    credit_note: move.creditNote ?? null,
    currency: move.currency,
    customer: customer.id,
    customer_account: null,
    description: move.description ?? null,
    ending_balance: ending,
    invoice: move.invoice ?? null,
    livemode: ctx.account.definition.livemode,
    metadata: move.metadata ?? {},
    type: move.type,
  });
  return entry;
}

const creation = z.strictObject({
  amount: int,
  currency,
  description: text.optional(),
  metadata: metadata.optional(),
});

export const customerBalanceEndpoints: readonly Endpoint[] = [
  endpoint('POST /v1/customers/:id/balance_transactions', {
    right: 'rak_customer_write',
    params: creation,
    run: (ctx, params, path) => {
      checkCurrency(params.currency);
      checkGranularity(params.amount, params.currency);
      return moveBalance(ctx, find(ctx.account, 'customers', idOf(path)), {
        amount: params.amount,
        currency: params.currency,
        type: 'adjustment',
        description: params.description,
        metadata: mergeMetadata(null, params.metadata),
      });
    },
  }),
  endpoint('GET /v1/customers/:id/balance_transactions', {
    right: 'rak_customer_read',
    params: z.strictObject({ ...paging, created: moment.optional(), invoice: text.optional() }),
    run(ctx, params, path) {
      const { id } = find(ctx.account, 'customers', idOf(path));
      return newestFirst(
        [...ctx.account.tables.customer_balance_transactions.values()]
          .filter((entry) => entry.customer === id)
          .filter((entry) => within(entry.created, params.created))
          .filter((entry) => same<string | null>(entry.invoice, params.invoice)),
        params,
        `/v1/customers/${id}/balance_transactions`,
      );
    },
  }),
];
