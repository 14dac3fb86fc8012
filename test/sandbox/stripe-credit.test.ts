// Credit at the Stripe stand-in: credit notes that are taken back, and what is left of a customer who is deleted.
import type { Stripe } from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openInvoice, startGround, type Ground } from './stripe-ground.ts';

let ground: Ground;
let stripe: Stripe;

beforeEach(async () => {
  ground = await startGround();
  ({ stripe } = ground);
});
afterEach(() => ground.close());

const customer = (): Promise<Stripe.Customer> =>
  stripe.customers.create({ name: 'Lena Fischer', email: 'lena@example.com' });

const refused = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'not refused',
    (error: unknown) => error,
  );

test('a credit note of an open invoice can be voided, and the invoice asks for its amount again', async () => {
  const { id } = await customer();
  const invoice = await openInvoice(stripe, id, 10_000);
  const note = await stripe.creditNotes.create({ invoice: invoice.id, amount: 4000 });
  expect(await stripe.creditNotes.voidCreditNote(note.id)).toMatchObject({ status: 'void' });
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
    amount_due: 10_000,
    amount_remaining: 10_000,
    pre_payment_credit_notes_amount: 0,
  });
  expect(await refused(stripe.creditNotes.voidCreditNote(note.id))).toMatchObject({ statusCode: 400 });
  const { data } = await stripe.events.list({ limit: 2 });
  expect(data.map(({ type }) => type)).toEqual(['invoice.updated', 'credit_note.voided']);
  expect(data[0]?.data.previous_attributes).toMatchObject({ pre_payment_credit_notes_amount: 4000 });
  const paid = await stripe.creditNotes.create({ invoice: invoice.id, amount: 10_000 });
  expect(await refused(stripe.creditNotes.voidCreditNote(paid.id))).toMatchObject({ statusCode: 400 });
});

test('the credit of a deleted customer is gone, and their payments can still be refunded', async () => {
  const { id } = await customer();
  const invoice = await openInvoice(stripe, id, 10_000);
  await stripe.invoices.pay(invoice.id, { payment_method: 'pm_card_visa' });
  const { data } = await stripe.invoicePayments.list({ invoice: invoice.id });
  await stripe.customers.del(id);
  expect(await stripe.customers.retrieve(id)).toMatchObject({ deleted: true });
  expect(await refused(stripe.customers.listBalanceTransactions(id))).toMatchObject({ statusCode: 404 });
  const move = { amount: 100, currency: 'usd' };
  expect(await refused(stripe.customers.createBalanceTransaction(id, move))).toMatchObject({
    statusCode: 404,
  });
  const payment = String(data[0]?.payment.payment_intent);
  expect(await stripe.refunds.create({ payment_intent: payment, amount: 100 })).toMatchObject({
    amount: 100,
  });
});
