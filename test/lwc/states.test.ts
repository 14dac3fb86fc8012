// What the payments card shows in every state it can be in, wide and narrow, and whether everybody can use it.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cardView, eur, invoiceView, viewAnswer } from '../cards/sample-view.ts';
import { overflow, violations } from '../e2e/accessibility.ts';
import { NARROW, NO_ANSWER, openStudio, WIDE, type Studio } from './studio.ts';

let studio: Studio;
const READS_RIGHT_TO_LEFT = '005000000000077AAA';
beforeAll(async () => {
  const user = {
    id: READS_RIGHT_TO_LEFT,
    email: 'layla@brightwell.test',
    firstName: 'ليلى',
    lastName: 'نور',
  };
  studio = await openStudio({ users: [{ ...user, locale: 'ar' }] });
});
afterEach(() => Promise.all(studio.browser.contexts().map((context) => context.close())));
afterAll(() => studio.close());

const card = (page: Page) => page.locator('c-payside-payments');
const says = (page: Page, text: string) => card(page).getByText(text, { exact: true }).first().waitFor();
const shown = async (part: Parameters<typeof viewAnswer>[0] = {}, size = WIDE): Promise<Page> => {
  const { page } = await studio.open({ view: () => viewAnswer(part) }, { size });
  await card(page).getByText('Checked 2 minutes ago').first().waitFor();
  return page;
};
const bare = { invoices: [], payments: [], methods: [] };

describe('before there is a view', () => {
  test('the card says it is loading until the connector answers', async () => {
    let give: (answer: unknown) => void = () => undefined;
    const { page } = await studio.open({ view: () => new Promise((answer) => (give = answer)) });
    await card(page).getByText('Loading payments').waitFor({ state: 'attached' });
    give(viewAnswer());
    await says(page, 'Owed');
    expect(await card(page).getByText('Loading payments').count()).toBe(0);
  });

  test('one load is one question, about the record of the page', async () => {
    const { page, seen } = await studio.open({ view: () => viewAnswer() });
    await says(page, 'Owed');
    expect(seen).toEqual([
      { method: 'view', params: { recordId: expect.stringMatching(/^003/), next: null } },
    ]);
  });

  test('an unreachable connector is said in words, and Try again loads', async () => {
    let isUp = false;
    const { page } = await studio.open({ view: () => (isUp ? viewAnswer() : NO_ANSWER) });
    await says(page, 'Payments could not be loaded');
    await says(page, 'Payside cannot be reached right now. Try again in a moment.');
    isUp = true;
    await card(page).getByRole('button', { name: 'Try again' }).click();
    await says(page, 'Owed');
  });

  test("the connector's own refusal stands in its words, without a pointless retry", async () => {
    const refusal = { ok: false, code: 'record_not_found', message: 'This record is not shared with you.' };
    const { page } = await studio.open({ view: () => ({ ...refusal, retry: 'never' }) });
    await says(page, 'Payments are not available');
    await says(page, refusal.message);
    expect(await card(page).getByRole('button', { name: 'Try again' }).count()).toBe(0);
  });
});

describe('the view, laid out', () => {
  test('owed, overdue, collected, credit, status and the last check stand on top', async () => {
    const jpy = { amountMinor: 5000, currency: 'JPY', text: '¥5,000' };
    const page = await shown({ owed: [eur(8000, '€80.00'), jpy] });
    const figures = await card(page).locator('dl > div').allInnerTexts();
    expect(figures.map((text) => text.split(/\s*\n\s*/))).toEqual([
      ['Owed', '€80.00 · ¥5,000'],
      ['Overdue', '€80.00'],
      ['Collected', '€940.00'],
      ['Credit', '€15.00'],
    ]);
    await says(page, 'Overdue');
  });

  test('a row shows number, memo, status, what is owed of the total, and the due day', async () => {
    const page = await shown();
    const row = card(page).getByRole('table', { name: 'Invoices' }).locator('tbody tr');
    expect((await row.innerText()).split(/\s*[\t\n]+\s*/).slice(0, 6)).toEqual([
      'PS-0001',
      'Onboarding',
      'Overdue',
      '€80.00',
      'of €120.00',
      'Nov 1, 2026',
    ]);
  });

  test('a narrow card says the same in tiles', async () => {
    const page = await shown({}, NARROW);
    await card(page).locator('li').filter({ hasText: 'PS-0001' }).getByText('€80.00').waitFor();
    expect(await card(page).getByRole('table').count()).toBe(0);
  });

  test('an unknown status shows the words it came with', async () => {
    const page = await shown({
      invoices: [invoiceView({ state: 'on_hold', statusText: 'On hold', tone: 'default' })],
    });
    await says(page, 'On hold');
  });

  test('payments show their note, methods whether they may be charged', async () => {
    const page = await shown();
    for (const words of ['€10.00 refunded', 'Visa •••• 4242', 'expires 04/29', 'only the payer can use it'])
      await says(page, words);
  });

  test('a long memo is cut, and whole where the pointer rests', async () => {
    const memo = 'Yearly maintenance of everything that moves '.repeat(5).trim();
    const page = await shown({ invoices: [invoiceView({ memo })] });
    expect(await card(page).getByText(memo).getAttribute('title')).toBe(memo);
    expect(await overflow(page)).toBe(0);
  });

  test('what the payer is doing now stands in the row', async () => {
    const page = await shown({
      invoices: [invoiceView({ live: 'typing', liveText: 'Typing card number' })],
    });
    await says(page, 'Typing card number');
  });
});

