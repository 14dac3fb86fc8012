// What people do in the dialogs: what is sent, once, and what they are told about it.
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  cardView,
  invoiceView,
  outcomeAnswer,
  payerView,
  refusal,
  viewAnswer,
} from '../cards/sample-view.ts';
import { violations } from '../e2e/accessibility.ts';
import { ORG } from '../sandbox/salesforce-rig.ts';
import { NARROW, NO_ANSWER, openStudio, WIDE, type Body, type Handlers, type Studio } from './studio.ts';

let studio: Studio;
beforeAll(async () => {
  studio = await openStudio();
});
afterEach(() => Promise.all(studio.browser.contexts().map((context) => context.close())));
afterAll(() => studio.close());

const PAY_URL = 'https://connector.payside.example/pay/tok1';
const QR = `data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==`;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const card = (page: Page): Locator => page.locator('c-payside-payments');
const dialog = (page: Page): Locator => page.getByRole('dialog');
const button = (page: Page, name: string): Locator => dialog(page).getByRole('button', { name, exact: true });
const toast = (page: Page): Locator => page.locator('.toast');

const done = (kind: Parameters<typeof outcomeAnswer>[0], { operationId }: Body, result = {}) =>
  outcomeAnswer(kind, operationId, { state: 'done', result: { message: 'Done.', ...result } });

type Sent = { kind: string; body: Body };

/** A card whose operations are kept, and answered by `start`. */
async function openCard(start: Handlers['start'], part = {}, more: Handlers = {}, size = WIDE) {
  const sent: Sent[] = [];
  const opened = await studio.open(
    {
      view: () => viewAnswer(part),
      start: (kind, body) => {
        sent.push({ kind, body });
        return start?.(kind, body);
      },
      ...more,
    },
    { size },
  );
  await card(opened.page).getByText('Owed', { exact: true }).first().waitFor();
  return { ...opened, sent };
}

async function choose(page: Page, action: string): Promise<void> {
  await card(page).getByRole('button', { name: 'More actions for PS-0001' }).click();
  await card(page).getByRole('menuitem', { name: action }).click();
  await dialog(page).waitFor();
}

async function fillLink(page: Page): Promise<void> {
  await card(page).getByRole('button', { name: 'Payment link', exact: true }).click();
  await dialog(page).getByLabel('Amount').fill('12.50');
  await dialog(page).getByLabel('What it is for').fill('Bell');
}

