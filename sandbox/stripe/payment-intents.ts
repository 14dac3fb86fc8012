// The payment intent endpoints, for servers and for the browser with a client secret.
import { z } from 'zod';
import { cancelIntent, createIntent } from './intent-state.ts';
import { confirmIntent } from './confirm.ts';
import type { Context } from './context.ts';
import { endpoint, idOf, type Endpoint, type PathParams } from './endpoint.ts';
import { invalid, missing } from './errors.ts';
import { apply } from './events.ts';
import { newestFirst, same, within } from './lists.ts';
import { checkOwner, resolveMethod } from './methods.ts';
import { checkAmount } from './money.ts';
import {
  address,
  bool,
  clearable,
  count,
  currency,
  given,
  mergeMetadata,
  metadata,
  moment,
  paging,
  text,
} from './params.ts';
import type { PaymentIntent } from './shapes.ts';
import { find } from './state.ts';

const usage = z.enum(['off_session', 'on_session']);
const offSession = z.union([bool, z.enum(['one_off', 'recurring']).transform(() => true)]);
const mandate = z.strictObject({
  customer_acceptance: z.strictObject({
    type: z.enum(['online', 'offline']),
    accepted_at: count.optional(),
    offline: z.strictObject({}).optional(),
    online: z.strictObject({ ip_address: text.optional(), user_agent: text.optional() }).optional(),
  }),
});
const card = z.strictObject({
  setup_future_usage: usage.optional(),
  request_three_d_secure: z.enum(['any', 'automatic', 'challenge']).optional(),
});
const shared = {
  description: clearable.optional(),
  metadata: metadata.optional(),
  payment_method: text.optional(),
  payment_method_options: z.strictObject({ card: card.optional() }).optional(),
  receipt_email: clearable.optional(),
  setup_future_usage: usage.optional(),
  shipping: z
    .strictObject({
      address,
      name: text,
      phone: text.optional(),
      carrier: text.optional(),
      tracking_number: text.optional(),
    })
    .optional(),
  statement_descriptor: text.optional(),
  statement_descriptor_suffix: text.optional(),
  transfer_group: text.optional(),
};
const confirmation = {
  error_on_requires_action: bool.optional(),
  mandate_data: mandate.optional(),
  off_session: offSession.optional(),
  return_url: text.optional(),
  use_stripe_sdk: bool.optional(),
};

const creation = z.strictObject({
  ...shared,
  ...confirmation,
  amount: count,
  currency,
  allowed_payment_method_types: z.array(text).optional(),
  automatic_payment_methods: z
    .strictObject({ enabled: bool, allow_redirects: z.enum(['always', 'never']).optional() })
    .optional(),
  capture_method: z.enum(['automatic', 'automatic_async']).optional(),
  confirm: bool.optional(),
  confirmation_method: z.enum(['automatic']).optional(),
  customer: text.optional(),
});

function create(ctx: Context, params: z.infer<typeof creation>): PaymentIntent {
  checkAmount(params.amount, params.currency);
  if (params.off_session && !params.confirm)
    throw invalid('You can only set `off_session` when confirming.', 'parameter_missing', 'confirm');
  const { amount, currency: money, description, receipt_email } = params;
  const intent = createIntent(ctx, {
    amount,
    currency: money,
    customer: params.customer ? find(ctx.account, 'customers', params.customer, 'customer').id : null,
    allowed: params.allowed_payment_method_types,
    metadata: mergeMetadata(null, params.metadata),
    ...given({ description, receipt_email, setup_future_usage: usageOf(params) }),
  });
  const redirects = params.automatic_payment_methods?.allow_redirects;
  if (redirects) intent.automatic_payment_methods = { allow_redirects: redirects, enabled: true };
  if (params.confirm) confirmIntent(ctx, intent, params);
  else if (params.payment_method) chooseMethod(ctx, intent, params.payment_method);
  return intent;
}

function usageOf(params: z.infer<typeof creation>): PaymentIntent['setup_future_usage'] | undefined {
  return params.setup_future_usage ?? params.payment_method_options?.card?.setup_future_usage;
}

function chooseMethod(ctx: Context, intent: PaymentIntent, id: string): void {
  const method = resolveMethod(ctx, id, 'payment_method');
  checkOwner(method, intent.customer);
  apply(intent, { payment_method: method.id, status: 'requires_confirmation' });
}

const change = z.strictObject({
  ...shared,
  amount: count.optional(),
  currency: currency.optional(),
  customer: text.optional(),
});

