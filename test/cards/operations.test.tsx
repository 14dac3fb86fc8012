// What people start from the card: the exact request of each action, and what the card does with the answer.
import {
  Alert,
  Button,
  DateInput,
  Dropdown,
  Input,
  Select,
  Text,
  TextArea,
  Toggle,
} from '@hubspot/ui-extensions';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { dialogOf, openLoaded, posts, recordUrl, serveCard, textOf } from './card-page.tsx';
import { cardWhere, done, sentOnce, uuid } from './acting.tsx';
import { cardView, eur, invoiceView, refusal, viewAnswer, type Ended } from './sample-view.ts';

afterEach(() => vi.restoreAllMocks());

describe('one invoice', () => {
  test('Send posts the invoice and tells the record', async () => {
    const { page, seen } = await cardWhere({ state: 'done', result: { message: 'PS-0001 was sent.' } });
    const dialog = dialogOf(page, 'Send');
    dialog.open();
    expect(dialog.text()).toContain('to Ada Example (ada@example.com)');
    dialog.submit();
    const { url, body } = await sentOnce(page, seen);
    expect(url).toBe(`${recordUrl}/operations/send-invoice`);
    expect(body).toEqual({ operationId: uuid, invoiceId: 'in_acme1' });
    expect(page.mocks.actions.addAlert.calls).toEqual([[{ type: 'success', message: 'PS-0001 was sent.' }]]);
    expect(page.mocks.actions.refreshObjectProperties.callCount).toBe(1);
    expect(page.mocks.actions.closeOverlay.calls).toEqual([['send-invoice:in_acme1']]);
  });

  test('Send names the payer of the invoice, not the one a new invoice would go to', async () => {
    const payer = { name: 'Grace Example', email: 'grace@example.com' };
    const { page } = await cardWhere(done, {
      view: () => viewAnswer({ invoices: [invoiceView({ payer })] }),
    });
    const dialog = dialogOf(page, 'Send');
    dialog.open();
    expect(dialog.text()).toContain('to Grace Example (grace@example.com)');
    expect(dialog.text()).not.toContain('ada@example.com');
  });

  test('Void asks first, in red, and posts only when confirmed', async () => {
    const { page, seen } = await cardWhere(done);
    const dialog = dialogOf(page, 'Void');
    dialog.open();
    expect(dialog.modal().props).toMatchObject({ title: 'Void PS-0001?', variant: 'danger' });
    expect(dialog.submitText()).toBe('Void invoice');
    expect(posts(seen)).toEqual([]);
    dialog.submit();
    const { url, body } = await sentOnce(page, seen);
    expect(url).toBe(`${recordUrl}/operations/void-invoice`);
    expect(body).toEqual({ operationId: uuid, invoiceId: 'in_acme1' });
  });

  test('Charge card on file offers only methods that may be charged and says the amount', async () => {
    const { page, seen } = await cardWhere(done);
    const dialog = dialogOf(page, 'Charge card on file');
    dialog.open();
    expect(dialog.submitText()).toBe('Charge €80.00');
    expect(dialog.modal().find(Select).props.options).toEqual([
      { label: 'Visa •••• 4242 · expires 04/29', value: 'pm_visa' },
    ]);
    dialog.submit();
    const { url, body } = await sentOnce(page, seen);
    expect(url).toBe(`${recordUrl}/operations/charge-saved-method`);
    expect(body).toEqual({
      operationId: uuid,
      invoiceId: 'in_acme1',
      methodId: 'pm_visa',
      amountMinor: 8000,
    });
  });

  test('a charge takes the amount on its button, which may be less than what is owed', async () => {
    const invoices = [invoiceView({ charge: eur(6000, '€60.00') })];
    const { page, seen } = await cardWhere(done, { view: () => viewAnswer({ invoices }) });
    const dialog = dialogOf(page, 'Charge card on file');
    dialog.open();
    expect(dialog.submitText()).toBe('Charge €60.00');
    dialog.submit();
    expect((await sentOnce(page, seen)).body).toMatchObject({ amountMinor: 6000 });
  });

  test('an amount that changed meanwhile is refused, said, and taken only by another click', async () => {
    const invoices = [invoiceView({ due: eur(12000, '€120.00'), charge: eur(12000, '€120.00') })];
    const message = '€120.00 is open on this invoice now, not €80.00.';
    const changed: Ended = {
      state: 'refused',
      result: { code: 'amount_changed', message },
      view: cardView({ invoices }),
    };
    const { page, seen } = await cardWhere(changed);
    const dialog = dialogOf(page, 'Charge card on file');
    dialog.open();
    dialog.submit();
    await page.waitFor(() => expect(dialog.submitText()).toBe('Charge €120.00'));
    const alerts = dialog.modal().findAll(Alert);
    expect(alerts.map(({ text }) => text)).toEqual([
      'It was €80.00 when you opened this, and is €120.00 now.',
      message,
    ]);
    dialog.submit();
    await page.waitFor(() => expect(posts(seen)).toHaveLength(2));
    const [first, second] = posts(seen).map(({ body }) => body as { operationId: string });
    expect(second).toMatchObject({ amountMinor: 12000 });
    expect(second?.operationId).not.toBe(first?.operationId);
  });

  test('another method can be chosen', async () => {
    const methods = [
      { id: 'pm_a11', text: 'Visa •••• 1111', expiresText: null, chargeable: true },
      { id: 'pm_b22', text: 'Visa •••• 2222', expiresText: null, chargeable: true },
    ];
    const invoices = [invoiceView({ methodIds: ['pm_a11', 'pm_b22'] })];
    const { page, seen } = await cardWhere(done, { view: () => viewAnswer({ invoices, methods }) });
    const dialog = dialogOf(page, 'Charge card on file');
    dialog.open();
    dialog.choose('Card on file', 'pm_b22');
    dialog.submit();
    expect((await sentOnce(page, seen)).body).toMatchObject({ methodId: 'pm_b22' });
  });

  test('of several payers, an invoice offers the methods of its own', async () => {
    const methods = [
      { id: 'pm_a11', text: 'Visa •••• 1111', expiresText: null, chargeable: true },
      { id: 'pm_b22', text: 'Visa •••• 2222', expiresText: null, chargeable: true },
    ];
    const invoices = [invoiceView({ methodIds: ['pm_b22'] })];
    const { page, seen } = await cardWhere(done, { view: () => viewAnswer({ invoices, methods }) });
    const dialog = dialogOf(page, 'Charge card on file');
    dialog.open();
    expect(dialog.modal().find(Select).props.options).toEqual([{ label: 'Visa •••• 2222', value: 'pm_b22' }]);
    dialog.submit();
    expect((await sentOnce(page, seen)).body).toMatchObject({ methodId: 'pm_b22' });
  });

  test('a charge the bank wants confirmed turns into a link to pass on', async () => {
    const payUrl = 'https://connector.payside.example/pay/tok9';
    const { page } = await cardWhere({
      state: 'refused',
      result: { code: 'authentication_required', message: 'The bank wants the payer to confirm.', payUrl },
    });
    const dialog = dialogOf(page, 'Charge card on file');
    dialog.open();
    dialog.submit();
    await page.waitFor(() => expect(dialog.text()).toContain(payUrl));
    expect(dialog.modal().find(Alert).text).toBe('The bank wants the payer to confirm.');
    expect(page.mocks.actions.addAlert.callCount).toBe(0);
  });

  test('Collect again makes an invoice that replaces the reversed one', async () => {
    const again = { description: 'Invoice PS-0001: payment withdrawn', amount: '8000', currency: 'JPY' };
    const reversed = invoiceView({
      state: 'paid',
      flags: ['reversed'],
      total: { amountMinor: 8_000, currency: 'JPY', text: '¥8,000' },
      payer: { name: 'Grace Example', email: null },
      payUrl: null,
      again,
      actions: ['create-invoice'],
    });
    const { page, seen } = await cardWhere(done, { view: () => viewAnswer({ invoices: [reversed] }) });
    expect(page.findAll(Dropdown)).toEqual([]);
    const dialog = dialogOf(page, 'Collect again');
    dialog.open();
    expect(dialog.text()).toContain('For Grace Example');
    dialog.submit();
    expect((await sentOnce(page, seen)).body).toMatchObject({
      replaces: 'in_acme1',
      currency: 'JPY',
      send: false,
      lines: [{ description: again.description, quantity: 1, amount: '8000' }],
    });
  });

  test('Copy link puts the link on the clipboard and says so', async () => {
    const { page } = await cardWhere(done);
    page.findByTestId(Button, 'copy-in_acme1').trigger('onClick');
    await vi.waitFor(() => expect(page.mocks.actions.addAlert.callCount).toBe(1));
    expect(page.mocks.actions.copyTextToClipboard.calls).toEqual([
      ['https://connector.payside.example/pay/tok1'],
    ]);
  });

  test('a browser that refuses to copy shows the link instead', async () => {
    const { page } = await cardWhere(done);
    page.mocks.actions.copyTextToClipboard.willCall(() => Promise.reject(new Error('denied')));
    page.findByTestId(Button, 'copy-in_acme1').trigger('onClick');
    await vi.waitFor(() => expect(page.mocks.actions.addAlert.callCount).toBe(1));
    expect(page.mocks.actions.addAlert.calls[0]![0].message).toContain(
      'https://connector.payside.example/pay/tok1',
    );
  });

  test('only what the view allows is offered', async () => {
    const { page } = await cardWhere(done, {
      view: () =>
        viewAnswer({
          actions: ['create-link'],
          invoices: [invoiceView({ actions: ['send-invoice'], payUrl: null })],
        }),
    });
    expect(page.findAll(Dropdown.ButtonItem).map(({ text }) => text)).toEqual(['Send']);
    expect(page.findAll(Button, ({ props }) => Boolean(props.overlay)).map(({ text }) => text)).toEqual([
      'Payment link',
    ]);
  });
});

