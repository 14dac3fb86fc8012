// What the payments card shows in every state it can be in.
import {
  Alert,
  Button,
  EmptyState,
  ErrorState,
  LoadingSpinner,
  ProgressBar,
  StatisticsItem,
  StatusTag,
  Table,
  TableBody,
  TableCell,
  TableRow,
  Text,
  Tile,
} from '@hubspot/ui-extensions';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CONNECTOR_URL, Status, openCard, openLoaded, recordUrl, serveCard, textOf } from './card-page.tsx';
import { eur, invoiceView, viewAnswer } from './sample-view.ts';

afterEach(() => vi.restoreAllMocks());

const alertTitles = (page: ReturnType<typeof openCard>) =>
  page.findAll(Alert).map(({ props }) => props.title);

describe('before there is a view', () => {
  test('the card says it is loading until the connector answers', async () => {
    serveCard({ view: () => viewAnswer() });
    const page = openCard();
    expect(page.find(LoadingSpinner).props.label).toBe('Loading payments');
    await page.waitFor(() => expect(page.maybeFind(LoadingSpinner)).toBeNull());
  });

  test('one load is one request, to the record HubSpot shows', async () => {
    const seen = serveCard({ view: () => viewAnswer() });
    await openLoaded();
    expect(seen).toEqual([{ method: 'GET', url: recordUrl, body: undefined }]);
  });

  test('an unreachable connector is said in words, and Try again loads', async () => {
    let reachable = false;
    serveCard({ view: () => (reachable ? viewAnswer() : new Error('no route')) });
    const page = openCard();
    await page.waitFor(() => page.find(ErrorState));
    expect(textOf(page)).toContain('Payside cannot be reached right now');
    reachable = true;
    page.findByTestId(Button, 'retry-load').trigger('onClick');
    await page.waitFor(() => page.find(StatisticsItem));
  });

  test.each([401, 404])('status %i offers no pointless retry', async (status) => {
    serveCard({ view: () => new Status(status) });
    const page = openCard();
    await page.waitFor(() => page.find(ErrorState));
    expect(page.find(ErrorState).props.type).toBe('lock');
    expect(page.maybeFindByTestId(Button, 'retry-load')).toBeNull();
  });

  test("the connector's own refusal is shown in its words", async () => {
    serveCard({
      view: () => ({ ok: false, code: 'gone', message: 'Payside was removed here.', retry: 'never' }),
    });
    const page = openCard();
    await page.waitFor(() => expect(textOf(page)).toContain('Payside was removed here.'));
  });

  test('an upload without CONNECTOR_URL says so and asks nothing', () => {
    const seen = serveCard({});
    const page = openCard({ variables: {} });
    expect(textOf(page)).toContain('CONNECTOR_URL');
    expect(seen).toEqual([]);
  });

  test('a trailing slash in CONNECTOR_URL does no harm', async () => {
    const seen = serveCard({ view: () => viewAnswer() });
    await openLoaded({ variables: { CONNECTOR_URL: `${CONNECTOR_URL}/` } });
    expect(seen[0]!.url).toBe(recordUrl);
  });
});

describe('the view, laid out', () => {
  test('owed, overdue, collected, credit, status and the last check stand on top', async () => {
    serveCard({
      view: () =>
        viewAnswer({ owed: [eur(8000, '€80.00'), { amountMinor: 5000, currency: 'JPY', text: '¥5,000' }] }),
    });
    const page = await openLoaded();
    const figures = page.findAll(StatisticsItem).map(({ props }) => [props.label, props.number]);
    expect(figures).toEqual([
      ['Owed', '€80.00 · ¥5,000'],
      ['Overdue', '€80.00'],
      ['Collected', '€940.00'],
      ['Credit', '€15.00'],
    ]);
    expect(page.find(StatusTag).text).toBe('Overdue');
    expect(textOf(page)).toContain('Checked 2 minutes ago');
  });

  test('an invoice row shows number, memo, status by tone, aligned amounts and due day', async () => {
    serveCard({ view: () => viewAnswer() });
    const page = await openLoaded();
    const row = page.find(Table).find(TableBody).find(TableRow);
    const cells = row.findAll(TableCell);
    expect(cells[0]!.findAll(Text).map(({ text }) => text)).toEqual(['PS-0001', 'Onboarding']);
    expect(cells[1]!.find(StatusTag).props.variant).toBe('danger');
    expect(cells[2]!.findAll(Text).map(({ text }) => text)).toEqual(['€80.00', 'of €120.00']);
    expect(cells[3]!.text).toBe('Nov 1, 2026');
    expect([cells[2]!, cells[4]!].map(({ props }) => props.align)).toEqual(['right', 'right']);
  });

  test('an unknown status shows the words it came with', async () => {
    serveCard({
      view: () =>
        viewAnswer({ invoices: [invoiceView({ state: 'on_hold', statusText: 'On hold', tone: 'default' })] }),
    });
    const page = await openLoaded();
    expect(page.findAll(StatusTag).map(({ text }) => text)).toContain('On hold');
  });

  test('payments show their note, methods whether they may be charged', async () => {
    serveCard({ view: () => viewAnswer() });
    const page = await openLoaded();
    const text = textOf(page);
    for (const words of ['€10.00 refunded', 'Visa •••• 4242', 'expires 04/29', 'only the payer can use it'])
      expect(text).toContain(words);
  });

  test('a long memo is cut in the table and whole in its tooltip', async () => {
    const memo = 'Yearly maintenance of everything that moves '.repeat(8);
    serveCard({ view: () => viewAnswer({ invoices: [invoiceView({ memo })] }) });
    const page = await openLoaded();
    const shown = page.find(Text, ({ text }) => text === memo);
    expect(shown.props.truncate).toMatchObject({ tooltipText: memo });
  });

  test('what the payer is doing now stands in the row', async () => {
    serveCard({
      view: () => viewAnswer({ invoices: [invoiceView({ live: 'typing', liveText: 'Typing card number' })] }),
    });
    const page = await openLoaded();
    expect(page.findAll(StatusTag).map(({ text }) => text)).toContain('Typing card number');
  });
});

