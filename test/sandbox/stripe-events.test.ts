// How the Stripe stand-in tells what happened: signed, repeated, disordered, lost.
import { appendFileSync } from 'node:fs';
import type { Stripe } from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  openDoor,
  openInvoice,
  openMailbox,
  startGround,
  type Ground,
  type Mailbox,
} from './stripe-ground.ts';

let ground: Ground;
let mailbox: Mailbox;
let stripe: Stripe;
let secret: string;

beforeEach(async () => {
  ground = await startGround();
  mailbox = await openMailbox();
  ({ stripe } = ground);
  const endpoint = await stripe.webhookEndpoints.create({
    url: mailbox.url,
    enabled_events: ['*'],
    api_version: '2026-10-28.endive',
  });
  secret = endpoint.secret ?? '';
});
afterEach(async () => {
  keepForConformance();
  await ground.close();
  await mailbox.close();
});

function keepForConformance(): void {
  const file = process.env['STRIPE_RECORD_TO'];
  if (file) for (const { event } of mailbox.received) appendFileSync(file, JSON.stringify({ event }) + '\n');
}

function types(): string[] {
  return mailbox.received.map(({ event }) => event.type);
}

async function makeCustomer(name = 'Ada Test'): Promise<string> {
  return (await stripe.customers.create({ name, email: 'ada@example.com' })).id;
}

test('an event is signed so that the vendor’s own verifier accepts it, and a changed body is refused', async () => {
  await makeCustomer();
  await ground.standIn.deliveriesIdle();
  const [parcel] = mailbox.received;
  const event = stripe.webhooks.constructEvent(parcel!.body, parcel!.signature, secret);
  expect(event).toMatchObject({
    type: 'customer.created',
    api_version: '2026-10-28.endive',
    livemode: false,
  });
  expect(Number.isInteger(event.created)).toBe(true);
  const forged = parcel!.body.replace('Ada', 'Eve');
  expect(() => stripe.webhooks.constructEvent(forged, parcel!.signature, secret)).toThrow(/signature/i);
});

test('paying an invoice tells each step with a snapshot of that moment', async () => {
  const invoice = await openInvoice(stripe, await makeCustomer(), 5000);
  await stripe.invoices.pay(invoice.id, { payment_method: 'pm_card_visa' });
  await ground.standIn.deliveriesIdle();
  expect(types()).toEqual(
    expect.arrayContaining([
      'invoice.created',
      'invoiceitem.created',
      'invoice.finalized',
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice_payment.paid',
      'invoice.paid',
      'invoice.payment_succeeded',
    ]),
  );
  const finalized = mailbox.received.find(({ event }) => event.type === 'invoice.finalized');
  expect(finalized?.event.data.object).toMatchObject({ status: 'open', amount_paid: 0 });
  const [listed] = (await stripe.events.list({ type: 'invoice.finalized' })).data;
  expect(listed?.data.object).toMatchObject({ status: 'open', amount_paid: 0 });
});

test('paying outside tells invoice.paid but no successful payment', async () => {
  const invoice = await openInvoice(stripe, await makeCustomer(), 5000);
  await stripe.invoices.pay(invoice.id, { paid_out_of_band: true });
  await ground.standIn.deliveriesIdle();
  expect(types()).toContain('invoice.paid');
  expect(types()).not.toContain('invoice.payment_succeeded');
});

test('a receiver that fails is asked again until it accepts, and the event then counts as delivered', async () => {
  mailbox.answerWith(500);
  await makeCustomer();
  await expect.poll(() => mailbox.received.length).toBeGreaterThanOrEqual(3);
  const waiting = await stripe.events.list({ delivery_success: false });
  expect(waiting.data).toMatchObject([{ type: 'customer.created', pending_webhooks: 1 }]);
  mailbox.answerWith(200);
  await ground.standIn.deliveriesIdle();
  expect((await stripe.events.list({ delivery_success: false })).data).toEqual([]);
  expect(new Set(mailbox.received.map(({ event }) => event.id)).size).toBe(1);
});

test('a lost event never arrives but is listed as not delivered', async () => {
  ground.standIn.faults.arm('lost-webhook', 1, 0);
  await makeCustomer('Lost');
  await makeCustomer('Found');
  await ground.standIn.deliveriesIdle();
  expect(mailbox.received.map(({ event }) => event.data.object)).toMatchObject([{ name: 'Found' }]);
  const missed = await stripe.events.list({ delivery_success: false });
  expect(missed.data.map((event) => event.data.object)).toMatchObject([{ name: 'Lost' }]);
});

