// The Stripe stand-in, driven by the vendor's own client over HTTP.
import { Stripe } from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accountDefinition, openDoor, openInvoice, startGround, type Ground } from './stripe-ground.ts';

let ground: Ground;
let stripe: Stripe;

beforeEach(async () => {
  ground = await startGround();
  ({ stripe } = ground);
});
afterEach(() => ground.close());

async function customer(params: Stripe.CustomerCreateParams = {}): Promise<Stripe.Customer> {
  return stripe.customers.create({ name: 'Lena Fischer', email: 'lena@example.com', ...params });
}

async function refused(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Stripe.errors.StripeError) return outcome;
  throw new Error(`expected a refusal, got ${String(outcome)}`);
}

test('an invoice goes from draft over open to paid and is linked to its charge through an invoice payment', async () => {
  const { id } = await customer();
  const open = await openInvoice(stripe, id, 12_500);
  expect(open).toMatchObject({
    status: 'open',
    amount_due: 12_500,
    amount_remaining: 12_500,
    due_date: open.created + 30 * 86_400,
  });
  expect(open.number).toMatch(/^[A-Z0-9]+-0001$/);
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: id });
  const paid = await stripe.invoices.pay(open.id, { payment_method: method.id, expand: ['payments'] });
  expect(paid).toMatchObject({ status: 'paid', amount_paid: 12_500, amount_remaining: 0, attempt_count: 1 });
  expect(paid.payments?.data).toMatchObject([{ status: 'paid', amount_paid: 12_500, is_default: true }]);
  const charges = await stripe.charges.list({ customer: id, expand: ['data.balance_transaction'] });
  expect(charges.data).toMatchObject([
    { amount: 12_500, paid: true, balance_transaction: { fee: 393, net: 12_107 } },
  ]);
});

test('tax is counted per line, inside or on top, and halves go up', async () => {
  const { id } = await customer();
  const onTop = await stripe.taxRates.create({
    display_name: 'Sales tax',
    inclusive: false,
    percentage: 8.875,
  });
  const inside = await stripe.taxRates.create({ display_name: 'VAT', inclusive: true, percentage: 19 });
  const draft = await stripe.invoices.create({
    customer: id,
    currency: 'eur',
    default_tax_rates: [onTop.id],
  });
  const full = await stripe.invoices.addLines(draft.id, {
    lines: [
      { amount: 2000, description: 'a' },
      { amount: 1190, description: 'b', tax_rates: [inside.id] },
    ],
  });
  expect(full).toMatchObject({ subtotal: 3190, total: 3368, total_excluding_tax: 3000 });
  expect(full.total_taxes?.map((tax) => tax.amount)).toEqual([178, 190]);
});

test('parts paid by other payment intents lower what remains, and the last cent too much becomes credit', async () => {
  const { id } = await customer();
  const invoice = await openInvoice(stripe, id, 10_000);
  const part = async (amount: number) => {
    const intent = await stripe.paymentIntents.create({
      amount,
      currency: 'usd',
      customer: id,
      payment_method: 'pm_card_visa',
      confirm: true,
      off_session: true,
    });
    return stripe.invoices.attachPayment(invoice.id, { payment_intent: intent.id, expand: ['payments'] });
  };
  const first = await part(4000);
  expect(first).toMatchObject({
    status: 'open',
    amount_paid: 4000,
    amount_remaining: 6000,
    amount_overpaid: 0,
  });
  expect(first.payments?.data.find((payment) => payment.is_default)?.amount_requested).toBe(6000);
  const last = await part(7000);
  expect(last).toMatchObject({
    status: 'paid',
    amount_paid: 10_000,
    amount_remaining: 0,
    amount_overpaid: 1000,
  });
  expect(await stripe.customers.retrieve(id)).toMatchObject({ balance: -1000 });
  const entries = await stripe.customers.listBalanceTransactions(id);
  expect(entries.data).toMatchObject([{ type: 'invoice_overpaid', amount: -1000, invoice: invoice.id }]);
});