describe('states of the account and the record', () => {
  test('test mode is watermarked', async () => {
    serveCard({ view: () => viewAnswer({ mode: 'test' }) });
    const page = await openLoaded();
    expect(page.find(Alert).props).toMatchObject({ title: 'TEST MODE', variant: 'warning' });
  });

  test('an import shows how far it is', async () => {
    serveCard({
      view: () => viewAnswer({ importing: { done: 40, total: 120, text: '40 of 120 invoices' } }),
    });
    const page = await openLoaded();
    expect(page.find(ProgressBar).props).toMatchObject({
      value: 40,
      maxValue: 120,
      valueDescription: '40 of 120 invoices',
    });
  });

  test('an import of unknown length says what it has', async () => {
    serveCard({
      view: () => viewAnswer({ importing: { done: 40, total: null, text: '40 invoices so far' } }),
    });
    const page = await openLoaded();
    expect(page.maybeFind(ProgressBar)).toBeNull();
    expect(textOf(page)).toContain('40 invoices so far');
  });

  test('unfinished operations say what is being checked', async () => {
    const unfinished = [
      {
        operationId: crypto.randomUUID(),
        kind: 'charge-saved-method' as const,
        state: 'checking' as const,
        text: 'Asking the gateway whether €80.00 was charged.',
      },
      {
        operationId: crypto.randomUUID(),
        kind: 'void-invoice' as const,
        state: 'running' as const,
        text: 'Voiding PS-0002.',
      },
    ];
    serveCard({ view: () => viewAnswer({ unfinished }) });
    const page = await openLoaded();
    expect(alertTitles(page)).toEqual(['Checking', 'Under way']);
    expect(textOf(page)).toContain('Asking the gateway whether €80.00 was charged.');
  });

  test('warnings keep their tone and text', async () => {
    serveCard({
      view: () =>
        viewAnswer({
          warnings: [
            { code: 'several_payers', tone: 'warning', text: 'Two customers share this e-mail address.' },
          ],
        }),
    });
    const page = await openLoaded();
    expect(page.find(Alert).props).toMatchObject({ title: 'Several payers', variant: 'warning' });
    expect(page.find(Alert).text).toBe('Two customers share this e-mail address.');
  });

  test('an empty record still offers what can be started', async () => {
    serveCard({
      view: () =>
        viewAnswer({ state: 'empty', invoices: [], payments: [], methods: [], payers: [], owed: [] }),
    });
    const page = await openLoaded();
    expect(page.find(EmptyState).props.title).toBe('Nothing to collect yet');
    expect(page.findByTestId(Button, 'create-invoice').props.variant).toBe('primary');
    expect(page.maybeFind(Table)).toBeNull();
  });

  test.each([
    ['not_connected', 'No payment gateway yet'],
    ['reconnect', 'Reconnect the payment gateway'],
  ] as const)('%s says what to do and offers nothing else', async (state, title) => {
    serveCard({
      view: () =>
        viewAnswer({
          state,
          message: 'Ask Mia, your admin.',
          invoices: [],
          payments: [],
          methods: [],
          actions: [],
        }),
    });
    const page = openCard();
    await page.waitFor(() => page.find(EmptyState));
    expect(page.find(EmptyState).props.title).toBe(title);
    expect(page.find(EmptyState).find(Text).text).toBe('Ask Mia, your admin.');
    expect(page.findAll(Button)).toEqual([]);
  });

  test('a viewer sees everything and can start nothing', async () => {
    serveCard({
      view: () =>
        viewAnswer({ role: 'viewer', actions: [], invoices: [invoiceView({ actions: [], payUrl: null })] }),
    });
    const page = await openLoaded();
    expect(page.findAll(Button).map(({ text }) => text)).toEqual(['Refresh']);
    expect(textOf(page)).toContain('An admin can let you collect.');
  });
});

test('a newer connector with words of its own breaks nothing', async () => {
  const { view } = viewAnswer({ invoices: [], payments: [], methods: [], message: 'Paused by your admin.' });
  const warnings = [{ code: 'paused', tone: 'info', text: 'Payments are paused.' }];
  serveCard({ view: () => ({ ok: true, view: { ...view, state: 'paused', warnings } }) });
  const page = await openLoaded();
  expect(alertTitles(page)).toEqual(['Please note']);
  expect(page.find(EmptyState).find(Text).text).toBe('Paused by your admin.');
});

describe('the sidebar', () => {
  test('shows the three first owed invoices and points to the tab for the rest', async () => {
    const invoices = [1, 2, 3, 4].map((n) => invoiceView({ id: `in_${n}xx`, number: `PS-000${n}` }));
    serveCard({
      view: () =>
        viewAnswer({
          invoices: [invoiceView({ id: 'in_paid', state: 'paid', due: eur(0, '€0.00') }), ...invoices],
        }),
    });
    const page = await openLoaded({ layout: 'sidebar' });
    expect(page.findAll(Tile)).toHaveLength(3);
    expect(page.maybeFind(Table)).toBeNull();
    expect(textOf(page)).toContain('All invoices are in the Payments tab.');
  });

  test('leaves out what is not overdue and collected', async () => {
    serveCard({ view: () => viewAnswer({ overdue: [], credit: [] }) });
    const page = await openLoaded({ layout: 'sidebar' });
    expect(page.findAll(StatisticsItem).map(({ props }) => props.label)).toEqual(['Owed']);
  });
});
