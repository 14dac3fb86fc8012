// Finance's sums on the page of the app: every state of theirs, in every currency, for everybody.
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { overflow, violations } from '../e2e/accessibility.ts';
import { financeAnswer, forbidden, proven } from './sample-finance.ts';
import { NARROW, NO_ANSWER, openStudio, WIDE, type Studio } from './studio.ts';

let studio: Studio;
beforeAll(async () => {
  studio = await openStudio();
});
afterEach(() => Promise.all(studio.browser.contexts().map((context) => context.close())));
afterAll(() => studio.close());

const NOBODY = { ok: true, payers: [], total: 0 };

/** @param answers of the door to the sums, the last of them for good */
function open(...answers: unknown[]) {
  let asked = 0;
  const read = (name: string): unknown => {
    if (name === 'unmatched') return NOBODY;
    if (name !== 'finance') return NO_ANSWER;
    return answers[Math.min(asked++, answers.length - 1)];
  };
  return studio.open({ read }, { path: '/lightning/n/Payside_Finance' });
}

const sums = (page: Page): Locator => page.locator('c-payside-sums');
const figure = (page: Page, kind: string): Locator => sums(page).locator(`[data-figure="${kind}"]`);

test('each sum stands in its own currencies, with how many, what it counts and the list it comes from', async () => {
  const { page } = await open(financeAnswer());
  await figure(page, 'owed').waitFor();
  const owed = await figure(page, 'owed').innerText();
  for (const words of [
    '€1,234,567.89',
    '1,204 invoices',
    '¥9,007,199,254,740,991',
    'KWD',
    '12.345',
    '1 invoice',
  ])
    expect(owed).toContain(words);
  expect(owed).toContain('What remains of open invoices');
  expect(await figure(page, 'at_risk').innerText()).toContain('None');
  const links = await sums(page)
    .getByRole('link')
    .evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  expect(links).toEqual([
    '/lightning/o/Payside_Invoice__c/list?filterName=Payside_Open',
    '/lightning/o/Payside_Invoice__c/list?filterName=Payside_Overdue',
    '/lightning/o/Payside_Dispute__c/list?filterName=Payside_Open',
    '/lightning/o/Payside_Payment__c/list?filterName=Payside_Processing',
    '/lightning/o/Payside_Payment__c/list?filterName=Payside_All',
    '/lightning/o/Payside_Payment__c/list?filterName=Payside_All',
    '/lightning/o/Payside_Refund__c/list?filterName=Payside_All',
  ]);
  const ages = await sums(page).locator('tbody tr').allInnerTexts();
  expect(ages.map((row) => row.replaceAll(/\s+/g, ' '))).toEqual([
    '1 to 30 days €300.00 2 invoices',
    '31 to 60 days None',
    '61 to 90 days None',
    'More than 90 days €150.00 1 invoice',
  ]);
  await sums(page).getByText('2 customers without a record · 3 records edited and kept so').waitFor();
  await sums(page).getByText('Added up 2 Nov 2026, 09:00 (Europe/Berlin)').waitFor();
});

/** What has the focus, inside whichever component. */
const FOCUSED = `(() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
})()`;

test('every link and the table can be reached by keyboard, in the order they stand', async () => {
  const { page } = await open(financeAnswer());
  await figure(page, 'owed').waitFor();
  await sums(page).getByRole('link').first().focus();
  const reached: unknown[] = [await page.evaluate(FOCUSED)];
  for (let step = 0; step < 7; step += 1) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate(FOCUSED));
  }
  expect(reached).toEqual([
    'Open invoices',
    'Overdue invoices',
    'Open disputes',
    'Payments on their way',
    'All payments',
    'All payments',
    'All refunds',
    'Money: overdue since',
  ]);
});

test('test money stands apart and says that it is not real', async () => {
  const view = financeAnswer({
    accounts: [
      { id: 'ga_1', livemode: true, verifiedAt: null },
      { id: 'ga_2', livemode: false, verifiedAt: null },
    ],
  });
  const { page } = await open(view);
  await sums(page).locator('[data-mode="test"]').getByText('Not real').waitFor();
  expect(await sums(page).locator('[data-mode="live"]').getByText('Not real').count()).toBe(0);
});

test('says until when sums are proven by the balance, and what is not', async () => {
  const { page } = await open(financeAnswer());
  await sums(page).getByText('Proven against the gateway’s balance until 31 Oct 2026').waitFor();
  await sums(page).getByText('1 Nov 2026: €20.00 collected, but €15.00 by the gateway’s balance').waitFor();
});

test('while it is added up for the first time the page says how far it is, and looks again', async () => {
  const { page, pass, count } = await open(
    financeAnswer({ sums: null, payers: 1_200 }),
    financeAnswer({ sums: null, payers: 4_800 }),
    financeAnswer(),
  );
  await sums(page).getByText('Adding up: 1,200 customers so far.').waitFor();
  await pass(2_000);
  await sums(page).getByText('Adding up: 4,800 customers so far.').waitFor();
  await pass(2_000);
  await figure(page, 'owed').waitFor();
  const before = count('read');
  await pass(60_000);
  expect(count('read')).toBe(before);
});

test('who may not see sums is told so, and can do nothing about it; the lists stay', async () => {
  const { page } = await open(forbidden);
  await sums(page).getByText('Sums are not available').waitFor();
  await sums(page).getByText('Only finance and admins of Payside').waitFor();
  expect(await sums(page).getByRole('button').count()).toBe(0);
  await page.getByRole('heading', { name: 'Overdue invoices' }).waitFor();
});

test('silence is said in words, and Try again loads', async () => {
  const { page } = await open(NO_ANSWER, financeAnswer());
  await sums(page).getByText('Sums could not be loaded').waitFor();
  await sums(page).getByRole('button', { name: 'Try again' }).click();
  await figure(page, 'owed').waitFor();
});

test('a workspace without a gateway has nothing to add up', async () => {
  const { page } = await open(financeAnswer({ accounts: [] }));
  await sums(page).getByText('no payment gateway is connected yet').waitFor();
});

test.each([
  ['with sums', [financeAnswer()]],
  [
    'with nothing owed',
    [
      financeAnswer({
        sums: { asOf: new Date(0), live: new Map(), test: new Map(), proof: proven(), unmatched: 0 },
      }),
    ],
  ],
  ['while adding up', [financeAnswer({ sums: null, payers: 3 })]],
  ['forbidden', [forbidden]],
])(
  'the page %s breaks no rule of accessibility and fits, wide, on a phone and right to left',
  async (_state, answers) => {
    const { page } = await open(...answers);
    await sums(page).locator('dl, [role="alert"], [role="status"] p').first().waitFor();
    for (const direction of ['ltr', 'rtl']) {
      await page.evaluate(`document.documentElement.dir = '${direction}'`);
      for (const size of [WIDE, NARROW]) {
        await page.setViewportSize(size);
        expect(await violations(page)).toEqual([]);
        expect(await overflow(page)).toBe(0);
      }
    }
  },
);