function update(ctx: Context, params: z.infer<typeof change>, path: PathParams): PaymentIntent {
  const intent = find(ctx.account, 'payment_intents', idOf(path));
  guardDefault(ctx, intent, 'edited');
  const { amount, currency: money, description, receipt_email, setup_future_usage } = params;
  if (amount !== undefined || money)
    checkNewAmount(intent, amount ?? intent.amount, money ?? intent.currency);
  const customer = params.customer && find(ctx.account, 'customers', params.customer, 'customer').id;
  const texts = { description, receipt_email, setup_future_usage };
  apply(intent, {
    ...given({ amount, currency: money, customer, ...texts }),
    metadata: mergeMetadata(intent.metadata, params.metadata),
  });
  if (params.payment_method) chooseMethod(ctx, intent, params.payment_method);
  return intent;
}

const FIXED = new Set<PaymentIntent['status']>(['succeeded', 'canceled', 'processing']);

function checkNewAmount(intent: PaymentIntent, amount: number, money: string): void {
  if (!FIXED.has(intent.status)) return checkAmount(amount, money);
  throw invalid(
    `This PaymentIntent's amount could not be updated because it has a status of ${intent.status}.`,
    'payment_intent_unexpected_state',
  );
}

/** The intent of an invoice's default payment follows the invoice; nobody edits or cancels it directly. */
function guardDefault(ctx: Context, intent: PaymentIntent, verb: string): void {
  for (const payment of ctx.account.tables.invoice_payments.values()) {
    if (!payment.is_default || payment.payment.payment_intent !== intent.id) continue;
    throw invalid(
      `The PaymentIntent ${intent.id} belongs to the default payment of invoice ${String(payment.invoice)} and cannot be ${verb} directly.`,
      'payment_intent_unexpected_state',
    );
  }
}

/** A browser has to show the client secret; a wrong one does not say whether the object exists. */
export function checkSecret(
  ctx: Context,
  object: { id: string; client_secret: string },
  shown: string | undefined,
): void {
  if (shown === object.client_secret) return;
  if (ctx.caller !== 'publishable' && shown === undefined) return;
  throw missing(object.id.startsWith('seti_') ? 'setupintent' : 'payment_intent', object.id, 'id');
}

/** What a browser may see of an intent. */
function seen(ctx: Context, intent: PaymentIntent): PaymentIntent {
  return ctx.caller === 'publishable'
    ? { ...intent, customer: null, metadata: {}, latest_charge: null }
    : intent;
}

const RIGHT = 'rak_payment_intent';

export const paymentIntentEndpoints: readonly Endpoint[] = [
  endpoint('POST /v1/payment_intents', { right: `${RIGHT}_write`, params: creation, run: create }),
  endpoint('GET /v1/payment_intents', {
    right: `${RIGHT}_read`,
    params: z.strictObject({ ...paging, created: moment.optional(), customer: text.optional() }),
    run: (ctx, params) =>
      newestFirst(
        [...ctx.account.tables.payment_intents.values()]
          .filter((intent) => within(intent.created, params.created))
          .filter((intent) => same<string | null>(intent.customer, params.customer)),
        params,
        '/v1/payment_intents',
      ),
  }),
  endpoint('GET /v1/payment_intents/:id', {
    right: `${RIGHT}_read`,
    browser: true,
    params: z.strictObject({ client_secret: text.optional() }),
    run: (ctx, params, path) => {
      const intent = find(ctx.account, 'payment_intents', idOf(path));
      checkSecret(ctx, intent, params.client_secret);
      return seen(ctx, intent);
    },
  }),
  endpoint('POST /v1/payment_intents/:id', { right: `${RIGHT}_write`, params: change, run: update }),
  endpoint('POST /v1/payment_intents/:id/confirm', {
    right: `${RIGHT}_write`,
    browser: true,
    params: z.strictObject({
      ...confirmation,
      client_secret: text.optional(),
      payment_method: text.optional(),
      payment_method_options: shared.payment_method_options,
      receipt_email: clearable.optional(),
      setup_future_usage: usage.optional(),
    }),
    run: (ctx, params, path) => {
      const intent = find(ctx.account, 'payment_intents', idOf(path));
      checkSecret(ctx, intent, params.client_secret);
      confirmIntent(ctx, intent, params);
      return seen(ctx, intent);
    },
  }),
  endpoint('POST /v1/payment_intents/:id/cancel', {
    right: `${RIGHT}_write`,
    params: z.strictObject({
      cancellation_reason: z
        .enum(['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'])
        .optional(),
    }),
    run: (ctx, params, path) => {
      const intent = find(ctx.account, 'payment_intents', idOf(path));
      guardDefault(ctx, intent, 'canceled');
      cancelIntent(ctx, intent, params.cancellation_reason ?? null);
      return intent;
    },
  }),
];
