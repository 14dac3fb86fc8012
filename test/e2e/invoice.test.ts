// What a rep makes on the card and where it goes: invoices typed in, mail, voided ones, links for an amount.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { tabCard } from '../../sandbox/demo/browser-steps.ts';
import {
  closeDialog,
  dialogOf,
  invoiceRow,
  linkIn,
  makeLink,
  openAction,
  typeInvoice,
} from '../../sandbox/demo/card-steps.ts';
import { startPages, type StartPage } from '../../sandbox/pages/start-page.ts';
import type { AccountHandle } from '../../sandbox/stripe/start.ts';
import { ask, heading } from './asking.ts';
import { invoiceAt } from './gateway.ts';
import { FINANCE, leave, openStage, PORTAL, REP, waitFor, type Stage } from './rig.ts';

const DAY_S = 86_400;

let stage: Stage;
let pages: StartPage;

beforeAll(async () => {
  stage = await openStage({ prepare: beforeInstall });
  pages = await startPages(stage.world, 0);
});
afterEach((context) => leave(stage.browser, context));
afterAll(async () => {
  await pages.close();
  await stage.close();
});

/** A rate to charge, and a customer who has been billed in euros. */
function beforeInstall(stripe: AccountHandle): void {
  stripe.create('tax_rates', { display_name: 'VAT', percentage: '20', inclusive: false, country: 'FR' });
  const email = 'solveig+bikes@tidewater-museum.example';
  const { id } = stripe.create('customers', { name: 'Sólveig Hallgrímsdóttir', email });
  const terms = { customer: id, currency: 'eur', collection_method: 'send_invoice', days_until_due: 30 };
  const draft = stripe.create('invoices', terms);
  stripe.act('invoices', draft.id, 'add_lines', { lines: [{ description: 'Before', amount: 1_000 }] });
  stripe.act('invoices', draft.id, 'finalize');
}

test('an invoice typed in with tax, memo and another currency is what the payer and the gateway see', async () => {
  const rep = await stage.record('contacts', 'solveig', REP);
  await typeInvoice(rep, {
    lines: [
      { description: 'Wheel, rebuilt', quantity: '2', price: '45.25' },
      { description: 'Bell', quantity: '1', price: '9.99' },
    ],
    currency: 'EUR',
    tax: 'VAT 20 %',
    memo: 'For the opening night',
    send: true,
  });
  const invoice = await waitFor('the invoice', () =>
    stage.stripe.all('invoices').find(({ total, status }) => total === 12_059 && status === 'open'),
  );
  expect(invoice).toMatchObject({
    currency: 'eur',
    amount_remaining: 12_059,
    collection_method: 'send_invoice',
  });
  const days = (Number(invoice.due_date) - stage.world.clock.now().getTime() / 1000) / DAY_S;
  expect(days).toBeGreaterThan(13);
  expect(days).toBeLessThan(15);
  await rep.getByText(`${invoice.number}`).first().waitFor();
  await invoiceRow(rep, String(invoice.number)).getByText('For the opening night').waitFor();
  const mail = await stage.payer();
  await mail.goto(`${pages.url}/mailbox`);
  const row = mail.getByRole('row').filter({ hasText: String(invoice.number) });
  expect(await row.innerText()).toContain('solveig+bikes@tidewater-museum.example');
  const { invoices } = await stage.view('contacts', 'solveig');
  await mail.goto(invoices.find(({ number }) => number === invoice.number)?.payUrl ?? '');
  await heading(mail, 'Pay €120.59');
  const shown = await mail.locator('.summary').innerText();
  for (const text of ['Wheel, rebuilt × 2', '€90.50', 'Bell', '€9.99', '€20.10', 'For the opening night'])
    expect(shown).toContain(text);
});

test('what is missing is said at its field, and nothing is sent', async () => {
  const rep = await stage.record('contacts', 'dmitri', REP);
  await typeInvoice(rep, { lines: [{ description: '', quantity: '0', price: '' }] });
  const dialog = dialogOf(rep);
  for (const text of ['Say what it is.', 'A whole number.', 'Type the amount.'])
    await dialog.getByText(text).waitFor();
  expect((await stage.view('contacts', 'dmitri')).invoices).toEqual([]);
});

test('an invoice is voided only after a second look, and its link says so', async () => {
  const { number, payUrl } = await ask(stage, 'hana', '35.00');
  const rep = await stage.record('contacts', 'hana', FINANCE);
  const dialog = await openAction(rep, number, 'Void');
  await dialog.getByText('It cannot be undone.').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(invoiceAt(stage.stripe, number).status).toBe('open');
  await openAction(rep, number, 'Void');
  await dialog.getByRole('button', { name: 'Void invoice' }).click();
  await invoiceRow(rep, number).getByText('Void', { exact: true }).waitFor();
  expect(invoiceAt(stage.stripe, number).status).toBe('void');
  const payer = await stage.payer();
  await payer.goto(payUrl);
  await heading(payer, 'This invoice was cancelled');
  await waitFor('HubSpot to owe nothing', () => {
    const values = stage.world.hubspot.portal(PORTAL).properties('contacts', stage.ref('hana'));
    return Number(values?.['payside_owed']) === 0 && values?.['payside_owed'] ? true : undefined;
  });
});

test('a link for an amount comes with a code to scan and a button that copies it', async () => {
  const rep = await stage.record('contacts', 'xavier', REP);
  const payUrl = await makeLink(rep, { amount: '49.00', description: 'Deposit' });
  const dialog = dialogOf(rep);
  const code = dialog.getByRole('img', { name: 'QR code of the payment link' });
  expect(await code.getAttribute('src')).toMatch(/^data:image\/png;base64,/);
  const width = await code.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth);
  expect(width).toBeGreaterThan(100);
  await dialog.getByRole('button', { name: 'Copy link' }).click();
  await rep.getByText('Payment link copied.').waitFor();
  expect(await rep.evaluate<string>('navigator.clipboard.readText()')).toBe(payUrl);
  expect(await linkIn(dialog)).toBe(payUrl);
  await closeDialog(rep);
  await tabCard(rep).getByText('$49.00').first().waitFor();
  await rep.locator('[data-card="payments_sidebar"]').getByText('$49.00').first().waitFor();
});
