// Setup intents: saving a payment method for later without taking money.
import { z } from 'zod';
import { failureOf, nextAction } from './confirm.ts';
import type { Context } from './context.ts';
import { endpoint, idOf, type Endpoint } from './endpoint.ts';
import { docUrl, invalid, Refusal } from './errors.ts';
import { apply, emit, store } from './events.ts';
import { newestFirst, same, within } from './lists.ts';
import { attach, behaviourOf, checkOwner, resolveMethod } from './methods.ts';
import { bool, mergeMetadata, metadata, moment, paging, text } from './params.ts';
import { checkSecret } from './payment-intents.ts';
import type { PaymentMethod, SetupIntent } from './shapes.ts';
import { find, newId, randomText } from './state.ts';

const confirmation = {
  payment_method: text.optional(),
  return_url: text.optional(),
  use_stripe_sdk: bool.optional(),
};
const creation = z.strictObject({
  ...confirmation,
  allowed_payment_method_types: z.array(z.enum(['card', 'us_bank_account', 'sepa_debit'])).optional(),
  automatic_payment_methods: z
    .strictObject({ enabled: bool, allow_redirects: z.enum(['always', 'never']).optional() })
    .optional(),
  confirm: bool.optional(),
  customer: text.optional(),
  description: text.nullable().default(null),
  metadata: metadata.optional(),
  usage: z.enum(['off_session', 'on_session']).default('off_session'),
});
type Confirmation = z.infer<z.ZodObject<typeof confirmation>>;

