// Getting started in a browser: consent, keys, progress, and what a refusal looks like on the way.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newPage, recordUrl, tabCard } from '../../sandbox/demo/browser-steps.ts';
import { ADMIN, leave, openStage, PORTAL, VIEWER, type Stage } from './rig.ts';
import { violations } from './accessibility.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ history: true, connected: false });
});
afterEach((context) => leave(stage.browser, context));
afterAll(() => stage.close());

const open = async (): Promise<Page> => newPage(await stage.browser.newContext());

const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name }).waitFor();

async function consent(page: Page, answer: 'Approve' | 'Deny'): Promise<void> {
  await page.goto(`${stage.world.url}/install/hubspot`);
  await page.getByLabel('Account and user').selectOption(`${PORTAL}:${ADMIN}`);
  await page.getByRole('button', { name: answer }).click();
}

async function typeKeys(page: Page, secret: string, publishable: string): Promise<void> {
  await page.getByLabel('Restricted key').fill(secret);
  await page.getByLabel('Publishable key').fill(publishable);
  await page.getByLabel(/is ours$/).check();
  await page.getByRole('button', { name: 'Check and connect' }).click();
}

test('whoever denies is told that nothing was installed and can start again', async () => {
  const page = await open();
  await consent(page, 'Deny');
  await heading(page, 'Nothing was installed');
  expect(await violations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Start again' }).click();
  await page.getByRole('button', { name: 'Approve' }).waitFor();
});

test('wrong keys are refused in words, right ones lead through the first sync to the next steps', async () => {
  const page = await open();
  await consent(page, 'Approve');
  await heading(page, 'Connect Stripe');
  expect(await violations(page)).toEqual([]);
  await typeKeys(page, `rk_test_${'0'.repeat(24)}`, stage.keys.publishableKey);
  await page.getByRole('alert').waitFor();
  expect(await page.getByLabel('Restricted key').inputValue()).toBe('');
  expect(await page.content()).not.toContain('0'.repeat(24));
  stage.world.stripe.faults.arm('slow-work', 40, 100);
  await typeKeys(page, stage.keys.restrictedKey, stage.keys.publishableKey);
  await heading(page, 'Stripe is connected');
  await page.getByText('Reading customers, invoices and payments').waitFor();
  stage.world.stripe.faults.clear();
  await heading(page, 'All set');
  await page.getByText('Northwind Cycles').first().waitFor();
  expect(await violations(page)).toEqual([]);
  await page.goto(recordUrl(stage.world, PORTAL, 'contacts', stage.ref('ada'), ADMIN));
  await tabCard(page).getByText('Owed', { exact: true }).first().waitFor();
});

test('a link to the connect page that is wrong leads nowhere', async () => {
  const page = await open();
  await page.goto(`${stage.world.url}/connect/stripe?link=ws_1.1001.99999999999999.AAAA`);
  await heading(page, 'This link is over');
});

test('the settings page breaks no rule of accessibility, for those who may change it and for those who may not', async () => {
  for (const user of [ADMIN, VIEWER]) {
    const page = await open();
    await page.goto(`${stage.world.hubspot.url}/settings/${PORTAL}?user=${user}`);
    await page.locator('[data-card]').getByText('Northwind Cycles').first().waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.locator('[data-unmapped]').count()).toBe(0);
  }
});
