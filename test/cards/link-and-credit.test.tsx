// A payment link made on the card, and a credit given back: the exact requests, and what stays on screen.
import { Image, Input, StatusTag } from '@hubspot/ui-extensions';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { cardWhere, done, sentOnce, uuid } from './acting.tsx';
import { dialogOf, posts, recordUrl } from './card-page.tsx';
import { cardView, eur, invoiceView, viewAnswer, type Ended } from './sample-view.ts';

afterEach(() => vi.restoreAllMocks());

describe('a payment link and credit', () => {
  const payUrl = 'https://connector.payside.example/pay/tok2';
  const qr = 'data:image/png;base64,iVBORw0KGgo=';
  const linked: Ended = {
    state: 'done',
    result: { message: 'Payment link for €12.50 made.', invoiceId: 'in_link1', payUrl, qr },
  };

  async function makeLink(ended: Ended) {
    const { page, seen } = await cardWhere(ended);
    const dialog = dialogOf(page, 'Payment link');
    dialog.open();
    dialog.type('Amount', '12.50');
    dialog.type('What it is for', 'Deposit');
    dialog.submit();
    await page.waitFor(() => expect(dialog.text()).toContain(payUrl));
    expect(posts(seen)).toHaveLength(1);
    return { page, dialog, sent: posts(seen)[0]! };
  }

  test('the amount travels as the text that was typed', async () => {
    const { sent } = await makeLink(linked);
    expect(sent.url).toBe(`${recordUrl}/operations/create-link`);
    expect(sent.body).toEqual({
      operationId: uuid,
      currency: 'EUR',
      amount: '12.50',
      description: 'Deposit',
    });
  });

  test('the link stays on screen with its QR code until it is closed', async () => {
    const { page, dialog } = await makeLink(linked);
    expect(dialog.modal().find(Image).props.src).toBe(qr);
    expect(dialog.text()).toContain('Payment link for €12.50 made.');
    expect(page.mocks.actions.addAlert.calls).toEqual([]);
    expect(dialog.text()).toContain(payUrl);
    expect(dialog.modal().find(StatusTag).text).toBe('Waiting for the payer to open it');
    expect(dialog.submitText()).toBeNull();
    dialog.press('Copy link');
    expect(page.mocks.actions.copyTextToClipboard.calls).toEqual([[payUrl]]);
    dialog.press('Close');
    expect(page.mocks.actions.closeOverlay.calls).toEqual([['create-link']]);
    expect(dialog.modal().maybeFind(Image)).toBeNull();
  });

  test('the QR code can be opened again from the invoice', async () => {
    const view = cardView({ invoices: [invoiceView({ id: 'in_link1', number: 'PS-0002', payUrl })] });
    const { page } = await makeLink({ ...linked, view });
    const dialog = dialogOf(page, 'QR code');
    dialog.open();
    expect(dialog.modal().find(Image).props.src).toBe(qr);
  });

  test('a link needs an amount and a purpose', async () => {
    const { page, seen } = await cardWhere(done);
    const dialog = dialogOf(page, 'Payment link');
    dialog.open();
    dialog.submit();
    expect(
      dialog
        .modal()
        .findAll(Input)
        .map(({ props }) => props.error),
    ).toEqual([true, true]);
    expect(posts(seen)).toEqual([]);
  });

  test('credit goes back in its own currency', async () => {
    const credit = [eur(1500, '€15.00'), { amountMinor: 900, currency: 'JPY', text: '¥900' }];
    const { page, seen } = await cardWhere(done, { view: () => viewAnswer({ credit }) });
    const dialog = dialogOf(page, 'Give back credit');
    dialog.open();
    dialog.choose('Currency', 'JPY');
    expect(dialog.modal().find(Input).props.description).toBe('Credit: ¥900');
    dialog.type('Amount', '900');
    dialog.submit();
    const { url, body } = await sentOnce(page, seen);
    expect(url).toBe(`${recordUrl}/operations/return-credit`);
    expect(body).toEqual({ operationId: uuid, currency: 'JPY', amount: '900' });
  });

  test('what was done but leaves something to look at stays on screen, with a warning', async () => {
    const message = '€15.00 is on its way back, but could not be taken off the credit.';
    const { page } = await cardWhere({ state: 'done', result: { code: 'credit_not_used_up', message } });
    const dialog = dialogOf(page, 'Give back credit');
    dialog.open();
    dialog.type('Amount', '15');
    dialog.submit();
    await page.waitFor(() => expect(dialog.text()).toContain(message));
    expect(page.mocks.actions.addAlert.calls).toEqual([[{ type: 'warning', message }]]);
    expect(page.mocks.actions.closeOverlay.callCount).toBe(0);
  });
});
