// Stripe exchanges and events for the self-test: correct samples, and each mistake the check must be able to see.
import type { CheckedExchange } from './contract.ts';
import type { Seed } from './self-test.ts';

const API_VERSION = '2026-10-28.endive';
const SECRET_KEY = { authorization: 'Bearer sk_test_seed', 'stripe-version': API_VERSION };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const CLOCK = {
  id: 'clock_1',
  object: 'test_helpers.test_clock',
  created: 1_790_000_000,
  deletes_after: 1_792_592_000,
  frozen_time: 1_790_000_000,
  livemode: false,
  name: null,
  status: 'ready',
  status_details: {},
};

const CUSTOMER = {
  id: 'cus_1',
  object: 'customer',
  balance: 0,
  created: 1_790_000_000,
  default_source: null,
  description: null,
  email: 'ada@example.com',
  invoice_settings: {
    custom_fields: null,
    default_payment_method: null,
    footer: null,
    rendering_options: null,
  },
  livemode: false,
  metadata: {},
  shipping: null,
};

const EVENT = {
  id: 'evt_1',
  object: 'event',
  api_version: API_VERSION,
  created: 1_790_000_000,
  data: { object: CUSTOMER, previous_attributes: { email: null } },
  livemode: false,
  pending_webhooks: 1,
  request: { id: 'req_1', idempotency_key: null },
  type: 'customer.updated',
};