describe('a payment link', () => {
  test('is asked for as it was typed, shown with its code, and watched', async () => {
    const { page, sent, count, pass } = await openCard((kind, body) =>
      done(kind, body, { payUrl: PAY_URL, qr: QR, invoiceId: 'in_acme1' }),
    );
    await fillLink(page);
    await button(page, 'Create payment link').click();
    await dialog(page).getByAltText('QR code of the payment link').waitFor();
    expect(sent).toEqual([
      {
        kind: 'create-link',
        body: {
          operationId: expect.stringMatching(UUID),
          currency: 'EUR',
          amount: '12.50',
          description: 'Bell',
        },
      },
    ]);
    await dialog(page).getByText('Waiting for the payer to open it').waitFor();
    await pass(2000);
    await vi.waitFor(() => expect(count('view')).toBe(2));
    await button(page, 'Copy link').click();
    await toast(page).getByText('Payment link copied.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(PAY_URL);
    expect(await violations(page)).toEqual([]);
  });

  test('says at the field what is missing, and sends nothing', async () => {
    const { page, sent } = await openCard(done);
    await card(page).getByRole('button', { name: 'Payment link', exact: true }).click();
    await button(page, 'Create payment link').click();
    await dialog(page).getByText('Type the amount.').waitFor();
    await dialog(page).getByText('The payer sees this: say what it is for.').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(sent).toEqual([]);
  });

  test('is sent by Enter as well, and the focus returns to where it came from', async () => {
    const { page, sent } = await openCard((kind, body) => done(kind, body, { payUrl: PAY_URL }));
    await card(page).getByRole('button', { name: 'Payment link', exact: true }).focus();
    await page.keyboard.press('Enter');
    await dialog(page).getByLabel('Amount').fill('1');
    await dialog(page).getByLabel('What it is for').fill('Bell');
    await page.keyboard.press('Enter');
    await button(page, 'Copy link').waitFor();
    expect(sent).toHaveLength(1);
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    const focused = `(() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      return at?.textContent?.trim();
    })()`;
    await vi.waitFor(async () => expect(await page.evaluate(focused)).toBe('Payment link'));
  });
});

describe('an invoice', () => {
  test('is made of the lines typed, with tax, day, memo and sending', async () => {
    const { page, sent } = await openCard(done);
    await card(page).getByRole('button', { name: 'New invoice' }).click();
    await dialog(page).getByLabel('Description').fill('Frame');
    await dialog(page).getByLabel('Price each').fill('80');
    await button(page, 'Add line').click();
    await dialog(page).getByLabel('Description').nth(1).fill('Bell');
    await dialog(page).getByLabel('Quantity').nth(1).fill('2');
    await dialog(page).getByLabel('Price each').nth(1).fill('4.25');
    await dialog(page).getByRole('combobox', { name: 'Tax' }).click();
    await dialog(page).getByRole('option', { name: 'VAT 20%' }).click();
    await dialog(page).getByLabel('Memo').fill('Thank you');
    await dialog(page).getByText('Send to ada@example.com').click();
    expect(await violations(page)).toEqual([]);
    await button(page, 'Create invoice').click();
    await dialog(page).waitFor({ state: 'detached' });
    await toast(page).getByText('Done.').waitFor();
    expect(sent[0]?.body).toEqual({
      operationId: expect.stringMatching(UUID),
      currency: 'EUR',
      dueDate: '2026-12-06',
      lines: [
        { description: 'Frame', quantity: 1, amount: '80' },
        { description: 'Bell', quantity: 2, amount: '4.25' },
      ],
      memo: 'Thank you',
      taxRateId: 'txr_vat',
      send: false,
    });
  });

  test("takes the opportunity's products unless lines are typed", async () => {
    const { page, sent } = await openCard(done, {
      record: { objectType: 'Opportunity', recordId: '006000000000001AAA' },
    });
    await card(page).getByRole('button', { name: 'New invoice' }).click();
    expect(await dialog(page).getByLabel('Description').count()).toBe(0);
    await button(page, 'Create and send').click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(sent[0]?.body).toMatchObject({ lines: 'record', send: true });
  });

  test('says at each line what is missing, and a line can be taken away', async () => {
    const { page, sent } = await openCard(done);
    await card(page).getByRole('button', { name: 'New invoice' }).click();
    await button(page, 'Add line').click();
    await button(page, 'Create and send').click();
    await vi.waitFor(async () => expect(await dialog(page).getByText('Say what it is.').count()).toBe(2));
    await button(page, 'Remove line 2').click();
    await vi.waitFor(async () => expect(await dialog(page).getByText('Say what it is.').count()).toBe(1));
    expect(sent).toEqual([]);
  });

  test.each([
    ['Send', 'Send', 'send-invoice', { invoiceId: 'in_acme1' }],
    ['Void', 'Void invoice', 'void-invoice', { invoiceId: 'in_acme1' }],
    [
      'Charge card on file',
      'Charge €80.00',
      'charge-saved-method',
      { invoiceId: 'in_acme1', methodId: 'pm_visa', amountMinor: 8000 },
    ],
  ])('%s is asked once and done once', async (action, label, kind, body) => {
    const { page, sent } = await openCard(done);
    await choose(page, action);
    expect(await violations(page)).toEqual([]);
    await button(page, label).click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(sent).toEqual([{ kind, body: { operationId: expect.stringMatching(UUID), ...body } }]);
  });

  test('its link can be copied and shown again, with the code handed out before', async () => {
    const { page } = await openCard((kind, body) =>
      done(kind, body, { payUrl: PAY_URL, qr: QR, invoiceId: 'in_acme1' }),
    );
    await card(page).getByRole('button', { name: 'Copy link' }).click();
    await vi.waitFor(async () => expect(await page.evaluate('navigator.clipboard.readText()')).toBe(PAY_URL));
    await fillLink(page);
    await button(page, 'Create payment link').click();
    await button(page, 'Close').click();
    await choose(page, 'QR code');
    await dialog(page).getByAltText('QR code of the payment link').waitFor();
  });

  test('that a bank took back is collected again of its own payer: the form is filled in', async () => {
    const reversed = invoiceView({
      payer: { name: 'Grace Murray', email: 'grace@example.com' },
      total: { amountMinor: 5000, currency: 'JPY', text: '¥5,000' },
      again: { description: 'PS-0001, taken back', amount: '5000', currency: 'JPY' },
      actions: ['create-invoice'],
    });
    const { page, sent } = await openCard(done, { invoices: [reversed] });
    await card(page).getByRole('button', { name: 'Collect again' }).click();
    await dialog(page).getByText('For Grace Murray (grace@example.com)').waitFor();
    expect(await dialog(page).getByLabel('Description').inputValue()).toBe('PS-0001, taken back');
    await button(page, 'Create and send').click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(sent[0]?.body).toMatchObject({
      currency: 'JPY',
      lines: [{ description: 'PS-0001, taken back', quantity: 1, amount: '5000' }],
      replaces: 'in_acme1',
    });
  });

  test('whose amount changes while it is being charged says so, and what is shown is what is taken', async () => {
    const less = { amountMinor: 6000, currency: 'EUR', text: '€60.00' };
    const views = [viewAnswer(), viewAnswer({ invoices: [invoiceView({ due: less, charge: less })] })];
    const { page, sent } = await openCard(done, {}, { view: () => views.shift() ?? views[0] });
    await choose(page, 'Charge card on file');
    studio.rig.salesforce
      .org(ORG)
      .events()
      .push({
        type: 'Payside_Update__e',
        fields: { Record_Id__c: studio.rig.salesforce.org(ORG).ref('ada'), Kind__c: 'invoice' },
      });
    await dialog(page).getByText('It was €80.00 when you opened this, and is €60.00 now.').waitFor();
    await button(page, 'Charge €60.00').click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(sent[0]?.body).toMatchObject({ amountMinor: 6000 });
  });

  test('of which nothing is allowed has no buttons', async () => {
    const { page } = await openCard(done, { invoices: [invoiceView({ actions: [], payUrl: null })] });
    expect(await card(page).getByRole('button', { name: 'More actions' }).count()).toBe(0);
  });
});

test('credit goes back up to what the customer has', async () => {
  const { page, sent } = await openCard(done);
  await card(page).getByRole('button', { name: 'Give back credit' }).click();
  await dialog(page).getByText('Credit: €15.00').waitFor();
  await dialog(page).getByLabel('Amount').fill('15');
  await button(page, 'Give back').click();
  await dialog(page).waitFor({ state: 'detached' });
  expect(sent[0]).toMatchObject({ kind: 'return-credit', body: { currency: 'EUR', amount: '15' } });
});

test('a customer that does not belong here is taken off after a question', async () => {
  const { page, sent } = await openCard(done, { payers: [payerView({ actions: ['release-payer'] })] });
  await card(page).getByRole('button', { name: 'Not this customer' }).click();
  await dialog(page).getByText('What Ada Example owes and has paid no longer shows').waitFor();
  expect(await violations(page)).toEqual([]);
  await button(page, 'Take off').click();
  await dialog(page).waitFor({ state: 'detached' });
  expect(sent).toMatchObject([{ kind: 'release-payer', body: { customerId: 'cus_ada' } }]);
});

describe('what did not go well', () => {
  test('what was done with something left to look at stays in sight', async () => {
    const { page } = await openCard((kind, body) =>
      done(kind, body, { message: 'Made, but not sent.', code: 'not_sent' }),
    );
    await choose(page, 'Send');
    await button(page, 'Send').click();
    await dialog(page).getByText('Made, but not sent.').waitFor();
    await button(page, 'Close').click();
    await dialog(page).waitFor({ state: 'detached' });
  });

  test("a refusal stands in the dialog in the connector's words, and the fields can be changed", async () => {
    const { page, sent } = await openCard(() => refusal({ message: 'This amount cannot be collected.' }));
    await fillLink(page);
    await button(page, 'Create payment link').click();
    await dialog(page).getByText('This amount cannot be collected.').waitFor();
    await dialog(page).getByLabel('Amount').fill('13');
    await button(page, 'Create payment link').click();
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[1]?.body.operationId).not.toBe(sent[0]?.body.operationId);
    expect(sent[1]?.body).toMatchObject({ amount: '13' });
  });

  test('a bank that wants its customer leaves a link to pass on', async () => {
    const { page } = await openCard((kind, { operationId }) =>
      outcomeAnswer(kind, operationId, {
        state: 'refused',
        result: {
          message: 'The bank wants its customer.',
          code: 'authentication_required',
          payUrl: PAY_URL,
        },
      }),
    );
    await choose(page, 'Charge card on file');
    await button(page, 'Charge €80.00').click();
    await dialog(page).getByText('The bank wants its customer.').waitFor();
    await dialog(page).getByRole('link', { name: PAY_URL }).waitFor();
    expect(await dialog(page).getByRole('link', { name: PAY_URL }).getAttribute('target')).toBe('_blank');
  });

  test('silence is tried again under the same id, unchanged, also after the dialog was closed', async () => {
    let isUp = false;
    const { page, sent } = await openCard((kind, body) =>
      isUp ? done(kind, body, { payUrl: PAY_URL }) : NO_ANSWER,
    );
    await fillLink(page);
    await button(page, 'Create payment link').click();
    await dialog(page).getByText('Trying again will not do it twice', { exact: false }).waitFor();
    await button(page, 'Cancel').click();
    await dialog(page).waitFor({ state: 'detached' });
    isUp = true;
    await card(page).getByRole('button', { name: 'Payment link', exact: true }).click();
    await button(page, 'Try again').click();
    await button(page, 'Copy link').waitFor();
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
  });

  test('an operation of unknown outcome is followed to its end, and nothing is sent twice', async () => {
    const ends: ((body: Body) => unknown)[] = [
      ({ operationId }) => outcomeAnswer('void-invoice', operationId, checking),
      () => NO_ANSWER,
      ({ operationId }) =>
        outcomeAnswer('void-invoice', operationId, { state: 'done', result: { message: 'Voided.' } }),
    ];
    const checking = { state: 'checking' as const, result: { message: 'Asking the gateway.' } };
    let sentBody: Body | undefined;
    const { page, sent, pass, count } = await openCard(
      (_kind, body) => {
        sentBody = body;
        return ends.shift()?.(body);
      },
      {},
      { operation: () => ends.shift()?.(sentBody!) },
    );
    await choose(page, 'Void');
    await button(page, 'Void invoice').click();
    await dialog(page).getByText('Asking the gateway.').waitFor();
    expect(await button(page, 'Checking …').isDisabled()).toBe(true);
    await pass(2000);
    await vi.waitFor(() => expect(count('operation')).toBe(1));
    await vi.waitFor(async () => {
      await pass(2000);
      expect(count('operation')).toBe(2);
    });
    await dialog(page).waitFor({ state: 'detached' });
    await toast(page).getByText('Voided.').waitFor();
    expect(sent).toHaveLength(1);
  });

  test('two clicks are one operation', async () => {
    const { page, sent } = await openCard(done);
    await choose(page, 'Void');
    await button(page, 'Void invoice').dblclick();
    await dialog(page).waitFor({ state: 'detached' });
    expect(sent).toHaveLength(1);
  });

  test('the card shows what the operation left, not what it hoped for', async () => {
    const view = cardView({ statusText: 'As the ledger says' });
    const { page } = await openCard((kind, { operationId }) =>
      outcomeAnswer(kind, operationId, { state: 'done', result: { message: 'Voided.' }, view }),
    );
    await choose(page, 'Void');
    await button(page, 'Void invoice').click();
    await card(page).getByText('As the ledger says').waitFor();
  });
});

test('dialogs fit a phone', async () => {
  const { page } = await openCard(done, {}, {}, NARROW);
  await card(page).getByRole('button', { name: 'New invoice' }).click();
  await button(page, 'Create and send').waitFor();
  const box = await button(page, 'Create and send').boundingBox();
  expect(box && box.x + box.width).toBeLessThanOrEqual(NARROW.width);
  expect(await violations(page)).toEqual([]);
});
