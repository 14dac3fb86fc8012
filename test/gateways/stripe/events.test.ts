// Every event Payside subscribes to, as Stripe tells it, becomes facts or something to be read.
import type { Stripe } from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import events from '../../../manifests/webhook-events.json' with { type: 'json' };
import { API_VERSION } from '../../../src/gateways/stripe/client.ts';
import { envelope, normalise } from '../../../src/gateways/stripe/normalise.ts';
import type { Normalised } from '../../../src/gateways/gateway.ts';
import { ACCOUNT, newCustomer, newInvoice } from '../../contract/gateway-rig.ts';
import { stripeRig, type StripeRig } from '../../contract/stripe-rig.ts';

type Told = { id: string; type: string; data: { object: Record<string, unknown> } };

let rig: StripeRig;
beforeEach(async () => {
  rig = await stripeRig();
});
afterEach(() => rig.close());

const SUBSCRIBED = Object.keys(events.stripe.events);

/** The stand-in has no occasion for these; each has the object of the event beside it. */
const LIKE: Record<string, string> = {
  'charge.dispute.updated': 'charge.dispute.created',
  'credit_note.updated': 'credit_note.created',
  'customer.subscription.paused': 'customer.subscription.updated',
  'customer.subscription.resumed': 'customer.subscription.updated',
  'payment_method.updated': 'payment_method.attached',
  'payment_method.automatically_updated': 'payment_method.attached',
};

const told = (): Told[] => rig.told().map((raw) => JSON.parse(Buffer.from(raw).toString()) as Told);
const raw = (event: unknown): Uint8Array => Buffer.from(JSON.stringify(event));
const reads = (event: unknown): Normalised => normalise(raw(event), ACCOUNT);

function eventOf(type: string): Told {
  const found = told().find((event) => event.type === type);
  if (!found) throw new Error(`nothing told ${type}`);
  return structuredClone(found);
}

async function openFor(customerId: string): Promise<string> {
  return (await newInvoice(rig, { customerId })).invoiceId;
}

const pay = (invoice: string, method: string): void => {
  try {
    rig.at.act('invoices', invoice, 'pay', { payment_method: method });
  } catch {
    // A declined or waiting payment is refused; its events are what is wanted here.
  }
};

const paymentOf = (invoice: string): string =>
  rig.at.all('invoice_payments').find((link) => link.invoice === invoice)?.payment.payment_intent ?? '';
const chargeOf = (invoice: string): string =>
  String(rig.at.all('payment_intents').find(({ id }) => id === paymentOf(invoice))?.latest_charge);

async function payments(customerId: string): Promise<void> {
  pay(await openFor(customerId), 'pm_card_visa_chargeDeclined');
  pay(await openFor(customerId), 'pm_card_threeDSecure2Required');
  const debit = await openFor(customerId);
  pay(debit, 'pm_usBankAccount');
  rig.at.settle(paymentOf(debit));
  rig.at.failLate(paymentOf(debit));
}

async function afterwards(customerId: string): Promise<void> {
  const [refunded = '', won = '', credited = ''] = [
    await openFor(customerId),
    await openFor(customerId),
    await openFor(customerId),
  ];
  for (const invoice of [refunded, won]) pay(invoice, 'pm_card_visa');
  const refund = rig.at.create('refunds', { payment_intent: paymentOf(refunded), amount: 100 });
  rig.at.failRefund(refund.id);
  rig.at.closeDispute(rig.at.dispute(chargeOf(won)).id, 'won');
  const taken = rig.at.create('credit_notes', { invoice: credited, amount: 500 });
  rig.at.act('credit_notes', taken.id, 'void');
  rig.at.create('credit_notes', { invoice: credited, amount: 1_000 });
  const part = { amount: 9_000, currency: 'usd', customer: customerId, confirm: true };
  const over = rig.at.create('payment_intents', { ...part, payment_method: 'pm_card_visa' });
  rig.at.act('invoices', credited, 'attach_payment', { payment_intent: over.id });
}

