// What the adapter reads from Stripe when objects are long, odd or gone, and what it does when it comes back a day later.
import nock from 'nock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { createStripeGateway } from '../../../src/gateways/stripe/index.ts';
import {
  factsListed,
  factsTold,
  folded,
  invoiceWish,
  newCustomer,
  newInvoice,
  read,
} from '../../contract/gateway-rig.ts';
import { stripeRig, type StripeRig } from '../../contract/stripe-rig.ts';

let rig: StripeRig;
beforeEach(async () => {
  rig = await stripeRig();
});
afterEach(async () => {
  nock.cleanAll();
  await rig.close();
});

const item = (index: number) => ({
  description: `Item ${index}`,
  quantity: 1,
  unit: { amountMinor: 100, currency: 'USD' },
});
const manyLines = Array.from({ length: 23 }, (_, index) => item(index));

const list = (kind: string, cursor: string | null = null) =>
  rig.gateway.list(rig.connection, kind, cursor, 1);

test('an invoice of 23 lines has 23 lines when it is made, found, read and listed', async () => {
  const { gateway, connection } = rig;
  const wish = invoiceWish(await newCustomer(rig), { lines: manyLines });
  const made = await gateway.createInvoice(connection, wish, 'op:draft');
  const found = await gateway.findInvoice(connection, wish.customerId, wish.operationId);
  const fetched = await read(rig, { entity: 'invoice', id: made.id });
  const listed = await list('invoices');
  for (const facts of [made.facts, found?.facts ?? [], fetched, listed.facts])
    expect(folded(facts).line).toHaveLength(23);
});

test('an invoice paid in 12 parts has 12 allocations', async () => {
  const { customerId, invoiceId } = await newInvoice(rig, { lines: manyLines });
  for (let count = 0; count < 12; count += 1) {
    const part = { amount: 100, currency: 'usd', customer: customerId, confirm: true };
    const paid = rig.at.create('payment_intents', { ...part, payment_method: 'pm_card_visa' });
    rig.at.act('invoices', invoiceId, 'attach_payment', { payment_intent: paid.id });
  }
  const ledger = folded(await read(rig, { entity: 'invoice', id: invoiceId }));
  expect(ledger.allocation.filter(({ body }) => body.status === 'paid')).toHaveLength(12);
  expect(ledger.invoice[0]?.body.remainingMinor).toBe(2_300 - 1_200);
});

const BASE = 'https://stripe.example.test';
const served = createStripeGateway({ apiBase: BASE }, systemClock);

/** Answers one list as the stand-in would, with some objects changed to what it would never hold. */
function serve(path: string, query: object, change: (object: Record<string, unknown>) => void): void {
  const page = rig.at.request('GET', path, query) as unknown as { data: Record<string, unknown>[] };
  for (const object of page.data) change(object);
  nock(BASE).get(path).query(true).reply(200, page);
}

test.each([
  ['an unknown currency', { currency: 'zzz' }],
  ['an amount its currency does not have', { currency: 'isk', amount_due: 1_050 }],
  ['an amount that is none', { amount_due: null }],
])('an invoice with %s is left out of its page of history and counted', async (_why, odd) => {
  const good = await newInvoice(rig);
  const bad = await newInvoice(rig);
  serve('/v1/invoices', { expand: ['data.payments'] }, (invoice) => {
    if (invoice['id'] === bad.invoiceId) Object.assign(invoice, odd);
  });
  const page = await served.list(rig.connection, 'invoices', null, 1);
  expect(page).toMatchObject({ objects: 2, skipped: 1, next: null });
  expect(folded(page.facts).invoice.map(({ id }) => id)).toEqual([good.invoiceId]);
});