function create(ctx: Context, params: z.infer<typeof creation>): SetupIntent {
  const id = newId('seti');
  const method = params.payment_method
    ? resolveMethod(ctx, params.payment_method, 'payment_method').id
    : null;
  const { allowed_payment_method_types: allowed } = params;
  const intent = store(ctx, 'setup_intents', {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: allowed ?? null,
    application: null,
    automatic_payment_methods: {
      allow_redirects: params.automatic_payment_methods?.allow_redirects ?? 'always',
      enabled: true,
    },
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: ctx.now,
    customer: params.customer ? find(ctx.account, 'customers', params.customer, 'customer').id : null,
    customer_account: null,
    description: params.description,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: ctx.account.definition.livemode,
    mandate: null,
    metadata: mergeMetadata(null, params.metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: method,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: allowed ?? ['card', 'us_bank_account', 'sepa_debit'],
    single_use_mandate: null,
    status: method ? 'requires_confirmation' : 'requires_payment_method',
    usage: params.usage,
  });
  emit(ctx, 'setup_intent.created', intent);
  if (params.confirm) confirm(ctx, intent, { ...params, payment_method: undefined });
  return intent;
}

function confirm(ctx: Context, intent: SetupIntent, wish: Confirmation): void {
  if (intent.status === 'succeeded' || intent.status === 'canceled')
    throw invalid(
      `You cannot confirm this SetupIntent because it has a status of ${intent.status}.`,
      'setup_intent_unexpected_state',
    );
  const id = wish.payment_method ?? (intent.payment_method as string | null);
  if (!id)
    throw invalid(
      "You cannot confirm this SetupIntent because it's missing a payment method.",
      'setup_intent_unexpected_state',
    );
  const method = resolveMethod(ctx, id, 'payment_method');
  checkOwner(method, intent.customer);
  apply(intent, { payment_method: method.id });
  const { authentication, attaches, decline } = behaviourOf(ctx, method);
  if (decline && !attaches) throw refuse(ctx, intent, method, decline);
  if (!authentication) return succeed(ctx, intent, method);
  apply(intent, { status: 'requires_action', next_action: nextAction(ctx, intent.client_secret, wish) });
  emit(ctx, 'setup_intent.requires_action', intent);
}

function succeed(ctx: Context, intent: SetupIntent, method: PaymentMethod): void {
  const customer = intent.customer ? ctx.account.tables.customers.get(intent.customer) : undefined;
  if (customer) attach(ctx, method, customer);
  if (intent.usage === 'off_session') ctx.account.hidden.prepared.add(method.id);
  apply(intent, { status: 'succeeded', next_action: null, last_setup_error: null });
  emit(ctx, 'setup_intent.succeeded', intent);
}

function refuse(
  ctx: Context,
  intent: SetupIntent,
  method: PaymentMethod,
  decline: { code: string; reason: string; message: string },
): Refusal {
  const failure = failureOf(method, decline);
  apply(intent, {
    status: 'requires_payment_method',
    last_setup_error: failure,
    next_action: null,
    payment_method: null,
  });
  emit(ctx, 'setup_intent.setup_failed', intent);
  return new Refusal(402, { ...failure, setup_intent: structuredClone(intent) });
}

/** The customer has answered the challenge of a setup that requires action. */
export function completeSetup(ctx: Context, intent: SetupIntent, passed: boolean): void {
  if (intent.status !== 'requires_action') throw invalid('This SetupIntent does not wait for the customer.');
  const method = find(ctx.account, 'payment_methods', String(intent.payment_method));
  if (passed) return succeed(ctx, intent, method);
  const code = 'setup_intent_authentication_failure';
  apply(intent, {
    status: 'requires_payment_method',
    next_action: null,
    payment_method: null,
    last_setup_error: {
      code,
      doc_url: docUrl(code),
      message: 'We are unable to authenticate your payment method.',
      type: 'invalid_request_error',
    },
  });
  emit(ctx, 'setup_intent.setup_failed', intent);
}

const READ = 'rak_setup_intent_read';
const WRITE = 'rak_setup_intent_write';

export const setupIntentEndpoints: readonly Endpoint[] = [
  endpoint('POST /v1/setup_intents', { right: WRITE, params: creation, run: create }),
  endpoint('GET /v1/setup_intents', {
    right: READ,
    params: z.strictObject({
      ...paging,
      created: moment.optional(),
      customer: text.optional(),
      payment_method: text.optional(),
    }),
    run: (ctx, params) =>
      newestFirst(
        [...ctx.account.tables.setup_intents.values()]
          .filter((intent) => within(intent.created, params.created))
          .filter((intent) => same<string | null>(intent.customer, params.customer))
          .filter((intent) => same<string | null>(intent.payment_method, params.payment_method)),
        params,
        '/v1/setup_intents',
      ),
  }),
  endpoint('GET /v1/setup_intents/:id', {
    right: READ,
    browser: true,
    params: z.strictObject({ client_secret: text.optional() }),
    run: (ctx, params, path) => {
      const intent = find(ctx.account, 'setup_intents', idOf(path));
      checkSecret(ctx, intent, params.client_secret);
      return intent;
    },
  }),
  endpoint('POST /v1/setup_intents/:id/cancel', {
    right: WRITE,
    params: z.strictObject({
      cancellation_reason: z.enum(['abandoned', 'duplicate', 'requested_by_customer']).optional(),
    }),
    run: (ctx, params, path) => {
      const intent = find(ctx.account, 'setup_intents', idOf(path));
      if (intent.status === 'succeeded' || intent.status === 'canceled')
        throw invalid(
          `You cannot cancel this SetupIntent because it has a status of ${intent.status}.`,
          'setup_intent_unexpected_state',
        );
      apply(intent, {
        status: 'canceled',
        cancellation_reason: params.cancellation_reason ?? null,
        next_action: null,
      });
      emit(ctx, 'setup_intent.canceled', intent);
      return intent;
    },
  }),
  endpoint('POST /v1/setup_intents/:id/confirm', {
    right: WRITE,
    browser: true,
    params: z.strictObject({ ...confirmation, client_secret: text.optional() }),
    run: (ctx, params, path) => {
      const intent = find(ctx.account, 'setup_intents', idOf(path));
      checkSecret(ctx, intent, params.client_secret);
      confirm(ctx, intent, params);
      return intent;
    },
  }),
];
