// The cards over a year of history, in a browser: figures, pages, roles, names, currencies, accessibility.
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { recordUrl, tabCard } from '../../sandbox/demo/browser-steps.ts';
import { portals as seeded } from '../../sandbox/seed/portals.ts';
import { connect, install } from '../../sandbox/world/admin.ts';
import { overflow, violations } from './accessibility.ts';
import { customersOf, digits, figuresOf, type Sums } from './oracle.ts';
import { FINANCE, leave, openStage, PHONE, REP, VIEWER, type RecordType, type Stage } from './rig.ts';

const LIVE_PORTAL = { id: 4_240_002, admin: 2001 };

let stage: Stage;

beforeAll(async () => {
  const portals = seeded.map((portal) =>
    portal.id === LIVE_PORTAL.id ? { ...portal, testAccount: false } : portal,
  );
  stage = await openStage({ history: true, portals });
});
afterEach((context) => leave(stage.browser, context));
afterAll(() => stage.close());

const figure = (card: Locator, label: string): Locator =>
  card.locator('.statistic').filter({ has: card.page().getByText(label, { exact: true }) });

const loaded = (page: Page): Promise<void> =>
  tabCard(page).getByText('Owed', { exact: true }).first().waitFor();

const sidebar = (page: Page): Locator => page.locator('[data-card="payments_sidebar"]');

function expected(emails: string[]): Record<'owed' | 'overdue' | 'collected', Sums> {
  return figuresOf(stage.stripe, customersOf(stage.stripe, emails), stage.world.clock.now());
}

async function showsFigures(page: Page, sums: Record<'owed' | 'overdue' | 'collected', Sums>): Promise<void> {
  for (const [label, sum] of Object.entries(sums)) {
    const shown = await figure(tabCard(page), label[0]!.toUpperCase() + label.slice(1)).innerText();
    const wanted = Object.entries(sum).map(([currency, minor]) => digits(currency, minor));
    expect(shown.replace(/^\w+\s+/, '').match(/[\d.,]*\d/g) ?? []).toEqual(wanted);
  }
}

describe('the figures on a card are those of the gateway', () => {
  test.each([
    ['contacts', 'ada', ['ada@lattice-labs.example']],
    ['contacts', 'kenji', ['kenji@komorebi-rides.example']],
    ['contacts', 'layla', ['layla@cedar-and-salt.example']],
    ['contacts', 'seun', ['seun@thamesmere.example']],
    ['companies', 'copperfield', ['jose@copperfield.example', 'thuy@copperfield.example']],
  ] as [RecordType, string, string[]][])('%s: %s', async (type, name, emails) => {
    const page = await stage.record(type, name);
    await loaded(page);
    await showsFigures(page, expected(emails));
    expect(await page.locator('[data-unmapped]').count()).toBe(0);
  });
});

test('a card with many invoices turns its pages, and every invoice is on one of them once', async () => {
  const page = await stage.record('companies', 'copperfield');
  const card = tabCard(page);
  await loaded(page);
  const table = card.locator('table').first();
  const numbers = async (): Promise<string[]> =>
    (await table.locator('tbody tr').allInnerTexts()).map((text) => text.split(/\s/)[0] ?? '');
  const first = await numbers();
  await card.getByRole('button', { name: 'Older' }).click();
  await card.getByText('Page 2', { exact: true }).waitFor();
  const second = await numbers();
  expect(await card.getByRole('button', { name: 'Older' }).isDisabled()).toBe(true);
  const emails = ['jose@copperfield.example', 'thuy@copperfield.example'];
  const customers = customersOf(stage.stripe, emails);
  const all = stage.stripe
    .all('invoices')
    .filter(({ customer }) => customers.has(String(customer)))
    .map(({ number }) => number ?? 'Draft');
  expect([...first, ...second].sort()).toEqual(all.sort());
  await card.getByRole('button', { name: 'Newer' }).click();
  await card.getByText('Page 1', { exact: true }).waitFor();
  expect(await numbers()).toEqual(first);
});

test('the sidebar says in short what the tab says at length', async () => {
  const page = await stage.record('contacts', 'ada');
  await loaded(page);
  const short = sidebar(page);
  await short.getByText('Overdue', { exact: true }).first().waitFor();
  for (const label of ['Owed', 'Overdue'])
    expect(await figure(short, label).innerText()).toBe(await figure(tabCard(page), label).innerText());
});

