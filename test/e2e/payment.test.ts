// What becomes of a payment, from the payer's browser to the rep's card: bank debits, saved cards, overpayments.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { agreeToSave, authenticate, payByBank, payWith, tabCard } from '../../sandbox/demo/browser-steps.ts';
import { chargeOnFile, dialogOf, giveBack, invoiceRow, linkIn } from '../../sandbox/demo/card-steps.ts';
import { ask, heading } from './asking.ts';
import { chargesOf, intentsOf, invoiceAt } from './gateway.ts';
import { ADMIN, leave, openStage, PORTAL, waitFor, type Stage } from './rig.ts';

const CARDS = { good: '4242424242424242', asksAlways: '4000002760003184' };

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach((context) => leave(stage.browser, context));
afterAll(() => stage.close());

const property = (contact: string, name: string): string | undefined =>
  stage.world.hubspot.portal(PORTAL).properties('contacts', stage.ref(contact))?.[name];

const says = (contact: string, name: string, value: string): Promise<boolean> =>
  waitFor(`${name} of ${contact} to be ${value}`, () =>
    property(contact, name) === value ? true : undefined,
  );

async function shows(rep: Page, number: string, status: string): Promise<void> {
  await rep.reload();
  await invoiceRow(rep, number).getByText(status, { exact: true }).waitFor();
}

describe('a bank debit', () => {
  test('is shown as processing until it settles, and only then as paid', async () => {
    const { rep, number, payUrl } = await ask(stage, 'milo', '310.00');
    const payer = await stage.payer();
    await payer.goto(payUrl);
    await payByBank(payer);
    await heading(payer, 'We are confirming your payment');
    await shows(rep, number, 'Payment processing');
    expect(invoiceAt(stage.stripe, number).status).toBe('open');
    const [intent = ''] = intentsOf(stage.stripe, number);
    stage.stripe.settle(intent, { silent: false });
    await heading(payer, 'Payment received');
    await shows(rep, number, 'Paid');
    await says('milo', 'payside_owed', '0.00');
    expect(chargesOf(stage.stripe, number)).toHaveLength(1);
  });

  test('that comes back late is owed again on the card and in HubSpot', async () => {
    const { rep, number, payUrl } = await ask(stage, 'hana', '95.50');
    const payer = await stage.payer();
    await payer.goto(payUrl);
    await payByBank(payer);
    await heading(payer, 'We are confirming your payment');
    const [intent = ''] = intentsOf(stage.stripe, number);
    stage.stripe.settle(intent, { silent: false });
    await says('hana', 'payside_owed', '0.00');
    stage.stripe.failLate(intent, { silent: false });
    await says('hana', 'payside_owed', '95.50');
    await rep.reload();
    await tabCard(rep).getByText('$95.50').first().waitFor();
    const { owed } = await stage.view('contacts', 'hana');
    expect(owed).toEqual([{ amountMinor: 9550, currency: 'USD', text: '$95.50' }]);
  });
});

describe('a card on file', () => {
  test('is charged only after the payer agreed to it', async () => {
    const first = await ask(stage, 'jose', '120.00');
    const payer = await stage.payer();
    await payer.goto(first.payUrl);
    const consent = await payer.locator('label.save').innerText();
    await agreeToSave(payer);
    await payWith(payer, CARDS.good);
    await heading(payer, 'Payment received');
    const second = await ask(stage, 'jose', '80.00');
    await chargeOnFile(second.rep, second.number);
    await invoiceRow(second.rep, second.number).getByText('Paid', { exact: true }).waitFor();
    expect(invoiceAt(stage.stripe, second.number).status).toBe('paid');
    expect(chargesOf(stage.stripe, second.number)).toHaveLength(1);
    expect(consent).toContain('to charge it for later invoices');
    await says('jose', 'payside_owed', '0.00');
  });

  test('is not offered when the payer did not agree', async () => {
    const first = await ask(stage, 'thuy', '40.00');
    const payer = await stage.payer();
    await payer.goto(first.payUrl);
    await payWith(payer, CARDS.good);
    await heading(payer, 'Payment received');
    const second = await ask(stage, 'thuy', '41.00');
    await invoiceRow(second.rep, second.number).getByRole('button', { name: 'More' }).click();
    await invoiceRow(second.rep, second.number).getByRole('button', { name: 'Void' }).waitFor();
    expect(await second.rep.getByRole('button', { name: 'Charge card on file' }).count()).toBe(0);
  });

  test('whose bank wants the payer becomes a link by itself', async () => {
    const first = await ask(stage, 'magdalena', '60.00');
    const payer = await stage.payer();
    await payer.goto(first.payUrl);
    await agreeToSave(payer);
    await payWith(payer, CARDS.asksAlways);
    await authenticate(payer);
    await heading(payer, 'Payment received');
    const second = await ask(stage, 'magdalena', '61.00');
    await chargeOnFile(second.rep, second.number);
    const dialog = dialogOf(second.rep);
    await dialog.getByText('The bank wants the customer to confirm').waitFor();
    expect(invoiceAt(stage.stripe, second.number).status).toBe('open');
    await payer.goto(await linkIn(dialog));
    await payWith(payer, CARDS.asksAlways);
    await authenticate(payer);
    await heading(payer, 'Payment received');
    expect(chargesOf(stage.stripe, second.number)).toHaveLength(1);
  });
});

describe('an overpayment', () => {
  test('is a credit on the card that can be given back once', async () => {
    const { rep, number, payUrl } = await ask(stage, 'priya', '100.00');
    const payer = await stage.payer();
    const invoice = invoiceAt(stage.stripe, number);
    const extra = stage.stripe.create(
      'payment_intents',
      {
        amount: 13_000,
        currency: 'usd',
        customer: invoice.customer,
        payment_method: 'pm_card_visa',
        confirm: true,
      },
      { silent: false },
    );
    const attached = { payment_intent: extra.id };
    stage.stripe.act('invoices', invoice.id, 'attach_payment', attached, { silent: false });
    await waitFor('the credit', async () =>
      (await stage.view('contacts', 'priya', ADMIN)).credit.length > 0 ? true : undefined,
    );
    await rep.reload();
    await tabCard(rep).getByText('Credit', { exact: true }).waitFor();
    await giveBack(rep, '30.00');
    await rep.getByText('$30.00 is on its way back to the customer.').first().waitFor();
    await tabCard(rep).getByText('Credit', { exact: true }).waitFor({ state: 'detached' });
    const refunds = stage.stripe.all('refunds').map(({ amount, payment_intent }) => [amount, payment_intent]);
    expect(refunds).toEqual([[3_000, extra.id]]);
    const customer = stage.stripe.all('customers').find(({ id }) => id === invoice.customer);
    expect(customer?.balance).toBe(0);
    await payer.goto(payUrl);
    await heading(payer, 'Payment received');
  });
});