test('an invoice nobody can represent is refused for good when it is read alone', async () => {
  const { invoiceId } = await newInvoice(rig);
  const invoice = rig.at.request('GET', `/v1/invoices/${invoiceId}`);
  nock(BASE)
    .get(`/v1/invoices/${invoiceId}`)
    .query(true)
    .reply(200, { ...invoice, currency: 'zzz' });
  const reading = served.fetch(rig.connection, { entity: 'invoice', id: invoiceId }, 1);
  await expect(reading).rejects.toMatchObject({ code: 'gateway_rejected', context: { code: 'unreadable' } });
});

test('the credit of a customer without a currency of their own is read in the currency it is in', async () => {
  const customerId = await newCustomer(rig);
  const customer = rig.at.request('GET', `/v1/customers/${customerId}`);
  const bare = { ...customer, currency: null, balance: -500 };
  const asked = { ...bare, invoice_credit_balance: { eur: 500, usd: 0 } };
  nock(BASE).get(`/v1/customers/${customerId}`).reply(200, bare);
  nock(BASE)
    .get(`/v1/customers/${customerId}`)
    .query({ 'expand[0]': 'invoice_credit_balance' })
    .reply(200, asked);
  nock(BASE)
    .get(`/v1/customers/${customerId}/payment_methods`)
    .query(true)
    .reply(200, { object: 'list', data: [], has_more: false });
  const facts = await served.fetch(rig.connection, { entity: 'customer', id: customerId }, 1);
  expect(folded(facts).customer[0]?.body).toMatchObject({ currency: 'EUR', creditMinor: 500 });
  expect(nock.isDone()).toBe(true);
});

test('a customer who owes on top holds no credit', async () => {
  const customerId = await newCustomer(rig);
  rig.at.request('POST', `/v1/customers/${customerId}`, { balance: 700 });
  const owing = folded(await read(rig, { entity: 'customer', id: customerId }));
  expect(owing.customer[0]?.body).toMatchObject({ currency: 'USD', creditMinor: 0 });
  rig.at.request('POST', `/v1/customers/${customerId}`, { balance: -300 });
  const credited = folded(await read(rig, { entity: 'customer', id: customerId }));
  expect(credited.customer[0]?.body).toMatchObject({ currency: 'USD', creditMinor: 300 });
});

test('a customer deleted at Stripe is deleted here and keeps what was known', async () => {
  const customerId = await newCustomer(rig);
  const before = await read(rig, { entity: 'customer', id: customerId });
  rig.at.request('DELETE', `/v1/customers/${customerId}`);
  const after = await read(rig, { entity: 'customer', id: customerId });
  expect(folded([...before, ...after]).customer[0]?.body).toMatchObject({ deleted: true });
});

test('a draft that is gone when it is read is deleted, an open invoice never is', async () => {
  const wish = invoiceWish(await newCustomer(rig));
  const draft = await rig.gateway.createInvoice(rig.connection, wish, 'op:draft');
  rig.at.request('DELETE', `/v1/invoices/${draft.id}`);
  const gone = await read(rig, { entity: 'invoice', id: draft.id });
  expect(folded([...draft.facts, ...gone]).invoice[0]?.body).toMatchObject({
    status: 'deleted',
    currency: 'USD',
  });
  const { invoiceId } = await newInvoice(rig);
  const open = await read(rig, { entity: 'invoice', id: invoiceId });
  const wrong = gone.map((fact) => ({ ...fact, id: invoiceId }));
  expect(folded([...open, ...wrong]).invoice[0]?.body.status).toBe('open');
});

test('history goes on when the object its cursor names was deleted meanwhile', async () => {
  const ids: string[] = [];
  for (let count = 0; count < 102; count += 1)
    ids.push(rig.at.create('customers', { name: `Customer ${count}` }).id);
  const first = await list('customers');
  expect(first.next).not.toBeNull();
  rig.at.request('DELETE', `/v1/customers/${first.next}`);
  const seen = new Set(first.facts.map(({ id }) => id));
  let cursor = first.next;
  while (cursor !== null) {
    const page = await list('customers', cursor);
    for (const { id } of page.facts) seen.add(id);
    cursor = page.next;
  }
  expect([...seen].sort()).toEqual(ids.toSorted());
});