test('credit of the customer is used when the next invoice becomes final and comes back when it is voided', async () => {
  const { id } = await customer();
  await stripe.customers.createBalanceTransaction(id, { amount: -3000, currency: 'usd' });
  const invoice = await openInvoice(stripe, id, 5000);
  expect(invoice).toMatchObject({
    total: 5000,
    starting_balance: -3000,
    ending_balance: 0,
    amount_due: 2000,
  });
  expect(await stripe.invoices.voidInvoice(invoice.id)).toMatchObject({ status: 'void' });
  expect(await stripe.customers.retrieve(id)).toMatchObject({ balance: -3000 });
});

test('the payment intent of an invoice cannot be edited or cancelled directly', async () => {
  const { id } = await customer();
  const invoice = await openInvoice(stripe, id, 5000);
  const payments = await stripe.invoicePayments.list({ invoice: invoice.id });
  const intent = String(payments.data[0]!.payment.payment_intent);
  expect((await refused(stripe.paymentIntents.update(intent, { amount: 1 }))).code).toBe(
    'payment_intent_unexpected_state',
  );
  expect((await refused(stripe.paymentIntents.cancel(intent))).code).toBe('payment_intent_unexpected_state');
});

test.each([
  ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
  ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
])(
  'paying with %s is refused as %s because of %s and leaves the invoice open',
  async (method, code, reason) => {
    const { id } = await customer();
    const invoice = await openInvoice(stripe, id, 5000);
    const error = await refused(stripe.invoices.pay(invoice.id, { payment_method: method }));
    expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code, decline_code: reason });
    expect(error.payment_intent).toMatchObject({
      status: 'requires_payment_method',
      latest_charge: error.charge,
    });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'open',
      attempted: true,
      attempt_count: 1,
    });
  },
);

test('a card that needs its holder waits for them on session and is refused off session', async () => {
  const params = {
    amount: 2000,
    currency: 'usd',
    payment_method: 'pm_card_authenticationRequired',
    confirm: true,
  } as const;
  const waiting = await stripe.paymentIntents.create({
    ...params,
    return_url: 'https://shop.example.com/done',
  });
  expect(waiting).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect_to_url' } });
  const error = await refused(stripe.paymentIntents.create({ ...params, off_session: true }));
  expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required' });
  const answer = await fetch(`${ground.standIn.url}/_elements/challenge`, {
    method: 'POST',
    body: JSON.stringify({ client_secret: waiting.client_secret, outcome: 'pass' }),
  });
  expect(answer.status).toBe(200);
  expect(await stripe.paymentIntents.retrieve(waiting.id)).toMatchObject({
    status: 'succeeded',
    amount_received: 2000,
  });
});

test('an invoice whose card needs its holder stays open until they answer', async () => {
  const { id } = await customer();
  const invoice = await openInvoice(stripe, id, 5000);
  const error = await refused(
    stripe.invoices.pay(invoice.id, { payment_method: 'pm_card_authenticationRequired' }),
  );
  expect(error).toMatchObject({ statusCode: 402, code: 'invoice_payment_intent_requires_action' });
  const open = await stripe.invoices.retrieve(invoice.id, { expand: ['confirmation_secret'] });
  await fetch(`${ground.standIn.url}/_elements/challenge`, {
    method: 'POST',
    body: JSON.stringify({ client_secret: open.confirmation_secret?.client_secret, outcome: 'pass' }),
  });
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid', amount_paid: 5000 });
});

test('a card set up for later off-session use is charged without its holder', async () => {
  const { id } = await customer();
  const setup = await stripe.setupIntents.create({
    customer: id,
    payment_method: 'pm_card_authenticationRequiredOnSetup',
    confirm: true,
    return_url: 'https://shop.example.com/done',
  });
  expect(setup.status).toBe('requires_action');
  const charge = () =>
    stripe.paymentIntents.create({
      amount: 900,
      currency: 'usd',
      customer: id,
      payment_method: String(setup.payment_method),
      confirm: true,
      off_session: true,
    });
  expect((await refused(charge())).code).toBe('authentication_required');
  await fetch(`${ground.standIn.url}/_elements/challenge`, {
    method: 'POST',
    body: JSON.stringify({ client_secret: setup.client_secret, outcome: 'pass' }),
  });
  expect(await charge()).toMatchObject({ status: 'succeeded' });
  expect((await stripe.customers.listPaymentMethods(id)).data).toHaveLength(1);
});

