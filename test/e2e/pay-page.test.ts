// The payer's page against the real connector and gateway stand-in: languages, phones, weight, what it loads.
import type { Page, Response } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { payWith } from '../../sandbox/demo/browser-steps.ts';
import { overflow, violations } from './accessibility.ts';
import { ask } from './asking.ts';
import { leave, openStage, type Stage } from './rig.ts';

const CARDS = { good: '4242424242424242', declined: '4000000000000002' };
const MOST_BYTES = 60 * 1024;

let stage: Stage;
let payUrl: string;

beforeAll(async () => {
  stage = await openStage();
  ({ payUrl } = await ask(stage, 'ada', '1234.50'));
});
afterEach((context) => leave(stage.browser, context));
afterAll(() => stage.close());

const ready = (page: Page): Promise<void> => page.locator('#pay-button:enabled').waitFor();

const title = (page: Page): Promise<string> => page.getByRole('heading', { level: 1 }).innerText();

describe('every language', () => {
  test.each([
    ['de-DE', 'milo', '1.234,50', 'Ihre Bank hat diese Zahlung abgelehnt'],
    ['fr-FR', 'jose', '1 234,50', 'Votre banque a refusé ce paiement'],
    ['en-GB', 'thuy', '1,234.50', 'Your bank declined this payment'],
  ])(
    '%s: %s reads amount, decline and receipt in their own words',
    async (locale, contact, figure, refusal) => {
      const { payUrl: own } = await ask(stage, contact, '1234.50');
      const payer = await stage.payer({ locale });
      await payer.goto(own);
      await ready(payer);
      expect(plain(await title(payer))).toContain(figure);
      expect(await payer.locator('html').getAttribute('lang')).toContain(locale.slice(0, 2));
      expect(await violations(payer)).toEqual([]);
      expect(await overflow(payer)).toBe(0);
      await payWith(payer, CARDS.declined);
      await payer.locator('#problem').waitFor();
      expect(await payer.locator('#problem-text').innerText()).toContain(refusal);
      expect(await overflow(payer)).toBe(0);
      await payWith(payer, CARDS.good);
      await payer.locator('main[data-state="paid"]').waitFor();
      expect(plain(await payer.locator('.receipt').innerText())).toContain(figure);
      expect(await violations(payer)).toEqual([]);
      expect(await overflow(payer)).toBe(0);
    },
  );

  test('can be chosen on the page', async () => {
    const payer = await stage.payer({ locale: 'en-US' });
    await payer.goto(payUrl);
    // The link moves as long as the gateway's fields come in, and a click beside it is none.
    await ready(payer);
    await payer.getByRole('link', { name: 'Deutsch' }).click();
    // The page before it stays pressable until this one has come.
    await payer.locator('html[lang^="de"]').waitFor();
    await ready(payer);
    expect(plain(await title(payer))).toContain('1.234,50');
  });
});

/** With ordinary spaces: French puts narrow ones into its figures. */
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ');

test('the page’s own files weigh at most 60 kB on the wire and come from nowhere else', async () => {
  const payer = await stage.payer();
  const answers: Response[] = [];
  payer.on('response', (response) => void answers.push(response));
  await payer.goto(payUrl);
  await ready(payer);
  const own = answers.filter((response) => response.url().startsWith(stage.world.url));
  const sizes = await Promise.all(
    own.map(async (response) => {
      const { responseBodySize, responseHeadersSize } = await response.request().sizes();
      return responseBodySize + responseHeadersSize;
    }),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(own.length).toBeGreaterThan(1);
  expect(total).toBeGreaterThan(2_000);
  expect(total).toBeLessThanOrEqual(MOST_BYTES);
  const strangers = answers
    .map((response) => new URL(response.url()).origin)
    .filter((origin) => origin !== stage.world.url && origin !== stage.world.stripe.url);
  expect(strangers).toEqual([]);
});

test('nothing on the page is refused by its own policy, and no error is thrown', async () => {
  const payer = await stage.payer();
  const problems: string[] = [];
  payer.on('pageerror', (error) => void problems.push(error.message));
  payer.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await payer.goto(payUrl);
  await ready(payer);
  expect(problems).toEqual([]);
});