/** Drives the stand-in through everything it can tell. */
async function live(): Promise<void> {
  const customerId = await newCustomer(rig);
  await payments(customerId);
  await afterwards(customerId);
  const { gateway, connection } = rig;
  await gateway.voidInvoice(connection, await openFor(customerId), 'op:void');
  await gateway.sendInvoice(connection, await openFor(customerId), 'op:send');
  rig.at.act('invoices', await openFor(customerId), 'mark_uncollectible');
  const draft = rig.at.create('invoices', {
    customer: customerId,
    collection_method: 'charge_automatically',
  });
  rig.at.request('DELETE', `/v1/invoices/${draft.id}`);
  rig.at.act('payment_methods', (await rig.method('instant', customerId)) ?? '', 'detach');
  rig.at.request('POST', `/v1/customers/${customerId}`, { name: 'Ada New' });
  rig.at.steer(rig.subscribe(customerId), 'end');
  rig.at.request('DELETE', `/v1/customers/${await newCustomer(rig)}`);
}

function payout(type: string): unknown {
  const object: Partial<Stripe.Payout> = {
    id: 'po_1',
    object: 'payout',
    amount: 5_000,
    currency: 'usd',
    status: type.split('.')[1] ?? '',
    arrival_date: 1_790_000_000,
  };
  return {
    id: `evt_${type}`,
    object: 'event',
    api_version: API_VERSION,
    type,
    livemode: false,
    data: { object },
  };
}

test('every event we subscribe to gives facts or something to read', async () => {
  await live();
  for (const type of SUBSCRIBED) {
    const base = LIKE[type] ? { ...eventOf(LIKE[type]), type } : null;
    const one = type.startsWith('payout.') ? [payout(type)] : base ? [base] : ofType(type);
    expect(one.length, type).toBeGreaterThan(0);
    const found = one.map((event) => reads(event));
    expect(
      found.some((each) => each.outcome === 'facts'),
      type,
    ).toBe(true);
    for (const each of found) expect(each.outcome, type).not.toBe('malformed');
    for (const each of found)
      if (each.outcome === 'facts') expect(each.facts.length + each.fetch.length, type).toBeGreaterThan(0);
    expect(envelope(raw(one[0])), type).toMatchObject({ kind: type, known: true, livemode: false });
  }
});

const ofType = (type: string): Told[] => told().filter((event) => event.type === type);

test('an event we did not subscribe to is ignored, and the door knows it at once', async () => {
  await live();
  const others = told().filter(({ type }) => !SUBSCRIBED.includes(type));
  expect(others.length).toBeGreaterThan(0);
  for (const event of others) {
    expect(reads(event)).toEqual({ outcome: 'ignored', reason: 'unknown_kind' });
    expect(envelope(raw(event))).toMatchObject({ known: false });
  }
});

test('what changes freely is read from Stripe, whatever its event says', async () => {
  await live();
  const first = (type: string) => reads(eventOf(type));
  for (const [type, entity] of [
    ['invoice.created', 'invoice'],
    ['customer.updated', 'customer'],
    ['payment_method.attached', 'method'],
    ['payment_intent.processing', 'payment'],
  ]) {
    const found = first(type ?? '');
    expect(found, type).toMatchObject({ facts: [], fetch: [{ entity, id: expect.any(String) }] });
  }
});

test('what a credit note takes off an open invoice is read from Stripe, as it may go back on', async () => {
  const id = await openFor(await newCustomer(rig));
  const note = rig.at.create('credit_notes', { invoice: id, amount: 4_000 });
  rig.at.act('credit_notes', note.id, 'void');
  const fetch = [{ entity: 'invoice', id }];
  for (const type of ['credit_note.created', 'credit_note.voided'])
    expect(reads(eventOf(type)), type).toMatchObject({ facts: [{ entity: 'creditNote' }], fetch });
  const [lowered, raised] = ofType('invoice.updated').slice(-2);
  for (const event of [lowered, raised]) expect(reads(event)).toMatchObject({ outcome: 'facts', fetch });
});