test('a doubled event arrives twice with one id', async () => {
  ground.standIn.faults.arm('duplicate-webhook', 1, 0);
  await makeCustomer();
  await ground.standIn.deliveriesIdle();
  expect(mailbox.received).toHaveLength(2);
  expect(new Set(mailbox.received.map(({ event }) => event.id)).size).toBe(1);
});

test('a reordered event arrives after the next one', async () => {
  ground.standIn.faults.arm('reorder-webhook', 1, 0);
  await makeCustomer('First');
  await makeCustomer('Second');
  await ground.standIn.deliveriesIdle();
  expect(mailbox.received.map(({ event }) => event.data.object)).toMatchObject([
    { name: 'Second' },
    { name: 'First' },
  ]);
});

test('a wrong secret makes a signature the verifier refuses', async () => {
  ground.standIn.faults.arm('wrong-secret', 1, 0);
  await makeCustomer();
  await ground.standIn.deliveriesIdle();
  const [parcel] = mailbox.received;
  expect(() => stripe.webhooks.constructEvent(parcel!.body, parcel!.signature, secret)).toThrow(/signature/i);
});

test('an endpoint hears only what it asked for, in its own version', async () => {
  const narrow = await openMailbox();
  await stripe.webhookEndpoints.create({
    url: narrow.url,
    enabled_events: ['customer.updated'],
    api_version: '2026-09-30.endive' as Stripe.WebhookEndpointCreateParams.ApiVersion,
  });
  const id = await makeCustomer();
  await stripe.customers.update(id, { phone: '+1 555 0100' });
  await ground.standIn.deliveriesIdle();
  expect(narrow.received.map(({ event }) => event)).toMatchObject([
    {
      type: 'customer.updated',
      api_version: '2026-09-30.endive',
      data: { previous_attributes: { phone: null } },
    },
  ]);
  await narrow.close();
});

test('a signing secret is shown once, when the endpoint is made', async () => {
  expect(secret).toMatch(/^whsec_/);
  const [endpoint] = (await stripe.webhookEndpoints.list()).data;
  expect(endpoint).not.toHaveProperty('secret');
});

test('late failures, refunds and disputes are told', async () => {
  const customer = await makeCustomer();
  const debit = await stripe.paymentIntents.create({
    amount: 4000,
    currency: 'usd',
    customer,
    payment_method: 'pm_usBankAccount',
    confirm: true,
  });
  await openDoor(ground, 'fail-late', { payment_intent: debit.id });
  const paid = await stripe.paymentIntents.create({
    amount: 4000,
    currency: 'usd',
    customer,
    payment_method: 'pm_card_visa',
    confirm: true,
  });
  const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 1000 });
  await openDoor(ground, 'refund/fail', { refund: refund.id });
  const dispute = await openDoor(ground, 'dispute', { charge: paid.latest_charge });
  await openDoor(ground, 'dispute/close', { dispute: dispute['id'], status: 'won' });
  await ground.standIn.deliveriesIdle();
  expect(types()).toEqual(
    expect.arrayContaining([
      'payment_intent.processing',
      'charge.pending',
      'charge.failed',
      'payment_intent.payment_failed',
      'refund.created',
      'charge.refunded',
      'refund.updated',
      'refund.failed',
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.funds_reinstated',
      'charge.dispute.closed',
    ]),
  );
});

test('seeding in silence lists events as delivered and sends none', async () => {
  const handle = ground.standIn.account(ground.definition.id);
  handle.create('customers', { name: 'Quiet' });
  await ground.standIn.deliveriesIdle();
  expect(mailbox.received).toEqual([]);
  expect((await stripe.events.list({ type: 'customer.created', delivery_success: true })).data).toHaveLength(
    1,
  );
  handle.create('customers', { name: 'Loud' }, { silent: false });
  await ground.standIn.deliveriesIdle();
  expect(types()).toEqual(['customer.created']);
});

test.each([
  [true, 1],
  [false, 0],
])(
  'an invoice to be sent whose advancing by itself is %s is mailed %i times when it is opened',
  async (auto_advance, mails) => {
    const customer = await makeCustomer();
    const terms = { collection_method: 'send_invoice', days_until_due: 30, currency: 'usd' } as const;
    const draft = await stripe.invoices.create({ customer, ...terms });
    await stripe.invoices.addLines(draft.id, { lines: [{ amount: 5000, description: 'Delivery' }] });
    await stripe.invoices.finalizeInvoice(draft.id, { auto_advance });
    await ground.standIn.deliveriesIdle();
    expect(types().filter((type) => type === 'invoice.sent')).toHaveLength(mails);
  },
);