test('a bank debit is processing until it settles, and can fail instead', async () => {
  const { id } = await customer();
  const debit = async () => {
    const invoice = await openInvoice(stripe, id, 8000);
    await stripe.invoices.pay(invoice.id, { payment_method: 'pm_usBankAccount' });
    const [payment] = (await stripe.invoicePayments.list({ invoice: invoice.id })).data;
    return { invoice: invoice.id, intent: String(payment!.payment.payment_intent) };
  };
  const good = await debit();
  expect(await stripe.paymentIntents.retrieve(good.intent)).toMatchObject({
    status: 'processing',
    amount_received: 0,
  });
  expect(await stripe.invoices.retrieve(good.invoice)).toMatchObject({
    status: 'open',
    amount_remaining: 8000,
  });
  await openDoor(ground, 'settle', { payment_intent: good.intent });
  expect(await stripe.invoices.retrieve(good.invoice)).toMatchObject({ status: 'paid' });
  const bad = await debit();
  await openDoor(ground, 'fail-late', { payment_intent: bad.intent });
  expect(await stripe.invoices.retrieve(bad.invoice)).toMatchObject({ status: 'open', attempted: true });
  expect(await stripe.paymentIntents.retrieve(bad.intent)).toMatchObject({
    status: 'requires_payment_method',
  });
});

test('a debit that fails after it settled is taken back and the invoice stays paid', async () => {
  const { id } = await customer();
  const invoice = await openInvoice(stripe, id, 8000);
  await stripe.invoices.pay(invoice.id, { payment_method: 'pm_usBankAccount' });
  const [payment] = (await stripe.invoicePayments.list({ invoice: invoice.id })).data;
  const intent = String(payment!.payment.payment_intent);
  await openDoor(ground, 'settle', { payment_intent: intent });
  await openDoor(ground, 'fail-late', { payment_intent: intent });
  const [charge] = (
    await stripe.charges.list({ payment_intent: intent, expand: ['data.failure_balance_transaction'] })
  ).data;
  expect(charge).toMatchObject({
    status: 'failed',
    paid: false,
    failure_balance_transaction: { amount: -8000 },
  });
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid' });
});

test('refunds never pass what was charged, and one that fails gives the amount back to the charge', async () => {
  const intent = await stripe.paymentIntents.create({
    amount: 5000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
  });
  const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 3000 });
  expect(refund).toMatchObject({ status: 'succeeded', amount: 3000, charge: intent.latest_charge });
  expect((await refused(stripe.refunds.create({ payment_intent: intent.id, amount: 3000 }))).param).toBe(
    'amount',
  );
  expect(await openDoor(ground, 'refund/fail', { refund: refund.id })).toMatchObject({ status: 'failed' });
  expect(await stripe.charges.retrieve(String(intent.latest_charge))).toMatchObject({
    amount_refunded: 0,
    refunded: false,
  });
});

test('a dispute takes the money and a fee, and a won one brings both back', async () => {
  const intent = await stripe.paymentIntents.create({
    amount: 5000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
  });
  const opened = await openDoor(ground, 'dispute', { charge: String(intent.latest_charge) });
  expect(opened).toMatchObject({
    status: 'needs_response',
    amount: 5000,
    balance_transactions: [{ net: -6500 }],
  });
  expect(await stripe.charges.retrieve(String(intent.latest_charge))).toMatchObject({ disputed: true });
  await openDoor(ground, 'dispute/close', { dispute: opened['id'], status: 'won' });
  const closed = await stripe.disputes.retrieve(String(opened['id']));
  expect(closed.status).toBe('won');
  expect(closed.balance_transactions.reduce((sum, entry) => sum + entry.net, 0)).toBe(0);
});

test('a credit note lowers an open invoice and pays back a paid one', async () => {
  const { id } = await customer();
  const invoice = await openInvoice(stripe, id, 10_000);
  await stripe.creditNotes.create({ invoice: invoice.id, amount: 2500 });
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
    amount_due: 7500,
    amount_remaining: 7500,
    total: 10_000,
  });
  await stripe.invoices.pay(invoice.id, { payment_method: 'pm_card_visa' });
  const note = await stripe.creditNotes.create({
    invoice: invoice.id,
    amount: 1000,
    refund_amount: 600,
    credit_amount: 400,
  });
  expect(note).toMatchObject({
    type: 'post_payment',
    post_payment_amount: 1000,
    refunds: [{ amount_refunded: 600 }],
  });
  expect(await stripe.customers.retrieve(id)).toMatchObject({ balance: -400 });
});

