// A company with both CRMs, in a browser: one admin makes a code, the other asks, the first confirms, and both see one ledger.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { buildCards } from '../../extensions/hubspot/build.ts';
import { newPage, recordUrl } from '../../sandbox/demo/browser-steps.ts';
import { lightningUrl } from '../../sandbox/demo/salesforce-desk.ts';
import { seedHistory } from '../../sandbox/seed/history.ts';
import { larkfield } from '../../sandbox/seed/orgs.ts';
import { larkfieldPortal } from '../../sandbox/seed/portals.ts';
import { connect, install, installOrg } from '../../sandbox/world/admin.ts';
import { launchBrowser } from '../../sandbox/world/browser.ts';
import { stripeAccount } from '../../sandbox/world/keys.ts';
import { startWorld, type World } from '../../sandbox/world/world.ts';
import { overflow, violations } from './accessibility.ts';
import { PHONE, waitFor } from './rig.ts';

vi.setConfig({ testTimeout: 60_000 });

const DESKTOP = { width: 1440, height: 900 };
const ADMIN = larkfieldPortal.users[0]?.id ?? 0;

let folder: string;
let world: World;
let browser: Browser;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payside-two-crms-'));
  const account = stripeAccount('acct_larkfield', 'Larkfield Instruments', 'IE', 'eur');
  const cards = await buildCards({ outDir: join(folder, 'cards') });
  world = await startWorld({
    folder: join(folder, 'world'),
    portals: [larkfieldPortal],
    orgs: [larkfield],
    accounts: [account],
    cards,
  });
  seedHistory(world.stripe, { larkfield: account.id }, world.clock.now());
  await connect(world, await installOrg(world, larkfield.id, larkfield.users[0]?.id ?? ''), account);
  await install(world, larkfieldPortal.id, ADMIN);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(address: string): Promise<Page> {
  const page = await newPage(await browser.newContext({ viewport: DESKTOP, bypassCSP: true }));
  await page.goto(address);
  return page;
}

async function expectFine(page: Page): Promise<void> {
  for (const size of [PHONE, DESKTOP]) {
    await page.setViewportSize(size);
    expect([size.width, await violations(page), await overflow(page)]).toEqual([size.width, [], 0]);
  }
}

/** By keyboard alone; waits until it can be pressed. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true, disabled: false }).focus();
  await page.keyboard.press('Enter');
}

/** What a card says is owed, once it has been loaded. */
const owedOn = (page: Page, amount: RegExp) => page.getByText(amount).first().waitFor();

test('joining takes a code, a request and a confirmation, and then both cards owe the same', async () => {
  const inSalesforce = await open(lightningUrl(world, '/lightning/n/Payside_Settings'));
  await press(inSalesforce, 'Make a code');
  const shown = inSalesforce.getByText(/^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
  await shown.waitFor();
  await expectFine(inSalesforce);
  const code = (await shown.textContent()) ?? '';

  const inHubspot = await open(`${world.hubspot.url}/settings/${larkfieldPortal.id}?user=${ADMIN}`);
  await inHubspot.getByLabel('Code from the other CRM').fill(code.toLowerCase());
  await press(inHubspot, 'Ask to join');
  await inHubspot.getByText('Waits for an admin of Larkfield Instruments', { exact: false }).waitFor();
  await expectFine(inHubspot);

  await press(inSalesforce, 'Look again');
  const asks = inSalesforce.getByText(`HubSpot ${larkfieldPortal.id} asks to join`);
  await asks.waitFor();
  await inSalesforce.getByText(/^Asked by Maeve Tuohy/).waitFor();
  await expectFine(inSalesforce);
  await press(inSalesforce, 'Confirm');
  await asks.waitFor({ state: 'detached' });
  await inSalesforce.getByText(`HubSpot ${larkfieldPortal.id}`, { exact: true }).waitFor();
  await expectFine(inSalesforce);

  await inHubspot.reload();
  await inHubspot.getByText('Larkfield Instruments (sandbox) (Salesforce', { exact: false }).waitFor();
  await expectFine(inHubspot);

  const portal = world.hubspot.portal(larkfieldPortal.id);
  const una = portal.ref('lark-una');
  const owed = await waitFor(
    'what Úna owes in HubSpot',
    () => portal.properties('contacts', una)?.['payside_owed_text'],
  );
  const org = world.salesforce.org(larkfield.id);
  expect(org.fields('Contact', org.ref('lark-una'))?.['Payside_Owed_Text__c']).toBe(owed);
  const amount = new RegExp((owed.match(/[\d,.]+/)?.[0] ?? 'none').replace('.', '\\.'));
  await owedOn(await open(recordUrl(world, larkfieldPortal.id, 'contacts', una, ADMIN)), amount);
  await owedOn(await open(lightningUrl(world, `/lightning/r/Contact/${org.ref('lark-una')}/view`)), amount);
});