describe('states of the account and the record', () => {
  test('test mode is watermarked', async () => {
    await says(await shown({ mode: 'test' }), 'TEST MODE');
  });

  test('an import shows how far it is, and of unknown length what it has', async () => {
    const page = await shown({ importing: { done: 40, total: 120, text: '40 of 120 invoices' } });
    expect(await card(page).getByRole('progressbar').getAttribute('aria-valuenow')).toBe('33');
    await says(page, '40 of 120 invoices');
    const other = await shown({ importing: { done: 40, total: null, text: '40 invoices so far' } });
    await says(other, '40 invoices so far');
    expect(await card(other).getByRole('progressbar').count()).toBe(0);
  });

  test('unfinished operations say what is being checked', async () => {
    const one = {
      operationId: crypto.randomUUID(),
      kind: 'charge-saved-method' as const,
      state: 'checking' as const,
      text: 'Asking the gateway whether €80.00 was charged.',
    };
    const page = await shown({ unfinished: [one] });
    await says(page, 'Checking');
    await says(page, one.text);
  });

  test('warnings keep their text, and one of a newer connector gets a title all the same', async () => {
    const known = { code: 'several_payers', tone: 'warning', text: 'Two customers share this address.' };
    const { page } = await studio.open({
      view: () => ({
        ok: true,
        view: { ...cardView(), warnings: [known, { ...known, code: 'moonlight', text: 'Full moon.' }] },
      }),
    });
    for (const words of ['Several payers', known.text, 'Please note', 'Full moon.']) await says(page, words);
  });

  test('an empty record still offers what can be started', async () => {
    const page = await shown({ state: 'empty', ...bare, owed: [] });
    await says(page, 'Nothing to collect yet');
    await card(page).getByRole('button', { name: 'New invoice' }).waitFor();
  });

  test.each([
    ['not_connected', 'No payment gateway yet'],
    ['reconnect', 'Reconnect the payment gateway'],
  ] as const)('%s says what to do and offers nothing else', async (state, title) => {
    const { page } = await studio.open({
      view: () => viewAnswer({ state, message: 'Ask Mia, your admin.', ...bare }),
    });
    await says(page, title);
    await says(page, 'Ask Mia, your admin.');
    expect(await card(page).getByRole('button').allInnerTexts()).toEqual(['Refresh payments']);
  });

  test('a gateway that was lost leaves the last figures in sight', async () => {
    const page = await shown({ state: 'reconnect', message: 'Ask Mia, your admin.' });
    await says(page, '€940.00');
    await says(page, 'PS-0001');
  });

  test('a viewer sees what is owed and nothing to press', async () => {
    const page = await shown({
      role: 'viewer',
      actions: [],
      invoices: [invoiceView({ actions: [], payUrl: null })],
    });
    await says(page, 'You can see payments here. An admin can let you collect.');
    expect(await card(page).getByRole('button').allInnerTexts()).toEqual(['Refresh payments']);
  });
});

describe('everybody can use the card', () => {
  const long = 'Верхньодніпровський-Нотариаль-Straßenbahnbetriebsgenossenschaft'.repeat(2);
  const states: [string, Parameters<typeof viewAnswer>[0]][] = [
    ['a full card', { mode: 'test', importing: { done: 1, total: 2, text: '1 of 2' } }],
    ['an empty card', { state: 'empty', ...bare, owed: [], overdue: [], credit: [] }],
    [
      'every tone, and long names',
      {
        invoices: (['default', 'info', 'success', 'warning', 'danger'] as const).map((tone, index) =>
          invoiceView({ id: `in_${index}`, number: `${long}${index}`, tone, statusText: tone }),
        ),
        warnings: [{ code: 'disputed', tone: 'danger', text: long }],
      },
    ],
  ];

  test.each(states)(
    '%s breaks no rule of accessibility and fits, wide and on a phone',
    async (_name, part) => {
      const page = await shown(part);
      for (const size of [WIDE, NARROW, { width: 1440, height: 900 }]) {
        await page.setViewportSize(size);
        expect(await violations(page)).toEqual([]);
        expect(await overflow(page)).toBe(0);
      }
    },
  );

  test('nor does one that is read from right to left', async () => {
    const { page } = await studio.open(
      { view: () => viewAnswer({ mode: 'test' }) },
      { user: READS_RIGHT_TO_LEFT },
    );
    await says(page, 'PS-0001');
    const [number, actions] = [
      page.getByText('PS-0001', { exact: true }),
      page.getByRole('button', { name: 'Copy link' }),
    ];
    const [start, end] = [await number.boundingBox(), await actions.boundingBox()];
    expect(start!.x).toBeGreaterThan(end!.x);
    for (const size of [WIDE, NARROW]) {
      await page.setViewportSize(size);
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
    }
  });

  test('an error breaks none either', async () => {
    const { page } = await studio.open({ view: () => NO_ANSWER });
    await says(page, 'Payments could not be loaded');
    expect(await violations(page)).toEqual([]);
  });
});