test('a refund, and the credit it comes from, happen once, also when the steps are repeated a day later', async () => {
  const { customerId, invoiceId } = await newInvoice(rig);
  const { gateway, connection } = rig;
  const method = (await rig.method('instant', customerId)) ?? '';
  const charged = await gateway.chargeSavedMethod(connection, invoiceId, method, 'op:charge');
  const paymentId = 'paymentId' in charged ? charged.paymentId : '';
  rig.at.request('POST', `/v1/customers/${customerId}`, { balance: -900 });
  const wish = { amount: { amountMinor: 900, currency: 'USD' }, operationId: 'op-back' };
  const both = async () => {
    const made = await gateway.refund(connection, { ...wish, paymentId }, 'op-back:refund');
    await gateway.useUpCredit(connection, { ...wish, customerId }, 'op-back:use-up');
    return made;
  };
  const first = await both();
  const soon = await both();
  rig.forgetKeys();
  const late = await both();
  expect([soon.id, late.id]).toEqual([first.id, first.id]);
  expect(rig.effects().refunds).toBe(1);
  const ledger = folded([...late.facts, ...(await read(rig, { entity: 'customer', id: customerId }))]);
  expect(ledger.refund).toMatchObject([{ body: { paymentId, amountMinor: 900, operationId: 'op-back' } }]);
  expect(ledger.customer[0]?.body.creditMinor).toBe(0);
  expect(rig.at.all('customers')[0]?.balance).toBe(0);
});

test('credit of a customer who is gone cannot be used up, and that is a definite no', async () => {
  const customerId = await newCustomer(rig);
  rig.at.request('DELETE', `/v1/customers/${customerId}`);
  const wish = { customerId, amount: { amountMinor: 900, currency: 'USD' }, operationId: 'op-back' };
  await expect(rig.gateway.useUpCredit(rig.connection, wish, 'op-back:use-up')).rejects.toMatchObject({
    code: 'gateway_rejected',
    retry: 'never',
  });
});

test('a mail is sent once by a step however late it is repeated, again by another step, and never for a paid invoice', async () => {
  const { customerId, invoiceId } = await newInvoice(rig);
  const { gateway, connection } = rig;
  await gateway.sendInvoice(connection, invoiceId, 'op-1:send');
  rig.forgetKeys();
  await gateway.sendInvoice(connection, invoiceId, 'op-1:send');
  expect(rig.effects().mails).toBe(1);
  await gateway.sendInvoice(connection, invoiceId, 'op-2:send');
  expect(rig.effects().mails).toBe(2);
  const method = (await rig.method('instant', customerId)) ?? '';
  await gateway.chargeSavedMethod(connection, invoiceId, method, 'op:charge');
  const paid = await gateway.sendInvoice(connection, invoiceId, 'op-3:send');
  expect(folded(paid.facts).invoice[0]?.body.status).toBe('paid');
  expect(rig.effects().mails).toBe(2);
});

test('refunds, disputes and credit notes are the same when told, read and listed', async () => {
  const { customerId, invoiceId } = await newInvoice(rig);
  const { gateway, connection } = rig;
  const method = (await rig.method('instant', customerId)) ?? '';
  const charged = await gateway.chargeSavedMethod(connection, invoiceId, method, 'op:charge');
  const paymentId = 'paymentId' in charged ? charged.paymentId : '';
  const refund = rig.at.create('refunds', { payment_intent: paymentId, amount: 100 });
  rig.at.failRefund(refund.id);
  const dispute = rig.at.dispute(rig.at.all('charges')[0]?.id ?? '', 500);
  rig.at.closeDispute(dispute.id, 'lost');
  const other = await newInvoice(rig, { customerId });
  const note = rig.at.create('credit_notes', { invoice: other.invoiceId, amount: 1_000 });
  const told = folded(await factsTold(rig, rig.told()));
  const listed = folded(await factsListed(rig));
  for (const [entity, id, body] of [
    ['refund', refund.id, { status: 'failed', amountMinor: 100, paymentId }],
    ['dispute', dispute.id, { status: 'lost', amountMinor: 500, paymentId }],
    ['creditNote', note.id, { status: 'issued', amountMinor: 1_000, invoiceId: other.invoiceId }],
  ] as const) {
    const alone = folded(await read(rig, { entity, id }))[entity];
    expect(alone).toMatchObject([{ id, body }]);
    expect(told[entity].map((entry) => entry.body)).toEqual([alone[0]?.body]);
    expect(listed[entity].map((entry) => entry.body)).toEqual([alone[0]?.body]);
  }
});

