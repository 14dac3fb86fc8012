// Every way a call to Stripe can fail, through the real client, as the connector's own errors.
import { randomBytes } from 'node:crypto';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { asConnectorError, type ConnectorError } from '../../../src/errors.ts';
import { createStripeGateway } from '../../../src/gateways/stripe/index.ts';
import type { GatewayConnection } from '../../../src/gateways/gateway.ts';
import { createLog } from '../../../src/log.ts';

const BASE = 'https://stripe.example.test';
const secretKey = `sk_test_${randomBytes(16).toString('hex')}`;
const PRIVATE = 'ada-private@example.com';
const gateway = createStripeGateway({ apiBase: BASE, timeoutMs: 150 }, systemClock);
const connection: GatewayConnection = {
  account: 'ga_errors',
  livemode: false,
  credentials: { kind: 'key', secretKey },
};

beforeAll(() => nock.disableNetConnect());
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
});
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

const customer = {
  name: 'Ada Test',
  email: PRIVATE,
  record: { installationId: 'hubspot-1', objectType: 'contacts', recordId: '7' },
  operationId: 'op-1',
};

const posting = () => nock(BASE).post('/v1/customers');

async function failed(): Promise<ConnectorError> {
  const error = await gateway.createCustomer(connection, customer, 'op-1:customer').then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeDefined();
  return asConnectorError(error);
}

/** Nothing a log line or a person is shown may carry the key or what was sent or answered. */
function expectNothingTold(error: ConnectorError): void {
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  log.error('a call failed', error, { ...error.context });
  expect(lines.length).toBeGreaterThan(0);
  const shown = [...lines, error.publicMessage, error.message, JSON.stringify(error.context)].join('\n');
  for (const secret of [secretKey, secretKey.slice(8), PRIVATE, 'Ada Test', 'told-by-stripe'])
    expect(shown).not.toContain(secret);
}

type Case = [name: string, status: number, error: object, code: string, retry: string];

const told = { message: `told-by-stripe about ${PRIVATE} with ${secretKey}` };
const CASES: Case[] = [
  [
    '400',
    400,
    { type: 'invalid_request_error', code: 'parameter_invalid_empty' },
    'gateway_rejected',
    'never',
  ],
  ['400 without a code', 400, { type: 'invalid_request_error' }, 'gateway_rejected', 'never'],
  ['401', 401, { type: 'invalid_request_error' }, 'reauth_required', 'after-reauth'],
  ['403', 403, { type: 'invalid_request_error' }, 'reauth_required', 'after-reauth'],
  ['404', 404, { type: 'invalid_request_error', code: 'resource_missing' }, 'gateway_rejected', 'never'],
  ['409', 409, { type: 'idempotency_error', code: 'idempotency_key_in_use' }, 'gateway_unavailable', 'later'],
  ['409 of an object', 409, { type: 'invalid_request_error' }, 'gateway_unavailable', 'later'],
  ['429', 429, { type: 'invalid_request_error', code: 'rate_limit' }, 'rate_limited', 'later'],
  ['429 of a lock', 429, { type: 'invalid_request_error', code: 'lock_timeout' }, 'rate_limited', 'later'],
  ['500', 500, { type: 'api_error' }, 'gateway_unavailable', 'later'],
  ['503', 503, { type: 'api_error' }, 'gateway_unavailable', 'later'],
  ['another body under one key', 400, { type: 'idempotency_error' }, 'gateway_rejected', 'never'],
];

test.each(CASES)('%s is told as it is', async (_name, status, body, code, retry) => {
  posting().reply(status, { error: { ...told, ...body } }, { 'request-id': 'req_1' });
  const error = await failed();
  expect(error).toMatchObject({ code, retry, context: { vendor: 'stripe', status, request: 'req_1' } });
  expectNothingTold(error);
});

test('a rate limit says how long Stripe wants us to wait', async () => {
  const body = { error: { ...told, type: 'invalid_request_error', code: 'rate_limit' } };
  posting().reply(429, body, { 'retry-after': '3' });
  expect(await failed()).toMatchObject({ code: 'rate_limited', retryAfterMs: 3_000 });
});

test('a missing right names the way out instead of the end of the connection', async () => {
  posting().reply(403, { error: { ...told, type: 'invalid_request_error' } });
  expect((await failed()).publicMessage).toContain('rights');
});

test.each([200, 400, 403, 502])('a page of HTML with status %i decides nothing', async (status) => {
  posting().reply(status, `<html>told-by-stripe ${PRIVATE}</html>`, { 'content-type': 'text/html' });
  const error = await failed();
  expect(error).toMatchObject({ code: 'gateway_unavailable', retry: 'later' });
  expectNothingTold(error);
});

test('JSON that ends in the middle decides nothing', async () => {
  posting().reply(200, `{"id":"cus_1","object":"customer","email":"${PRIVATE}`);
  const error = await failed();
  expect(error).toMatchObject({ code: 'gateway_unavailable', retry: 'later' });
  expectNothingTold(error);
});