const DECLINED = {
  error: { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline', message: 'No.' },
};

function post(path: string, body: string, response: unknown = CUSTOMER): CheckedExchange {
  const requestHeaders = { ...SECRET_KEY, ...FORM };
  return { method: 'POST', path, requestHeaders, body, status: 200, response: JSON.stringify(response) };
}

function get(path: string, response: unknown = CUSTOMER): CheckedExchange {
  return {
    method: 'GET',
    path,
    requestHeaders: SECRET_KEY,
    body: '',
    status: 200,
    response: JSON.stringify(response),
  };
}

const refused = (exchange: CheckedExchange, status: number, error: unknown): CheckedExchange => ({
  ...exchange,
  status,
  response: JSON.stringify(error),
});

const TRADE = 'grant_type=authorization_code&code=ac_1';
const TOKENS = {
  access_token: 'token',
  refresh_token: 'token',
  livemode: false,
  scope: 'stripe_apps',
  stripe_publishable_key: 'pk_test_seed',
  stripe_user_id: 'acct_1',
  token_type: 'bearer',
};

const INVOICE = 'customer=cus_1&collection_method=send_invoice&days_until_due=30';
const create = (body: string) => refused(post('/v1/invoices', body), 402, DECLINED);
const list = (data: unknown[], url: string) => ({ object: 'list', data, has_more: false, url });

const CORRECT: Seed[] = [
  {
    why: 'create with nested parameters',
    exchange: create(`${INVOICE}&custom_fields[0][name]=PO&custom_fields[0][value]=7&expand[0]=payments`),
  },
  { why: 'an empty value clears a field', exchange: post('/v1/customers/cus_1', 'email=&metadata=') },
  {
    why: 'list with a range and expansion',
    exchange: get(
      '/v1/customers?limit=3&created[gte]=1&expand[]=data.tax_ids',
      list([CUSTOMER], '/v1/customers'),
    ),
  },
  {
    why: 'a deleted customer',
    exchange: get('/v1/customers/cus_1', { id: 'cus_1', object: 'customer', deleted: true }),
  },
  { why: 'a list of events', exchange: get('/v1/events?limit=1', list([EVENT], '/v1/events')) },
  { why: 'a webhook event', webhook: EVENT },
  { why: 'a code is traded for tokens', exchange: post('/v1/oauth/token', TRADE, TOKENS) },
  {
    why: 'a browser confirms with a publishable key',
    exchange: {
      ...post('/v1/payment_intents/pi_1/confirm', ''),
      requestHeaders: { ...FORM, authorization: 'Bearer pk_test_seed', origin: 'http://127.0.0.1' },
      body: 'client_secret=pi_1_secret_x&payment_method_data[type]=card&payment_method_data[card][number]=4242424242424242&payment_method_data[card][exp_month]=12&payment_method_data[card][exp_year]=2030&payment_method_data[card][cvc]=123',
      response: JSON.stringify({ id: 'pi_1', object: 'payment_intent', status: 'succeeded' }),
    },
  },
  {
    why: 'a proxy page while Stripe is down',
    exchange: { ...get('/v1/customers/cus_1'), status: 503, response: '<html>busy</html>' },
  },
  {
    why: 'a request that is wrong on purpose and was refused',
    exchange: {
      ...refused(post('/v1/customers', 'nmae=Ada'), 400, {
        error: { type: 'invalid_request_error', message: 'unknown' },
      }),
      requestHeaders: { ...SECRET_KEY, ...FORM, 'x-expect-refusal': '1' },
    },
  },
];

const WRONG_REQUESTS: Seed[] = [
  {
    why: 'a code challenge that Stripe does not know',
    expect: 'body /code_verifier: unknown field',
    exchange: post('/v1/oauth/token', `${TRADE}&code_verifier=v`, TOKENS),
  },
  {
    why: 'unknown parameter',
    expect: 'body /metdata: unknown field',
    exchange: create(`${INVOICE}&metdata[x]=1`),
  },
  {
    why: 'value outside the enum',
    expect: 'body /collection_method: must be one of',
    exchange: create('customer=cus_1&collection_method=send_invoce'),
  },
  {
    why: 'text where a number belongs',
    expect: 'body /days_until_due: must be integer',
    exchange: create('customer=cus_1&days_until_due=thirty'),
  },
  {
    why: 'nested required parameter is missing',
    expect: "body /custom_fields/0: missing 'value'",
    exchange: create(`${INVOICE}&custom_fields[0][name]=PO`),
  },
  {
    why: 'required parameter is missing',
    expect: "body : missing 'currency'",
    exchange: refused(post('/v1/payment_intents', 'amount=2000'), 402, DECLINED),
  },
  {
    why: 'parameter removed in an earlier version',
    expect: 'body /payment_method_types: unknown field',
    exchange: refused(
      post('/v1/payment_intents', 'amount=2000&currency=eur&payment_method_types[0]=card'),
      402,
      DECLINED,
    ),
  },
  {
    why: 'unknown query parameter',
    expect: 'query /custmer: unknown field',
    exchange: get('/v1/invoices?custmer=cus_1', list([], '/v1/invoices')),
  },
  {
    why: 'method that is not defined',
    expect: 'path /v1/customers/cus_1: method PUT',
    exchange: { ...post('/v1/customers/cus_1', ''), method: 'PUT' },
  },
  {
    why: 'path removed in an earlier version',
    expect: 'query /customer: unknown field',
    exchange: get('/v1/invoices/upcoming?customer=cus_1'),
  },
  {
    why: 'path that never was',
    expect: 'path /v1/invoice/in_1: the contract has no such path',
    exchange: get('/v1/invoice/in_1'),
  },
  { why: 'placeholder was not filled', expect: 'path /id: placeholder', exchange: get('/v1/customers/{id}') },
  {
    why: 'variable without a value in the path',
    expect: 'path /id: placeholder',
    exchange: get('/v1/customers/undefined'),
  },
  {
    why: 'another API version',
    expect: `headers stripe-version: must be ${API_VERSION}`,
    exchange: {
      ...get('/v1/customers/cus_1'),
      requestHeaders: { ...SECRET_KEY, 'stripe-version': '2024-06-20' },
    },
  },
  {
    why: 'JSON where a form belongs',
    expect: 'headers content-type: must be application/x-www-form-urlencoded',
    exchange: {
      ...post('/v1/customers', '{"name":"Ada"}'),
      requestHeaders: { ...SECRET_KEY, 'content-type': 'application/json' },
    },
  },
  {
    why: 'card number from a server',
    expect: 'body /payment_method_data/card: unknown field',
    exchange: refused(
      post(
        '/v1/payment_intents/pi_1/confirm',
        'payment_method_data[type]=card&payment_method_data[card][number]=4242424242424242',
      ),
      402,
      DECLINED,
    ),
  },
  {
    why: 'the refusal mark does not hide a wrong request that was accepted',
    expect: 'body /nmae: unknown field',
    exchange: {
      ...post('/v1/customers', 'nmae=Ada'),
      requestHeaders: { ...SECRET_KEY, ...FORM, 'x-expect-refusal': '1' },
    },
  },
];

const WRONG_ANSWERS: Seed[] = [
  {
    why: 'tokens without whose they are',
    expect: "response : missing 'stripe_user_id'",
    exchange: post('/v1/oauth/token', TRADE, { ...TOKENS, stripe_user_id: undefined }),
  },
  {
    why: 'success with 201',
    expect: 'response /status: Stripe answers success with 200',
    exchange: { ...post('/v1/customers', ''), status: 201 },
  },
  {
    why: 'invented field in an answer',
    expect: 'response /nickname: unknown field',
    exchange: get('/v1/customers/cus_1', { ...CUSTOMER, nickname: 'A' }),
  },
  {
    why: 'field missing in an answer',
    expect: "response : missing 'frozen_time'",
    exchange: get('/v1/test_helpers/test_clocks/clock_1', { ...CLOCK, frozen_time: undefined }),
  },
  {
    why: 'status that does not exist',
    expect: 'response /status: must be one of',
    exchange: get('/v1/test_helpers/test_clocks/clock_1', { ...CLOCK, status: 'stopped' }),
  },
  {
    why: 'wrong object in a list',
    expect: 'response /data/0/object: must be "customer"',
    exchange: get('/v1/customers', list([CLOCK], '/v1/customers')),
  },
  {
    why: 'error without a type',
    expect: "response /error: missing 'type'",
    exchange: refused(get('/v1/customers/cus_1'), 404, { error: { message: 'no such customer' } }),
  },
  {
    why: 'error in another shape',
    expect: "response : missing 'error'",
    exchange: refused(get('/v1/customers/cus_1'), 404, { message: 'no such customer' }),
  },
  {
    why: 'declined card with status 400',
    expect: 'response /error/type: a card_error comes with status 402',
    exchange: refused(post('/v1/invoices/in_1/pay', ''), 400, DECLINED),
  },
];

const WRONG_EVENTS: Seed[] = [
  {
    why: 'unknown event type',
    expect: 'event /type: unknown event type',
    webhook: { ...EVENT, type: 'customer.renamed' },
  },
  {
    why: 'event of another API version',
    expect: 'event /api_version: must be',
    webhook: { ...EVENT, api_version: '2024-06-20' },
  },
  {
    why: 'event with another object than its type says',
    expect: 'event /data/object/object: must be "customer"',
    webhook: { ...EVENT, data: { object: CLOCK } },
  },
  {
    why: 'previous attribute that the object never had',
    expect: 'event /data/previous_attributes/nickname: unknown field',
    webhook: { ...EVENT, data: { object: CUSTOMER, previous_attributes: { nickname: 'A' } } },
  },
  {
    why: 'event without its request',
    expect: "event : missing 'request'",
    webhook: { ...EVENT, request: undefined },
  },
];

export const STRIPE_SEEDS: readonly Seed[] = [
  ...CORRECT,
  ...WRONG_REQUESTS,
  ...WRONG_ANSWERS,
  ...WRONG_EVENTS,
];