test('an old operation is found behind a hundred newer invoices', async () => {
  const { gateway, connection } = rig;
  const { customerId, invoiceId } = await newInvoice(rig, { operationId: 'op-old' });
  for (let count = 0; count < 101; count += 1) rig.at.create('invoices', { customer: customerId });
  expect((await gateway.findInvoice(connection, customerId, 'op-old'))?.id).toBe(invoiceId);
});

test('the rates of the account are offered, without those it has retired', async () => {
  const rate = { display_name: 'VAT', percentage: '19', inclusive: false };
  const { id } = rig.at.create('tax_rates', rate);
  rig.at.create('tax_rates', { ...rate, active: false });
  expect(await rig.gateway.taxRates(rig.connection)).toEqual([
    { id, name: 'VAT', percent: '19', inclusive: false },
  ]);
});

test('a listed event of another version says only where to look', async () => {
  const { invoiceId, customerId } = await newInvoice(rig);
  const paid = rig.at.create('payment_intents', {
    amount: 100,
    currency: 'usd',
    customer: customerId,
    confirm: true,
    payment_method: 'pm_card_visa',
  });
  rig.at.act('invoices', invoiceId, 'attach_payment', { payment_intent: paid.id });
  serve('/v1/events', { limit: 100 }, (event) => Object.assign(event, { api_version: '2020-08-27' }));
  const page = await served.events(rig.connection, new Date(0), null);
  expect(page.facts).toEqual([]);
  const intents = rig.at.all('payment_intents').map(({ id }) => `payment ${id}`);
  expect(intents).toContain(`payment ${paid.id}`);
  const named = new Set(page.fetch.map(({ entity, id }) => `${entity} ${id}`));
  expect(named).toEqual(new Set([`customer ${customerId}`, `invoice ${invoiceId}`, ...intents]));
  expect((await rig.gateway.events(rig.connection, new Date(0), null)).facts).not.toEqual([]);
});

test('history since a moment asks Stripe for what was made from that second on', async () => {
  const { invoiceId } = await newInvoice(rig);
  const [invoice] = rig.at.all('invoices');
  const at = (seconds: number) => new Date((invoice!.created + seconds) * 1000);
  const ids = async (since: Date) =>
    folded((await rig.gateway.list(rig.connection, 'invoices', null, 1, { from: since })).facts).invoice.map(
      ({ id }) => id,
    );
  expect(await ids(new Date(at(0).getTime() + 999))).toEqual([invoiceId]);
  expect(await ids(at(1))).toEqual([]);
});

test('two windows of history that meet at a second hold what was made in it once, and each request waits for its turn', async () => {
  await newInvoice(rig);
  const [invoice] = rig.at.all('invoices');
  const border = new Date(invoice!.created * 1000);
  let turns = 0;
  const connection = { ...rig.connection, pace: async () => void (turns += 1) };
  const above = await rig.gateway.list(connection, 'invoices', null, 1, { from: border });
  const below = await rig.gateway.list(connection, 'invoices', null, 1, { before: border });
  expect([above.objects, below.objects]).toEqual([1, 0]);
  expect(above.made).toEqual({ oldest: border, newest: border });
  expect(below.made).toBeUndefined();
  expect(turns).toBe(2);
});