test('the same idempotency key answers the same, refuses other parameters and replays declines', async () => {
  const key = { idempotencyKey: 'op-1:charge' };
  const params = { amount: 5000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true } as const;
  const first = await stripe.paymentIntents.create(params, key);
  expect((await stripe.paymentIntents.create(params, key)).id).toBe(first.id);
  expect(await refused(stripe.paymentIntents.create({ ...params, amount: 6000 }, key))).toMatchObject({
    statusCode: 400,
    type: 'StripeIdempotencyError',
  });
  const declined = { ...params, payment_method: 'pm_card_visa_chargeDeclined' };
  const one = await refused(stripe.paymentIntents.create(declined, { idempotencyKey: 'op-2' }));
  const two = await refused(stripe.paymentIntents.create(declined, { idempotencyKey: 'op-2' }));
  expect(two.charge).toBe(one.charge);
  expect((await stripe.charges.list()).data).toHaveLength(2);
});

test('a key that is still running is refused with 409, and a stored 500 is replayed although it took effect', async () => {
  ground.standIn.faults.arm('slow-work', 1, 300);
  const slow = stripe.customers.create({ name: 'Slow' }, { idempotencyKey: 'slow-1' });
  await expect
    .poll(
      async () =>
        (await refused(stripe.customers.create({ name: 'Slow' }, { idempotencyKey: 'slow-1' }))).code,
    )
    .toBe('idempotency_key_in_use');
  await slow;
  ground.standIn.faults.arm('api-error-after', 1, 0);
  for (let round = 0; round < 2; round += 1)
    expect(
      (await refused(stripe.customers.create({ name: 'Broken' }, { idempotencyKey: 'broken-1' }))).statusCode,
    ).toBe(500);
  expect((await stripe.customers.list()).data.filter((found) => found.name === 'Broken')).toHaveLength(1);
});

test('after a day the same idempotency key runs again', async () => {
  const key = { idempotencyKey: 'once-a-day' };
  const first = await stripe.customers.create({ name: 'Daily' }, key);
  ground.clock.advance(25 * 3_600_000);
  expect((await stripe.customers.create({ name: 'Daily' }, key)).id).not.toBe(first.id);
});

test('the objects door shows every account and only what a card number leaves behind', async () => {
  await stripe.paymentMethods.attach('pm_card_visa', { customer: (await customer()).id });
  const show = async (kind: string) => {
    const response = await fetch(`${ground.standIn.url}/_sandbox/objects/${kind}`);
    return (await response.json()) as Record<string, unknown>[];
  };
  expect(await show('payment_methods')).toMatchObject([
    { account: ground.definition.id, card: { last4: '4242' } },
  ]);
  const [seen] = await show('pan_seen');
  expect(Object.keys(seen!).toSorted()).toEqual(['account', 'at', 'brand', 'fingerprint', 'last4']);
});

test('a restricted key does what it was given and nothing else', async () => {
  await ground.close();
  ground = await startGround({
    definition: accountDefinition('acct_1Narrow', { rights: ['rak_invoice_write'] }),
  });
  const narrow = ground.clientFor(ground.definition.restrictedKey);
  expect((await narrow.invoices.list()).data).toEqual([]);
  expect(await refused(narrow.customers.list())).toMatchObject({
    statusCode: 403,
    type: 'StripePermissionError',
  });
});