describe('a new invoice', () => {
  test('sends typed lines, tax, due day, memo and currency exactly as typed', async () => {
    const { page, seen } = await cardWhere(done);
    const dialog = dialogOf(page, 'New invoice');
    dialog.open();
    dialog.type('Description', ' Workshop ');
    dialog.type('Quantity', '3');
    dialog.type('Price each', '1.234,50');
    dialog.choose('Currency', 'JPY');
    dialog.choose('Tax', 'txr_vat');
    dialog
      .modal()
      .find(DateInput)
      .trigger('onChange', { year: 2027, month: 0, date: 9 } as never);
    dialog
      .modal()
      .find(TextArea)
      .trigger('onInput', 'Thank you' as never);
    dialog
      .modal()
      .find(Toggle)
      .trigger('onChange', false as never);
    expect(dialog.submitText()).toBe('Create invoice');
    dialog.submit();
    const { url, body } = await sentOnce(page, seen);
    expect(url).toBe(`${recordUrl}/operations/create-invoice`);
    expect(body).toEqual({
      operationId: uuid,
      currency: 'JPY',
      lines: [{ description: 'Workshop', quantity: 3, amount: '1.234,50' }],
      dueDate: '2027-01-09',
      memo: 'Thank you',
      taxRateId: 'txr_vat',
      send: false,
    });
  });

  test('starts from the composer: its currency, due day, and sending to the payer', async () => {
    const { page } = await cardWhere(done);
    const dialog = dialogOf(page, 'New invoice');
    dialog.open();
    expect(dialog.modal().find(DateInput).props.value).toEqual({ year: 2026, month: 11, date: 6 });
    expect(dialog.modal().find(Toggle).props).toMatchObject({
      checked: true,
      label: 'Send to ada@example.com',
    });
    expect(dialog.submitText()).toBe('Create and send');
  });

  test('clearing the date keeps the last due day', async () => {
    const { page, seen } = await cardWhere(done);
    const dialog = dialogOf(page, 'New invoice');
    dialog.open();
    dialog.type('Description', 'Workshop');
    dialog.type('Price each', '5');
    dialog
      .modal()
      .find(DateInput)
      .trigger('onChange', null as never);
    dialog.submit();
    expect((await sentOnce(page, seen)).body).toMatchObject({ dueDate: '2026-12-06' });
  });

  test('without an address nothing is sent unless asked for', async () => {
    const view = cardView();
    const composer = { ...view.composer, payer: null };
    const { page } = await cardWhere(done, { view: () => viewAnswer({ composer }) });
    const dialog = dialogOf(page, 'New invoice');
    dialog.open();
    expect(dialog.modal().find(Toggle).props.checked).toBe(false);
  });

  test.each(['New invoice', 'Payment link'])(
    '%s says who it is for, as far as that is known',
    async (name) => {
      const named = await cardWhere(done);
      const dialog = dialogOf(named.page, name);
      dialog.open();
      expect(dialog.text()).toContain('For Ada Example (ada@example.com)');
      const composer = { ...cardView().composer, payer: null };
      const { page } = await cardWhere(done, { view: () => viewAnswer({ composer }) });
      const unknown = dialogOf(page, name);
      unknown.open();
      expect(unknown.text()).toContain('For the contact of this record');
    },
  );

  test("a deal's own line items are asked for by name, not copied", async () => {
    const record = { objectType: 'deals', recordId: '777' };
    const { page, seen } = await cardWhere(done, { view: () => viewAnswer({ record }), objectTypeId: '0-3' });
    const dialog = dialogOf(page, 'New invoice');
    dialog.open();
    expect(dialog.modal().maybeFind(Input)).toBeNull();
    dialog.submit();
    expect((await sentOnce(page, seen)).body).toMatchObject({ lines: 'record' });
  });

  test('lines can be added and removed', async () => {
    const { page, seen } = await cardWhere(done);
    const dialog = dialogOf(page, 'New invoice');
    dialog.open();
    dialog.type('Description', 'First');
    dialog.press('Add line');
    const second = (label: string) => dialog.modal().findAll(Input, ({ props }) => props.label === label)[1]!;
    second('Description').trigger('onInput', 'Second' as never);
    second('Price each').trigger('onInput', '2' as never);
    dialog.press('Remove');
    dialog.submit();
    expect((await sentOnce(page, seen)).body).toMatchObject({
      lines: [{ description: 'Second', quantity: 1, amount: '2' }],
    });
  });

  test('what is missing is said at the field, and nothing is sent', async () => {
    const { page, seen } = await cardWhere(done);
    const dialog = dialogOf(page, 'New invoice');
    dialog.open();
    dialog.type('Quantity', '1.5');
    dialog.submit();
    const problems = dialog
      .modal()
      .findAll(Input)
      .map(({ props }) => props.validationMessage);
    expect(problems).toEqual(['Say what it is.', 'A whole number.', 'Type the amount.']);
    expect(posts(seen)).toEqual([]);
  });
});

