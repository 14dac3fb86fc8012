// When the gateway does not answer at the worst moment: the card says it is checking, and there is one charge in the end.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { agreeToSave, payWith, tabCard } from '../../sandbox/demo/browser-steps.ts';
import { chargeOnFile, closeDialog, dialogOf, invoiceRow } from '../../sandbox/demo/card-steps.ts';
import { ask, heading } from './asking.ts';
import { chargesOf, invoiceAt } from './gateway.ts';
import { leave, openStage, type Stage } from './rig.ts';

const GOOD = '4242424242424242';
const ALL = 10_000;

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(async (context) => {
  stage.world.stripe.faults.clear();
  await leave(stage.browser, context);
});
afterAll(() => stage.close());

/** A contact whose card may be charged, with an open invoice on their card. */
async function chargeable(contact: string): Promise<{ rep: Page; number: string }> {
  const first = await ask(stage, contact, '10.00');
  const payer = await stage.payer();
  await payer.goto(first.payUrl);
  await agreeToSave(payer);
  await payWith(payer, GOOD);
  await heading(payer, 'Payment received');
  return ask(stage, contact, '30.00');
}

/** `reset-after`: the charge happens, its answer is lost. `hang`: nobody knows; here nothing has happened. */
test.each([
  ['jose', 'reset-after'],
  ['thuy', 'hang'],
])(
  '%s: a charge met by %s is being checked, also after a reload, and ends as one charge',
  async (contact, fault) => {
    const { rep, number } = await chargeable(contact);
    stage.world.stripe.faults.arm(fault, ALL, 0, '/pay');
    await chargeOnFile(rep, number);
    await dialogOf(rep).getByText('Nothing is done twice').waitFor();
    await rep.reload();
    await tabCard(rep).getByText('is being checked with the gateway').waitFor();
    const { unfinished } = await stage.view('contacts', contact);
    expect(unfinished).toMatchObject([{ kind: 'charge-saved-method', state: 'checking' }]);
    stage.world.stripe.faults.clear();
    await invoiceRow(rep, number).getByText('Paid', { exact: true }).waitFor({ timeout: 20_000 });
    await tabCard(rep).getByText('is being checked with the gateway').waitFor({ state: 'detached' });
    expect(chargesOf(stage.stripe, number)).toHaveLength(1);
    expect(invoiceAt(stage.stripe, number)).toMatchObject({ status: 'paid', amount_paid: 3_000 });
  },
  40_000,
);

test('an invoice whose making was cut off is made once, however often it is tried', async () => {
  const { rep } = await ask(stage, 'priya', '1.00');
  stage.world.stripe.faults.arm('reset-after', 1, 0);
  const card = tabCard(rep);
  await card.getByRole('button', { name: 'Payment link' }).click();
  const dialog = dialogOf(rep);
  await dialog.getByLabel('Amount').fill('77.00');
  await dialog.getByLabel('What it is for').fill('Repair');
  await dialog.getByRole('button', { name: 'Create payment link' }).click();
  await dialog.getByRole('img', { name: 'QR code of the payment link' }).waitFor();
  await closeDialog(rep);
  const made = stage.stripe
    .all('invoices')
    .filter(({ total, status }) => total === 7_700 && status === 'open');
  expect(made).toHaveLength(1);
});