describe('roles', () => {
  const buttons = ['New invoice', 'Payment link', 'Copy link', 'More'];

  test('a viewer sees what is owed and nothing to press', async () => {
    const page = await stage.record('contacts', 'ada', VIEWER);
    await loaded(page);
    await tabCard(page).getByText('You can see payments here.').waitFor();
    for (const name of ['New invoice', 'Payment link', 'Give back credit', 'Void'])
      expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0);
  });

  test('a rep collects but does not void; finance does both', async () => {
    for (const [user, count] of [
      [REP, 0],
      [FINANCE, 1],
    ] as const) {
      const page = await stage.record('contacts', 'ada', user);
      await loaded(page);
      const card = tabCard(page);
      for (const name of buttons) await card.getByRole('button', { name }).first().waitFor();
      await card.getByRole('button', { name: 'More' }).first().click();
      await card.getByRole('button', { name: 'Send', exact: true }).first().waitFor();
      expect(await card.locator('.menu:not([hidden])').getByRole('button', { name: 'Void' }).count()).toBe(
        count,
      );
    }
  });
});

describe('everybody can use the card', () => {
  const awkward: [RecordType, string][] = [
    ['contacts', 'layla'],
    ['contacts', 'magdalena'],
    ['companies', 'cooperative'],
    ['deals', 'lattice-rollout'],
    ['contacts', 'ngozi'],
  ];

  test.each(awkward)(
    '%s: %s breaks no rule of accessibility and fits, wide and on a phone',
    async (type, name) => {
      const page = await stage.record(type, name);
      await loaded(page);
      for (const size of [{ width: 1440, height: 900 }, PHONE]) {
        await page.setViewportSize(size);
        expect(await violations(page)).toEqual([]);
        expect(await overflow(page)).toBe(0);
      }
      expect(await page.locator('[data-unmapped]').count()).toBe(0);
    },
  );

  test('an invoice can be made without a mouse', async () => {
    const page = await stage.record('contacts', 'xavier');
    await loaded(page);
    await tabCard(page).getByRole('button', { name: 'New invoice' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Description').waitFor();
    expect(await violations(page)).toEqual([]);
    await tabTo(page, 'Description');
    await page.keyboard.type('Keyboard lesson');
    await tabTo(page, 'Price each');
    await page.keyboard.type('12.34');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Copy link' }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await tabCard(page).getByText('$12.34').first().waitFor();
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('New invoice');
  });
});

/** Presses Tab until a field with this label has the focus. */
async function tabTo(page: Page, label: string): Promise<void> {
  const focused = (): Promise<string> =>
    page.evaluate<string>('document.activeElement.labels?.[0]?.innerText ?? ""');
  for (let presses = 0; presses < 30; presses += 1) {
    if ((await focused()).startsWith(label)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way by keyboard to ${label}`);
}

test('finance takes a customer off a contact after a second look; a rep only sees who it is', async () => {
  const rep = await stage.record('contacts', 'ngozi', REP);
  await loaded(rep);
  await tabCard(rep).getByText('Old Harbor Haulage').waitFor();
  expect(await rep.getByRole('button', { name: 'Not this customer' }).count()).toBe(0);

  const page = await stage.record('contacts', 'ngozi', FINANCE);
  await loaded(page);
  const row = tabCard(page).getByRole('row').filter({ hasText: 'Old Harbor Haulage' });
  await row.getByRole('button', { name: 'Not this customer' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('What Old Harbor Haulage owes and has paid').waitFor();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Take off' }).click();
  await dialog.waitFor({ state: 'detached' });
  await row.waitFor({ state: 'detached' });
  await page.reload();
  await loaded(page);
  expect(await tabCard(page).getByText('Old Harbor Haulage').count()).toBe(0);
  await showsFigures(page, expected(['ngozi@harborlight.example']));
  const { payers } = await stage.view('contacts', 'ngozi', FINANCE);
  expect(payers).toHaveLength(2);
});

test('test keys on a live account are watermarked and nothing is written back', async () => {
  const { world } = stage;
  const [, keys] = world.accounts;
  if (!keys) throw new Error('the world has a second account');
  await connect(world, await install(world, LIVE_PORTAL.id, LIVE_PORTAL.admin), keys);
  const page = await stage.record('contacts', 'ada');
  const id = world.hubspot.portal(LIVE_PORTAL.id).ref('maree-elise');
  await page.goto(recordUrl(world, LIVE_PORTAL.id, 'contacts', id, LIVE_PORTAL.admin));
  await loaded(page);
  await tabCard(page).getByText('TEST MODE').waitFor();
  const { payside_owed: owed } = world.hubspot.portal(LIVE_PORTAL.id).properties('contacts', id) ?? {};
  expect(owed ?? '').toBe('');
  expect(await violations(page)).toEqual([]);
});