test('wrong keys, other accounts, unknown and missing parameters get the vendor’s refusals', async () => {
  expect(await refused(ground.clientFor('sk_test_nobody').customers.list())).toMatchObject({
    statusCode: 401,
  });
  expect(await refused(ground.clientFor(ground.definition.publishableKey).customers.list())).toMatchObject({
    code: 'secret_key_required',
  });
  expect(await refused(stripe.customers.list({}, { stripeAccount: 'acct_other' }))).toMatchObject({
    statusCode: 403,
  });
  expect(await refused(stripe.rawRequest('POST', '/v1/customers', { nickname: 'x' }))).toMatchObject({
    code: 'parameter_unknown',
    param: 'nickname',
  });
  expect(await refused(stripe.rawRequest('POST', '/v1/payment_intents', { currency: 'usd' }))).toMatchObject({
    code: 'parameter_missing',
    param: 'amount',
  });
  expect(await refused(stripe.invoices.retrieve('in_none'))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
  });
  expect(await refused(stripe.rawRequest('GET', '/v1/nonsense'))).toMatchObject({ statusCode: 404 });
  expect(await refused(stripe.customers.list({}, { apiVersion: '2024-06-20' }))).toMatchObject({
    statusCode: 400,
  });
});

test('accounts do not see each other', async () => {
  const other = ground.standIn.addAccount(accountDefinition('acct_1Other'));
  const { id } = await customer();
  const stranger = ground.clientFor(other.definition.secretKey);
  expect((await refused(stranger.customers.retrieve(id))).code).toBe('resource_missing');
  expect((await stranger.customers.list()).data).toEqual([]);
});

test('special currencies are held to their steps and smallest amounts', async () => {
  const create = (amount: number, currency: string) => stripe.paymentIntents.create({ amount, currency });
  expect((await refused(create(10_005, 'kwd'))).param).toBe('amount');
  expect((await refused(create(150, 'isk'))).param).toBe('amount');
  expect((await refused(create(20, 'usd'))).code).toBe('amount_too_small');
  expect((await create(10_010, 'kwd')).amount).toBe(10_010);
  expect((await create(500, 'jpy')).amount).toBe(500);
});

test('lists page newest first and filter by time', async () => {
  const handle = ground.standIn.account(ground.definition.id);
  for (let day = 1; day <= 5; day += 1)
    handle.create('customers', { name: `c${day}` }, { at: new Date(Date.UTC(2026, 0, day)) });
  const names = [];
  for await (const found of stripe.customers.list({ limit: 2 })) names.push(found.name);
  expect(names).toEqual(['c5', 'c4', 'c3', 'c2', 'c1']);
  const since = Date.UTC(2026, 0, 4) / 1000;
  expect((await stripe.customers.list({ created: { gte: since } })).data).toHaveLength(2);
});

test('seeded history is dated in the past and sends no webhook', async () => {
  const handle = ground.standIn.account(ground.definition.id);
  const at = new Date(Date.UTC(2025, 11, 1));
  const { id } = handle.create('customers', { name: 'Old Friend' }, { at });
  const draft = handle.create(
    'invoices',
    { customer: id, currency: 'jpy', collection_method: 'send_invoice', days_until_due: 14 },
    { at },
  );
  handle.act('invoices', draft.id, 'add_lines', { lines: [{ amount: 5000, description: 'Then' }] }, { at });
  handle.act('invoices', draft.id, 'finalize', {}, { at });
  handle.act('invoices', draft.id, 'pay', { payment_method: 'pm_card_visa' }, { at });
  const invoice = await stripe.invoices.retrieve(draft.id);
  expect(invoice).toMatchObject({
    status: 'paid',
    created: at.getTime() / 1000,
    status_transitions: { paid_at: at.getTime() / 1000 },
  });
});

test('over 25 requests in a second are refused when limits are on', async () => {
  await ground.close();
  ground = await startGround({ limits: true });
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => ground.stripe.customers.list()));
  const refusals = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refusals.length).toBeGreaterThan(0);
  expect(refusals[0]?.reason).toMatchObject({ type: 'StripeRateLimitError', statusCode: 429 });
});

test('time finalizes a draft that advances by itself and collects it', async () => {
  const { id } = await customer();
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: id });
  await stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } });
  const draft = await stripe.invoices.create({ customer: id, auto_advance: true, currency: 'usd' });
  await stripe.invoices.addLines(draft.id, { lines: [{ amount: 4200, description: 'Monthly' }] });
  ground.clock.advance(3_700_000);
  expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({ status: 'open' });
  ground.clock.advance(3_700_000);
  expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({ status: 'paid' });
});
