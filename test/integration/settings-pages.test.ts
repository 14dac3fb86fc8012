// The pages an admin meets on the way in, in a browser: by keyboard alone, wide and narrow, without a fault axe can find.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCards } from '../../extensions/hubspot/build.ts';
import { launchBrowser } from '../../sandbox/world/browser.ts';
import { overflow, violations } from '../e2e/accessibility.ts';
import { askConnector } from '../../src/control/ask.ts';
import { newPerson, openInvoice } from '../billing/scene.ts';
import { ADMIN, gatewayAccount, PORTAL, propertiesWhen, REP, startRig, type Rig } from './rig.ts';

const WIDTHS = [1280, 390];

let rig: Rig;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let bundles: string;
beforeAll(async () => {
  bundles = mkdtempSync(join(tmpdir(), 'payside-bundles-'));
  const cards = await buildCards({ outDir: bundles });
  rig = await startRig({ cards, accounts: [gatewayAccount(), gatewayAccount({ rights: [] })] });
  browser = await launchBrowser();
  // axe is put into pages that allow no script at all.
  context = await browser.newContext({ bypassCSP: true });
  page = await context.newPage();
});
afterAll(async () => {
  await browser.close();
  await rig.close();
  rmSync(bundles, { recursive: true });
});

async function expectFine(): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    expect([width, await violations(page), await overflow(page)]).toEqual([width, [], 0]);
  }
}

const begin = () => page.goto(`${rig.url}/install/hubspot`);
const heading = () => page.getByRole('heading', { level: 1 }).textContent();

/** Waits until it can be pressed: what was typed before may still be on its way to the card and back. */
async function press(name: string): Promise<void> {
  await page.getByRole('button', { name, disabled: false }).focus();
  await page.keyboard.press('Enter');
}

describe('an install that ends early', () => {
  it.each([
    ['denied', 'Nothing was installed', () => press('Deny')],
    ['used before', 'This link was used before', () => page.reload()],
    [
      'too late',
      'This took too long',
      async () => {
        await begin();
        rig.clock.advance(11 * 60_000);
        await press('Approve');
      },
    ],
    [
      'in another browser',
      'Another browser began this',
      async () => {
        await begin();
        await context.clearCookies();
        await press('Approve');
      },
    ],
  ])('has a page of its own: %s', async (name, title, end) => {
    if (name === 'denied') await begin();
    await end();
    await page.waitForURL(/oauth\/hubspot\/callback/);
    expect(await heading()).toBe(title);
    await expectFine();
    await page.getByRole('link', { name: 'Start again' }).waitFor();
  });

  it('has a page for a HubSpot that does not answer', async () => {
    await begin();
    rig.hubspot.faults.arm('status-503', 99, 0);
    await press('Approve');
    await page.getByRole('heading', { name: 'HubSpot did not answer' }).waitFor();
    rig.hubspot.faults.clear();
    await expectFine();
  });
});

describe('the way in', () => {
  it('goes by keyboard from the consent to the form, its problems, and all set', async () => {
    await begin();
    await press('Approve');
    await page.waitForURL(/connect\/stripe/);
    expect(await heading()).toBe('Connect Stripe');
    await expectFine();
    await page.getByLabel('Restricted key').focus();
    await page.keyboard.type(rig.accounts[1]?.restrictedKey ?? '');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type(rig.accounts[1]?.publishableKey ?? '');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('Nothing was connected.');
    expect(await page.getByLabel('Restricted key').inputValue()).toBe('');
    await expectFine();
    for (let n = 0; n < 300; n += 1) rig.account.create('customers', { email: `c${n}@example.com` });
    await page.getByLabel('Restricted key').fill(rig.account.definition.restrictedKey);
    await page.getByLabel('Publishable key').fill(rig.account.definition.publishableKey);
    await page.getByLabel(/is ours$/).check();
    await press('Check and connect');
    await page.getByText('What to do next').waitFor();
    expect(await heading()).toBe('All set');
    await expectFine();
    const onward = await page.getByRole('link', { name: 'Open contacts in HubSpot' }).getAttribute('href');
    expect(onward).toBe(`${rig.hubspot.url}/contacts/${PORTAL}/objects/0-1`);
  });

  it('is closed to a link that is over', async () => {
    await page.goto(`${rig.url}/connect/stripe?link=over`);
    expect(await heading()).toBe('This link is over');
    await expectFine();
  });
});

describe('the settings page inside HubSpot', () => {
  const visit = (user: number) => page.goto(`${rig.hubspot.url}/settings/${PORTAL}?user=${user}`);

  it('lets an admin change the brand and a role by keyboard, and says what was wrong', async () => {
    await visit(ADMIN);
    await page.getByRole('button', { name: 'Save roles' }).waitFor();
    await expectFine();
    await page.getByLabel('Logo address').focus();
    await page.keyboard.type('http://insecure.example/logo.png');
    await press('Save brand');
    await page.getByText('Not saved').waitFor();
    await expectFine();
    await page.getByLabel('Logo address').fill('');
    await page.getByLabel('Name').fill('Oak & Co');
    await press('Save brand');
    await page.getByText('Saved.').waitFor();
    await page.getByLabel('Role of Rosa Example').focus();
    await page.keyboard.type('Rep');
    await press('Save roles');
    await page.getByRole('button', { name: 'Save roles', disabled: true }).waitFor();
    await visit(REP);
    await page.getByText('Your role is rep.').waitFor();
    await page.getByText('Oak & Co').waitFor();
    await expectFine();
  });

  it('lets an admin have history read again, pause it and go on, by keyboard', async () => {
    await visit(ADMIN);
    rig.stripe.faults.arm('status-503', 10_000, 0);
    await press('Read history again');
    await page.getByText('Waiting for the gateway', { exact: true }).waitFor();
    await expectFine();
    await press('Pause reading');
    await page.getByText('Paused', { exact: true }).waitFor();
    await page
      .getByText(/^Reading history is paused/)
      .last()
      .waitFor();
    await expectFine();
    rig.stripe.faults.clear();
    await press('Go on reading');
    await page.getByRole('button', { name: 'Read history again' }).waitFor();
    await visit(REP);
    await page.getByText('Only admins can change the settings').waitFor();
    expect(await page.getByRole('button', { name: /history|reading/ }).count()).toBe(0);
  });

  it('names edits that are kept, and has them put right at a press', async () => {
    await visit(ADMIN);
    await page.getByLabel('Edits made in HubSpot').selectOption({ label: 'Keep them, and show them below' });
    await press('Save payments');
    await page.getByText('Saved.').waitFor();
    const at = newPerson(rig);
    await openInvoice(rig, at);
    const owes = (owed: string) =>
      propertiesWhen(rig, { kind: 'contacts', id: at.recordId }, (there) => there['payside_owed'] === owed);
    await owes('120.00');
    rig.hubspot.portal(PORTAL).update('contacts', at.recordId, { payside_owed: '7.00' });
    const request = { command: 'reconcile', words: [], options: {} };
    expect((await askConnector(join(rig.folder, 'data', 'control.sock'), request))?.ok).toBe(true);
    await press('Look again');
    const title = page.getByText('One record in HubSpot was edited and is kept so');
    await title.waitFor();
    await page.getByText(`Contact ${at.recordId}, seen `).waitFor();
    await expectFine();
    await press('Put right now');
    await owes('120.00');
    await press('Look again');
    await title.waitFor({ state: 'detached' });
  });
});
