// The Lightning card over the real connector, in a browser: the sale, watched live, by role, and for everybody.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { authenticate, newPage, pressPay, typeCard } from '../../sandbox/demo/browser-steps.ts';
import { lightningUrl } from '../../sandbox/demo/salesforce-desk.ts';
import type { OrgDoor } from '../../sandbox/salesforce/start.ts';
import { seedHistory } from '../../sandbox/seed/history.ts';
import { larkfield } from '../../sandbox/seed/orgs.ts';
import type { AccountHandle } from '../../sandbox/stripe/start.ts';
import { connect, installOrg } from '../../sandbox/world/admin.ts';
import { launchBrowser } from '../../sandbox/world/browser.ts';
import { stripeAccount } from '../../sandbox/world/keys.ts';
import { giveOrgRoles } from '../../sandbox/world/roles.ts';
import { startWorld, type World } from '../../sandbox/world/world.ts';
import { overflow, violations } from './accessibility.ts';
import { customersOf, digits, figuresOf } from './oracle.ts';
import { leave, PHONE, waitFor } from './rig.ts';

const CARD = '4000002500003155';
const [ADMIN = '', FINANCE = '', REP = '', VIEWER = ''] = larkfield.users.map(({ id }) => id);

let folder: string;
let world: World;
let browser: Browser;
let stripe: AccountHandle;
let org: OrgDoor;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payside-lightning-'));
  const account = stripeAccount('acct_larkfield', 'Larkfield Instruments', 'IE', 'eur');
  world = await startWorld({ folder, portals: [], orgs: [larkfield], accounts: [account] });
  stripe = world.stripe.account(account.id);
  org = world.salesforce.org(larkfield.id);
  seedHistory(world.stripe, { larkfield: account.id }, world.clock.now());
  await connect(world, await installOrg(world, larkfield.id, ADMIN), account);
  await giveOrgRoles(world, larkfield);
  browser = await launchBrowser();
});
afterEach((context) => leave(browser, context));
afterAll(async () => {
  await browser.close();
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const card = (page: Page): Locator => page.locator('c-payside-payments');
const dialog = (page: Page): Locator => page.getByRole('dialog');

async function record(
  type: string,
  ref: string,
  user = ADMIN,
  size = { width: 1440, height: 900 },
): Promise<Page> {
  const page = await newPage(await browser.newContext({ viewport: size }));
  await page.goto(lightningUrl(world, `/lightning/r/${type}/${org.ref(ref)}/view`, user));
  return page;
}

const loaded = (page: Page): Promise<void> => card(page).getByText('Owed', { exact: true }).first().waitFor();

test('a rep invoices the products, watches the payer pay, and every record says so', async () => {
  const rep = await record('Opportunity', 'lark-orchard-frost', REP);
  await card(rep).getByRole('button', { name: 'New invoice' }).click();
  await dialog(rep)
    .getByRole('button', { name: /^Create/ })
    .click();
  const address = (await dialog(rep).getByRole('link').getAttribute('href')) ?? '';
  const says = (words: string): Promise<void> => dialog(rep).getByText(words, { exact: true }).waitFor();
  await says('Waiting for the payer to open it');
  const payer = await newPage(await browser.newContext({ viewport: PHONE, locale: 'en-US' }));
  await payer.goto(address);
  await says('The customer has the pay page open');
  await typeCard(payer, CARD);
  await says('The customer is entering their details');
  await pressPay(payer);
  await says('The bank is asking the customer to confirm');
  await authenticate(payer);
  await says('Paid');
  await dialog(rep).getByRole('button', { name: 'Close', exact: true }).click();
  await card(rep).getByText('Paid', { exact: true }).first().waitFor();
  const opportunity = org.ref('lark-orchard-frost');
  await waitFor('the invoice record to be paid', () =>
    org
      .all('Payside_Invoice__c')
      .find((one) => one['Opportunity__c'] === opportunity && one['Status__c'] === 'paid'),
  );
  await waitFor('the opportunity to be paid', () =>
    org.fields('Opportunity', opportunity)?.['Payside_Status__c'] === 'paid' ? true : undefined,
  );
  await rep.locator('[data-field="Payside_Status__c"]').getByText('paid', { exact: true }).waitFor();
});

test('an open card hears of a payment made elsewhere, without anybody asking', async () => {
  const page = await record('Contact', 'lark-una', REP);
  await loaded(page);
  const customer = stripe.all('customers').find(({ email }) => email === 'una@ballyhoura-orchards.example');
  const terms = {
    customer: customer?.id,
    collection_method: 'send_invoice',
    days_until_due: 14,
    currency: 'eur',
  };
  const invoice = stripe.create('invoices', terms);
  stripe.act('invoices', invoice.id, 'add_lines', { lines: [{ description: 'Bell', amount: 4_321 }] });
  stripe.act('invoices', invoice.id, 'finalize', {}, { silent: false });
  await card(page).getByText('€43.21').first().waitFor();
});

test('the figures on a card are those of the gateway', async () => {
  const page = await record('Contact', 'lark-orla');
  await loaded(page);
  const sums = figuresOf(stripe, customersOf(stripe, ['orla@shannon-hydrology.example']), world.clock.now());
  for (const [label, sum] of Object.entries({ Owed: sums.owed, Overdue: sums.overdue })) {
    const shown = await card(page).locator('dl > div').filter({ hasText: label }).first().innerText();
    const wanted = Object.entries(sum).map(([currency, minor]) => digits(currency, minor));
    expect(shown.match(/[\d.,]*\d/g) ?? []).toEqual(wanted);
  }
});

describe('roles', () => {
  test('a viewer sees what is owed, can pass its link on, and nothing else', async () => {
    const page = await record('Contact', 'lark-orla', VIEWER);
    await loaded(page);
    await card(page).getByText('You can see payments here.').waitFor();
    for (const name of ['New invoice', 'Payment link', 'Give back credit'])
      expect(await card(page).getByRole('button', { name, exact: true }).count()).toBe(0);
    await card(page).getByRole('button', { name: 'More actions' }).first().click();
    await card(page).getByRole('menuitem', { name: 'Show link' }).waitFor();
    expect(await card(page).getByRole('menuitem').count()).toBe(1);
  });

  test('a rep collects but does not void; finance does both', async () => {
    for (const [user, count] of [
      [REP, 0],
      [FINANCE, 1],
    ] as const) {
      const page = await record('Contact', 'lark-orla', user);
      await loaded(page);
      await card(page).getByRole('button', { name: 'More actions' }).first().click();
      await card(page).getByRole('menuitem', { name: 'Send' }).first().waitFor();
      expect(await card(page).getByRole('menuitem', { name: 'Void' }).count()).toBe(count);
    }
  });

  test('who may not see a record is not told what it owes', async () => {
    const id = org.ref('lark-yuki');
    org.share(REP, id, false);
    const page = await record('Contact', 'lark-yuki', REP);
    await card(page).getByText('Payments are not available').waitFor();
    org.share(REP, id, true);
  });
});

describe('everybody can use the card', () => {
  test.each([
    ['Contact', 'lark-sami'],
    ['Contact', 'lark-brid'],
    ['Account', 'lark-society'],
    ['Account', 'lark-hydro'],
    ['Opportunity', 'lark-pic-dome'],
  ])('%s %s breaks no rule of accessibility and fits, wide and on a phone', async (type, ref) => {
    const page = await record(type, ref);
    await loaded(page);
    for (const size of [{ width: 1440, height: 900 }, PHONE]) {
      await page.setViewportSize(size);
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
    }
    expect(await page.locator(':not(:defined)').count()).toBe(0);
  });
});

test('finance finds the gateway’s own sums and what is overdue, and the settings are an admin’s', async () => {
  const page = await newPage(await browser.newContext({ viewport: { width: 1440, height: 900 } }));
  await page.goto(lightningUrl(world, '/lightning/n/Payside_Finance', FINANCE));
  const list = page.locator('c-payside-finance-list').filter({ hasText: 'Overdue invoices' });
  await list.locator('tbody tr').first().waitFor();
  const overdue = page.locator('c-payside-sums [data-figure="overdue"]');
  const customers = new Set(stripe.all('customers').map(({ id }) => id));
  const sums = figuresOf(stripe, customers, world.clock.now());
  for (const [currency, minor] of Object.entries(sums.overdue))
    await overdue.getByText(digits(currency, minor)).first().waitFor();
  for (const size of [{ width: 1440, height: 900 }, PHONE]) {
    await page.setViewportSize(size);
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
  }
  await page.goto(lightningUrl(world, '/lightning/n/Payside_Settings', ADMIN));
  await page.getByRole('button', { name: 'Save roles' }).waitFor();
  expect(await violations(page)).toEqual([]);
});
