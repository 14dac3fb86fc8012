// The payment method endpoints.
import { z } from 'zod';
import type { Context } from './context.ts';
import { endpoint, idOf, type Endpoint } from './endpoint.ts';
import { invalid } from './errors.ts';
import { change, emit } from './events.ts';
import { newestFirst, same } from './lists.ts';
import { attach, resolveMethod } from './methods.ts';
import { paging, text } from './params.ts';
import type { PaymentMethod } from './shapes.ts';
import { find } from './state.ts';

const READ = 'rak_payment_method_read';
const WRITE = 'rak_payment_method_write';
const type = z.enum(['card', 'us_bank_account', 'sepa_debit']);
const listing = { ...paging, type: type.optional() };

function methodsOf(ctx: Context, customer: string | undefined, wished: string | undefined): PaymentMethod[] {
  return [...ctx.account.tables.payment_methods.values()]
    .filter((method) => method.customer !== null && same<string | null>(method.customer, customer))
    .filter((method) => same<string>(method.type, wished));
}

function detach(ctx: Context, method: PaymentMethod): PaymentMethod {
  if (method.customer === null) {
    throw invalid(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
      'payment_method_unexpected_state',
      'payment_method',
    );
  }
  const { customer } = method;
  method.customer = null;
  emit(ctx, 'payment_method.detached', method, { customer });
  for (const owner of ctx.account.tables.customers.values()) {
    const settings = owner.invoice_settings;
    if (settings.default_payment_method === method.id)
      change(ctx, 'customer.updated', owner, {
        invoice_settings: { ...settings, default_payment_method: null },
      });
  }
  return method;
}

export const paymentMethodEndpoints: readonly Endpoint[] = [
  endpoint('GET /v1/payment_methods', {
    right: READ,
    params: z.strictObject({ ...listing, customer: text.optional() }),
    run: (ctx, params) =>
      newestFirst(methodsOf(ctx, params.customer, params.type), params, '/v1/payment_methods'),
  }),
  endpoint('GET /v1/customers/:id/payment_methods', {
    right: READ,
    params: z.strictObject(listing),
    run: (ctx, params, path) => {
      const customer = find(ctx.account, 'customers', idOf(path), 'customer').id;
      return newestFirst(
        methodsOf(ctx, customer, params.type),
        params,
        `/v1/customers/${customer}/payment_methods`,
      );
    },
  }),
  endpoint('GET /v1/payment_methods/:id', {
    right: READ,
    params: z.strictObject({}),
    run: (ctx, _params, path) => find(ctx.account, 'payment_methods', idOf(path)),
  }),
  endpoint('POST /v1/payment_methods/:id/attach', {
    right: WRITE,
    params: z.strictObject({ customer: text }),
    run: (ctx, params, path) => {
      const customer = find(ctx.account, 'customers', params.customer, 'customer');
      const method = resolveMethod(ctx, idOf(path), 'id');
      attach(ctx, method, customer);
      return method;
    },
  }),
  endpoint('POST /v1/payment_methods/:id/detach', {
    right: WRITE,
    params: z.strictObject({}),
    run: (ctx, _params, path) => detach(ctx, find(ctx.account, 'payment_methods', idOf(path))),
  }),
];
