// Customers: the people and companies that pay.
import { z } from 'zod';
import type { Context } from './context.ts';
import { moveBalance } from './customer-balance.ts';
import { endpoint, idOf, type Endpoint, type PathParams } from './endpoint.ts';
import { invalid } from './errors.ts';
import { apply, change, emit, store } from './events.ts';
import { newestFirst, same, within } from './lists.ts';
import { attach, resolveMethod } from './methods.ts';
import {
  address,
  clearable,
  fullAddress,
  given,
  int,
  mergeMetadata,
  metadata,
  moment,
  paging,
  text,
} from './params.ts';
import type { Customer } from './shapes.ts';
import { find, randomText } from './state.ts';
import { endAllOf } from './subscribing.ts';

const fields = {
  address: z.union([z.literal(''), address]).optional(),
  balance: int.optional(),
  description: clearable.optional(),
  email: clearable.optional(),
  invoice_settings: z
    .strictObject({ default_payment_method: clearable.optional(), footer: clearable.optional() })
    .optional(),
  metadata: metadata.optional(),
  name: clearable.optional(),
  phone: clearable.optional(),
  preferred_locales: z.array(text).optional(),
  shipping: z.strictObject({ address, name: text, phone: text.optional() }).optional(),
  tax_exempt: z.enum(['none', 'exempt', 'reverse']).optional(),
};
const creation = z.strictObject({
  ...fields,
  invoice_prefix: text.optional(),
  payment_method: text.optional(),
});
const changes = z.strictObject(fields);

type Fields = z.infer<typeof changes>;

function bareCustomer(ctx: Context): Customer {
  return {
    id: `cus_${randomText(14)}`,
    object: 'customer',
    address: null,
    balance: 0,
    created: ctx.now,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: ctx.account.definition.livemode,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}

function create(ctx: Context, params: z.infer<typeof creation>): Customer {
  const customer = bareCustomer(ctx);
  apply(customer, patchOf(ctx, customer, params));
  if (params.invoice_prefix) customer.invoice_prefix = params.invoice_prefix;
  store(ctx, 'customers', customer);
  emit(ctx, 'customer.created', customer);
  if (params.payment_method)
    attach(ctx, resolveMethod(ctx, params.payment_method, 'payment_method'), customer);
  if (params.balance) adjust(ctx, customer, params.balance, 'initial');
  return customer;
}

function update(ctx: Context, params: Fields, path: PathParams): Customer {
  const customer = find(ctx.account, 'customers', idOf(path));
  change(ctx, 'customer.updated', customer, patchOf(ctx, customer, params));
  if (params.balance !== undefined && params.balance !== customer.balance)
    adjust(ctx, customer, params.balance - customer.balance, 'adjustment');
  return customer;
}

function adjust(ctx: Context, customer: Customer, amount: number, type: 'initial' | 'adjustment'): void {
  moveBalance(ctx, customer, {
    amount,
    currency: customer.currency ?? ctx.account.definition.currency,
    type,
  });
}

function patchOf(ctx: Context, customer: Customer, params: Fields): Partial<Customer> {
  const { description, email, name, phone, preferred_locales, tax_exempt } = params;
  return {
    ...given({ description, email, name, phone, preferred_locales, tax_exempt }),
    metadata: mergeMetadata(customer.metadata, params.metadata),
    ...(params.address === undefined ? {} : { address: params.address ? fullAddress(params.address) : null }),
    ...(params.shipping ? { shipping: shippingOf(params.shipping) } : {}),
    ...(params.invoice_settings
      ? { invoice_settings: settingsOf(ctx, customer, params.invoice_settings) }
      : {}),
  };
}

function shippingOf(wish: NonNullable<Fields['shipping']>): Customer['shipping'] {
  return { address: fullAddress(wish.address), name: wish.name, phone: wish.phone ?? null };
}

function settingsOf(
  ctx: Context,
  customer: Customer,
  wish: NonNullable<Fields['invoice_settings']>,
): Customer['invoice_settings'] {
  const { default_payment_method: method, footer } = wish;
  const param = 'invoice_settings[default_payment_method]';
  if (method && find(ctx.account, 'payment_methods', method, param).customer !== customer.id)
    throw invalid(`The payment method ${method} is not attached to this customer.`, undefined, param);
  return {
    ...customer.invoice_settings,
    ...(method === undefined ? {} : { default_payment_method: method }),
    ...(footer === undefined ? {} : { footer }),
  };
}

const RIGHT = 'rak_customer';

export const customerEndpoints: readonly Endpoint[] = [
  endpoint('POST /v1/customers', { right: `${RIGHT}_write`, params: creation, run: create }),
  endpoint('GET /v1/customers', {
    right: `${RIGHT}_read`,
    params: z.strictObject({ ...paging, created: moment.optional(), email: text.optional() }),
    run: (ctx, params) =>
      newestFirst(
        [...ctx.account.tables.customers.values()].filter(
          (customer) => within(customer.created, params.created) && same(customer.email, params.email),
        ),
        params,
        '/v1/customers',
      ),
  }),
  endpoint('GET /v1/customers/:id', {
    right: `${RIGHT}_read`,
    params: z.strictObject({}),
    run: (ctx, _params, path) =>
      ctx.account.hidden.deletedCustomers.has(idOf(path))
        ? deletedCustomer(idOf(path))
        : find(ctx.account, 'customers', idOf(path)),
  }),
  endpoint('POST /v1/customers/:id', { right: `${RIGHT}_write`, params: changes, run: update }),
  endpoint('DELETE /v1/customers/:id', {
    right: `${RIGHT}_write`,
    params: z.strictObject({}),
    run: (ctx, _params, path) => remove(ctx, find(ctx.account, 'customers', idOf(path))),
  }),
];

function remove(ctx: Context, customer: Customer): object {
  endAllOf(ctx, customer.id);
  emit(ctx, 'customer.deleted', customer);
  ctx.account.tables.customers.delete(customer.id);
  ctx.account.hidden.deletedCustomers.add(customer.id);
  return deletedCustomer(customer.id);
}

function deletedCustomer(id: string) {
  return { id, object: 'customer', deleted: true };
}