describe('after the answer', () => {
  test("the answer's view replaces the one shown, without another request", async () => {
    const view = cardView({
      statusText: 'Paid up',
      tone: 'success',
      invoices: [invoiceView({ state: 'void', actions: [] })],
    });
    const { page, seen } = await cardWhere({ ...done, view });
    const dialog = dialogOf(page, 'Void');
    dialog.open();
    dialog.submit();
    await page.waitFor(() => expect(textOf(page)).toContain('Paid up'));
    expect(seen.filter(({ method }) => method === 'GET')).toHaveLength(1);
  });

  test('a refusal stays where the person acted, though the view no longer offers the action', async () => {
    serveCard({
      view: () => viewAnswer(),
      start: () => refusal({ view: cardView({ invoices: [invoiceView({ state: 'paid', actions: [] })] }) }),
    });
    const page = await openLoaded();
    const dialog = dialogOf(page, 'Void');
    dialog.open();
    dialog.submit();
    await page.waitFor(() => expect(dialog.modal().find(Alert).text).toBe('This invoice is already paid.'));
    expect(page.mocks.actions.addAlert.callCount).toBe(0);
    dialog.press('Cancel');
    expect(page.findAll(Text, ({ text }) => text === 'Void')).toEqual([]);
    expect(() => dialog.modal()).toThrow();
  });

  test('the same holds for what is done for the whole record', async () => {
    serveCard({ view: () => viewAnswer(), start: () => refusal({ view: cardView({ actions: [] }) }) });
    const page = await openLoaded();
    const dialog = dialogOf(page, 'Give back credit');
    dialog.open();
    dialog.type('Amount', '5');
    dialog.submit();
    await page.waitFor(() => expect(dialog.modal().find(Alert).text).toBe('This invoice is already paid.'));
    dialog.press('Cancel');
    expect(() => dialog.modal()).toThrow();
  });
});
