// Which customers of the gateway a card shows and why, and what saying “not this one” asks, sends and leaves.
import { Accordion, Alert, Button, TableHeader, TableRow, Text } from '@hubspot/ui-extensions';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  dialogOf,
  openLoaded,
  posts,
  recordUrl,
  serveCard,
  textOf,
  type Page,
  type PageOptions,
} from './card-page.tsx';
import { cardView, outcomeAnswer, payerView, refusal, viewAnswer } from './sample-view.ts';

afterEach(() => vi.restoreAllMocks());

const ADA = payerView({ actions: ['release-payer'] });
const OFFICE = payerView({
  customerId: 'cus_office',
  name: 'office@example.com',
  email: null,
  reasonText: 'Company of its contact',
  note: 'Open the contact.',
});

const ASK = 'Not this customer';
const asking = (page: Page): string[] =>
  page.findAll(Button, ({ text }) => text === ASK).map(({ props }) => String(props.testId));

const said = (dialog: ReturnType<typeof dialogOf>) =>
  dialog
    .modal()
    .findAll(Text)
    .map(({ text }) => text);

async function cardWith(payers = [ADA, OFFICE], options: PageOptions = {}, payersNote: string | null = null) {
  const seen = serveCard({
    view: () => viewAnswer({ payers, payersNote }),
    start: (kind, body) =>
      outcomeAnswer(kind, body.operationId, {
        state: 'done',
        result: { message: 'The customer no longer belongs to this record.' },
        view: cardView({ payers: payers.filter(({ customerId }) => customerId !== 'cus_ada') }),
      }),
  });
  return { page: await openLoaded(options), seen };
}

describe('the customers of a record', () => {
  test.each(['tab', 'sidebar'] as const)('stand with name, address and reason in the %s', async (layout) => {
    const { page } = await cardWith([ADA, OFFICE], { layout }, '12 more belong to this record.');
    for (const words of [
      'Customers at the gateway',
      'Ada Example',
      'ada@example.com',
      'Same e-mail address',
      'office@example.com',
      'Company of its contact',
      'Open the contact.',
      '12 more belong to this record.',
    ])
      expect(textOf(page)).toContain(words);
    expect(asking(page)).toEqual(['release-cus_ada']);
  });

  test('are folded in the sidebar, so that what is owed comes first', async () => {
    const { page } = await cardWith([ADA], { layout: 'sidebar' });
    const { props } = page.find(Accordion);
    expect(props.title).toBe('Customer at the gateway');
    expect([props.defaultOpen, props.open]).toEqual([undefined, undefined]);
  });

  test('have no column of actions where nobody may act', async () => {
    const { page } = await cardWith([OFFICE]);
    expect(asking(page)).toEqual([]);
    const row = page.find(TableRow, (node) => node.toString().includes('"Why"'));
    expect(row.findAll(TableHeader).map(({ text }) => text)).toEqual(['Customer', 'Why']);
  });

  test('leave no heading behind where there are none', async () => {
    const { page } = await cardWith([]);
    expect(textOf(page)).not.toContain('at the gateway');
  });
});

describe('“Not this customer”', () => {
  test('says first what happens, in red, and posts only when confirmed', async () => {
    const { page, seen } = await cardWith();
    const dialog = dialogOf(page, ASK);
    dialog.open();
    expect(dialog.modal().props).toMatchObject({ title: 'Not this customer?', variant: 'danger' });
    expect(said(dialog)).toEqual([
      'What Ada Example owes and has paid no longer shows on this contact, nor on its company.',
      expect.stringContaining('waits in the settings of Payside until somebody assigns it'),
      expect.stringContaining('Nothing changes at the gateway'),
    ]);
    expect(posts(seen)).toEqual([]);
    dialog.submit();
    await page.waitFor(() => expect(page.mocks.actions.addAlert.callCount).toBe(1));
    expect(posts(seen)).toEqual([
      {
        method: 'POST',
        url: `${recordUrl}/operations/release-payer`,
        body: { operationId: expect.any(String), customerId: 'cus_ada' },
      },
    ]);
  });

  test('takes the row away with its dialog, tells the person and has HubSpot read the record anew', async () => {
    const { page } = await cardWith();
    const dialog = dialogOf(page, ASK);
    dialog.open();
    dialog.submit();
    await page.waitFor(() => expect(asking(page)).toEqual([]));
    expect(textOf(page)).toContain('office@example.com');
    const { actions } = page.mocks;
    expect(actions.closeOverlay.calls).toEqual([['release-payer:cus_ada']]);
    expect(actions.addAlert.calls).toEqual([
      [{ type: 'success', message: 'The customer no longer belongs to this record.' }],
    ]);
    expect(actions.refreshObjectProperties.callCount).toBe(1);
  });

  test('that is refused says why in its dialog, and the customer stays', async () => {
    const message = 'This customer came along with its contact.';
    serveCard({
      view: () => viewAnswer({ payers: [ADA] }),
      start: () => refusal({ code: 'linked_through_contact', message, view: cardView({ payers: [ADA] }) }),
    });
    const page = await openLoaded();
    const dialog = dialogOf(page, ASK);
    dialog.open();
    dialog.submit();
    await page.waitFor(() => expect(dialog.modal().find(Alert).text).toBe(message));
    expect(asking(page)).toEqual(['release-cus_ada']);
  });

  test('of a company or deal speaks of this record alone', async () => {
    const record = { objectType: 'companies', recordId: '777' };
    serveCard({ view: () => viewAnswer({ record, payers: [ADA] }) });
    const page = await openLoaded({ objectTypeId: '0-2' });
    const dialog = dialogOf(page, ASK);
    dialog.open();
    expect(said(dialog)[0]).toMatch(/no longer shows on this record\.$/);
  });
});