test('an answer that is no customer is our own failure to read, not a refusal: the customer may exist', async () => {
  posting().reply(200, { object: 'customer', email: PRIVATE });
  const error = await failed();
  expect(error).toMatchObject({ code: 'internal', retry: 'later' });
  expectNothingTold(error);
});

test('a connection that breaks, and breaks again, leaves the outcome unknown under one and the same key', async () => {
  const keys: string[] = [];
  const seen = (key: unknown) => {
    keys.push(String(key));
    return true;
  };
  for (let count = 0; count < 2; count += 1) {
    posting()
      .matchHeader('idempotency-key', seen)
      .replyWithError(Object.assign(new Error(`told-by-stripe ${PRIVATE}`), { code: 'ECONNRESET' }));
  }
  const error = await failed();
  expect(error).toMatchObject({ code: 'gateway_unavailable', retry: 'later' });
  expect(new Set(keys)).toEqual(new Set(['op-1:customer']));
  expectNothingTold(error);
});

test('silence ends after the time a call may take', async () => {
  posting().delay(5_000).reply(200, {});
  const error = await failed();
  expect(error).toMatchObject({ code: 'gateway_unavailable', retry: 'later' });
  nock.abortPendingRequests();
  expectNothingTold(error);
});

const DECLINES = [
  ['card_declined', 'insufficient_funds', 'insufficient_funds'],
  ['card_declined', 'lost_card', 'lost_or_stolen'],
  ['card_declined', 'stolen_card', 'lost_or_stolen'],
  ['card_declined', 'pickup_card', 'lost_or_stolen'],
  ['card_declined', 'restricted_card', 'lost_or_stolen'],
  ['expired_card', 'expired_card', 'expired'],
  ['expired_card', undefined, 'expired'],
  ['incorrect_cvc', 'incorrect_cvc', 'wrong_details'],
  ['incorrect_number', undefined, 'wrong_details'],
  ['incorrect_zip', undefined, 'wrong_details'],
  ['card_declined', 'card_not_supported', 'not_supported'],
  ['card_declined', 'currency_not_supported', 'not_supported'],
  ['card_declined', 'transaction_not_allowed', 'not_supported'],
  ['card_declined', 'card_velocity_exceeded', 'limit'],
  ['card_declined', 'withdrawal_count_limit_exceeded', 'limit'],
  ['card_declined', 'fraudulent', 'fraud_suspected'],
  ['processing_error', undefined, 'processing_error'],
  ['card_declined', 'try_again_later', 'processing_error'],
  ['card_declined', 'generic_decline', 'generic'],
  ['card_declined', 'a_reason_of_next_year', 'generic'],
  [undefined, undefined, 'generic'],
] as const;

test.each(DECLINES)('the decline %s / %s is told as “%s”', async (code, decline_code, reason) => {
  const error = { ...told, type: 'card_error', code, decline_code };
  nock(BASE).post('/v1/invoices/in_1/pay').reply(402, { error });
  const outcome = await gateway.chargeSavedMethod(connection, 'in_1', 'pm_1', 'op-2:charge');
  expect(outcome).toEqual({ outcome: 'declined', reason, facts: [] });
});

test.each(['card_declined', 'authentication_required', 'invoice_payment_intent_requires_action'])(
  'a bank that wants its customer (%s) is no decline',
  async (code) => {
    const payment_intent = { id: 'pi_1', object: 'payment_intent' };
    const error = { ...told, type: 'card_error', code, decline_code: 'authentication_required' };
    nock(BASE)
      .post('/v1/invoices/in_1/pay')
      .reply(402, { error: { ...error, payment_intent } });
    const outcome = await gateway.chargeSavedMethod(connection, 'in_1', 'pm_1', 'op-3:charge');
    expect(outcome).toEqual({ outcome: 'needs_customer', paymentId: 'pi_1', facts: [] });
  },
);

test.each([
  [409, 'idempotency_error', 'gateway_unavailable'],
  [500, 'api_error', 'gateway_unavailable'],
  [400, 'invalid_request_error', 'gateway_rejected'],
])('a charge that fails with %i is no decline', async (status, type, code) => {
  nock(BASE)
    .post('/v1/invoices/in_1/pay')
    .reply(status, { error: { ...told, type } });
  const charged = gateway.chargeSavedMethod(connection, 'in_1', 'pm_1', 'op-4:charge');
  await expect(charged).rejects.toMatchObject({ code });
});

test('an amount Stripe has no unit for is refused before anything is sent', async () => {
  const wish = {
    customerId: 'cus_1',
    currency: 'KWD',
    lines: [{ description: 'Item', quantity: 1, unit: { amountMinor: 1_005, currency: 'KWD' } }],
    memo: null,
    dueAt: new Date('2026-04-01T00:00:00Z'),
    record: customer.record,
    operationId: 'op-5',
    replacesId: null,
  };
  const made = gateway.createInvoice(connection, wish, 'op-5:draft');
  await expect(made).rejects.toMatchObject({ code: 'gateway_rejected', retry: 'never' });
});