test('an invoice that a credit note paid, and a credit note that gives back what was paid, cost no call', async () => {
  const customerId = await newCustomer(rig);
  const settled = await openFor(customerId);
  rig.at.create('credit_notes', { invoice: settled, amount: 6_250 });
  const [paid] = ofType('invoice.updated').slice(-1);
  expect(reads(paid)).toMatchObject({ facts: [{ body: { status: 'paid' } }, {}, {}], fetch: [] });
  const given = await openFor(customerId);
  pay(given, 'pm_card_visa');
  rig.at.create('credit_notes', { invoice: given, amount: 1_000, credit_amount: 1_000 });
  const [last] = ofType('credit_note.created').slice(-1);
  expect(reads(last)).toMatchObject({ facts: [{ body: { paidOutMinor: 1_000 } }], fetch: [] });
});

test('a payment withdrawn late says at once that it was paid and is not any more', async () => {
  await payments(await newCustomer(rig));
  const late = ofType('charge.failed').map((event) => reads(event));
  const facts = late.flatMap((each) => (each.outcome === 'facts' ? each.facts : []));
  expect(facts).toMatchObject([{ aspect: 'late', body: { capturedMinor: 6_250, failedLateMinor: 6_250 } }]);
  expect(late).toContainEqual({ outcome: 'ignored', reason: 'says_nothing_new' });
});

const UNKNOWN: [type: string, field: Record<string, unknown>, expected: object][] = [
  ['invoice.finalized', { status: 'hibernating' }, { facts: [], fetch: [{ entity: 'invoice' }] }],
  ['payment_intent.succeeded', { status: 'dreaming' }, { facts: [], fetch: [{ entity: 'payment' }] }],
  ['refund.created', { status: 'dreaming' }, { facts: [{ body: { status: 'pending' } }] }],
  ['charge.dispute.created', { status: 'dreaming' }, { facts: [{ body: { status: 'under_review' } }] }],
  ['invoice_payment.paid', { status: 'dreaming' }, { facts: [{ body: { status: 'open' } }] }],
];

test.each(UNKNOWN)(
  'a state of %s that nobody knows yet is pending, never paid',
  async (type, field, expected) => {
    await live();
    const event = eventOf(type);
    Object.assign(event.data.object, field);
    expect(reads(event)).toMatchObject({ outcome: 'facts', ...expected });
  },
);

const BROKEN: [why: string, field: Record<string, unknown>][] = [
  ['no amount', { amount_due: null }],
  ['an amount with decimals', { amount_due: 12.5 }],
  ['an amount in words', { amount_due: '12' }],
  ['no id', { id: undefined }],
  ['an unknown currency', { currency: 'zzz' }],
  ['an amount the currency does not have', { currency: 'isk', amount_due: 1_050 }],
];

test.each(BROKEN)('an invoice with %s is malformed', async (_why, field) => {
  await openFor(await newCustomer(rig));
  const event = eventOf('invoice.finalized');
  Object.assign(event.data.object, field);
  expect(reads(event)).toEqual({ outcome: 'malformed', reason: 'malformed' });
});

test('an invoice with more lines than its event shows is read as well', async () => {
  const unit = { amountMinor: 100, currency: 'USD' };
  const lines = Array.from({ length: 12 }, (_, index) => ({
    description: `Item ${index}`,
    quantity: 1,
    unit,
  }));
  const { invoiceId } = await newInvoice(rig, { lines });
  const found = reads(eventOf('invoice.finalized'));
  expect(found).toMatchObject({ outcome: 'facts', fetch: [{ entity: 'invoice', id: invoiceId }] });
  expect(found.outcome === 'facts' && found.facts.length).toBeGreaterThan(10);
});
