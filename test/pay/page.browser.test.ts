// The pay page in a real browser: paying, being declined, other tabs, broken networks, keyboard, accessibility.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { payStates } from '../../src/views/pay-schema.ts';
import { launchBrowser } from '../../sandbox/world/browser.ts';
import { CARDS, serveGateway } from './fake-gateway.ts';
import { createWorld, newIntent, receiptIn, servePayPage, type Site } from './world.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What can be pressed and is visible, but lower than a finger is wide. */
const LOW_TARGETS = `[...document.querySelectorAll('a, button, summary, label')]
  .filter((target) => target.offsetHeight > 0 && target.offsetHeight < 44)
  .map((target) => target.outerHTML)`;

const world = createWorld();
let onSuccess = settle;
let browser: Browser;
let gateway: Site;
let site: Site;
let context: BrowserContext;
let page: Page;
let problems: string[];

beforeAll(async () => {
  gateway = await serveGateway(world, () => onSuccess());
  site = await servePayPage(world, gateway.origin);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await site.close();
  await gateway.close();
});

beforeEach(async () => {
  Object.assign(world, createWorld(), { token: world.token });
  onSuccess = settle;
  context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-GB' });
  problems = [];
  page = await openTab();
});

afterEach(() => context.close());

async function openTab(): Promise<Page> {
  const tab = await context.newPage();
  tab.setDefaultTimeout(8_000);
  tab.on('pageerror', (error) => problems.push(error.message));
  tab.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) problems.push(message.text());
  });
  return tab;
}

/** The connector has heard of the payment. */
function settle(): void {
  world.change = { ...world.change, state: 'paid', receipt: receiptIn(world) };
}

const address = (query = ''): string => `${site.origin}/pay/${world.token}${query}`;

async function open(tab = page, query = ''): Promise<void> {
  await tab.goto(address(query));
  await tab.locator('#pay-button:enabled').waitFor();
}

const enterCard = (number: string, tab = page): Promise<void> =>
  tab.frameLocator('#gateway-fields iframe').getByLabel('Card number').fill(number);

async function pay(number: string, tab = page): Promise<void> {
  await enterCard(number, tab);
  await tab.locator('#pay-button').click();
}

const heading = (text: string, tab = page): Promise<void> =>
  tab.getByRole('heading', { level: 1, name: text }).waitFor();

const problemText = async (tab = page): Promise<string> => {
  await tab.locator('#problem').waitFor();
  return tab.locator('#problem-text').innerText();
};

const focusedId = (tab = page): Promise<string> => tab.evaluate<string>('document.activeElement.id');

describe('paying', () => {
  test('a good card leads to the receipt, which takes the focus, and the rep could watch', async () => {
    await open();
    await pay(CARDS.good);
    await heading('Payment received');
    expect(await focusedId()).toBe('title');
    expect(await page.getByText('Visa •••• 4242').isVisible()).toBe(true);
    await expect.poll(() => world.stages).toEqual(['opened', 'typing', 'submitted']);
    expect(problems).toEqual([]);
  });

  test('the page says it is confirming until the server knows, and never calls it paid before', async () => {
    onSuccess = () => undefined;
    await open();
    await pay(CARDS.good);
    await page.getByText('We are confirming your payment').waitFor();
    expect(await page.locator('#pay-form').isVisible()).toBe(false);
    expect(await page.locator('body').innerText()).not.toContain('Payment received');
    world.change = { state: 'processing' };
    await heading('We are confirming your payment');
    settle();
    await heading('Payment received');
    expect(problems).toEqual([]);
  });

  test('polling ends with the final state', async () => {
    world.change = { state: 'processing' };
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes('/view')) asked += 1;
    });
    await page.clock.install();
    await page.goto(address());
    await page.clock.runFor(2_500);
    await expect.poll(() => asked).toBe(1);
    settle();
    await page.clock.runFor(2_500);
    await heading('Payment received');
    const final = asked;
    await page.clock.runFor(60_000);
    expect(asked).toBe(final);
  });

  test('a decline says why in words, takes the focus, and another card goes through', async () => {
    await open();
    await pay(CARDS.noFunds);
    expect(await problemText()).toBe(
      'There is not enough money on this card for the payment. Please try another card.',
    );
    expect(await focusedId()).toBe('problem');
    await expect.poll(() => world.stages).toContain('declined');
    await pay(CARDS.good);
    await heading('Payment received');
  });

  test('fields that are not filled in are no payment', async () => {
    await open();
    await page.locator('#pay-button').click();
    expect(await problemText()).toBe('Please check the fields above.');
    expect(world.stages).not.toContain('submitted');
  });

  test('the bank’s approval is told to the rep and ends in the receipt', async () => {
    await open();
    await pay(CARDS.asksBank);
    await expect.poll(() => world.stages).toContain('authenticating');
    // The answer takes its own frame away, so a click that waits for what follows would wait in vain.
    const approve = page.frameLocator('iframe[title=Approval]').getByRole('button', { name: 'Approve' });
    await approve.dispatchEvent('click');
    await heading('Payment received');
    expect(world.stages.filter((stage) => stage === 'authenticating')).toHaveLength(1);
  });

  test('an answer that is lost on the way never lets the payer pay twice', async () => {
    onSuccess = () => undefined;
    await open();
    await pay(CARDS.answerLost);
    await page.getByText('We are confirming your payment').waitFor();
    expect(await page.locator('#pay-button').isVisible()).toBe(false);
    settle();
    await heading('Payment received');
  });

  test('agreeing to save the card asks for the payment anew and keeps the focus', async () => {
    world.change = { saveForLater: { text: 'Keep this card for later invoices.' } };
    await open();
    await page.getByLabel('Keep this card for later invoices.').check();
    await expect
      .poll(() => world.sessions.at(-1))
      .toMatchObject({ saveForLater: true, consentText: 'Keep this card for later invoices.' });
    await expect.poll(() => focusedId()).toBe('save');
    await pay(CARDS.good);
    await heading('Payment received');
    expect(world.sessions.at(-1)).toMatchObject({ saveForLater: true });
  });
});

describe('things that change meanwhile', () => {
  test('a second tab is held while the first pays, and shows the receipt when it has', async () => {
    await open();
    const second = await openTab();
    await open(second);
    await pay(CARDS.asksBank);
    expect(await problemText(second)).toContain('being paid in another window');
    expect(await second.locator('#pay-button').isEnabled()).toBe(false);
    // The answer takes its own frame away, so a click that waits for what follows would wait in vain.
    const approve = page.frameLocator('iframe[title=Approval]').getByRole('button', { name: 'Approve' });
    await approve.dispatchEvent('click');
    await heading('Payment received', second);
    await heading('Payment received');
  });

  test('a second tab is free again after a decline in the first', async () => {
    await open();
    const second = await openTab();
    await open(second);
    await pay(CARDS.noFunds);
    await problemText();
    await second.locator('#pay-button:enabled').waitFor();
    await pay(CARDS.good, second);
    await heading('Payment received', second);
    await heading('Payment received');
  });

  test('an invoice paid on another machine is found out before the card is charged', async () => {
    await open();
    await enterCard(CARDS.good);
    settle();
    await page.locator('#pay-button').click();
    await heading('Payment received');
    expect(world.intent.status).toBe('requires_payment_method');
    expect(world.stages).not.toContain('submitted');
  });

  test('another amount is shown before it can be paid', async () => {
    await open();
    await enterCard(CARDS.good);
    world.due = 99_900;
    await page.locator('#pay-button').click();
    expect(await problemText()).toContain('€999.00');
    expect(world.intent.status).toBe('requires_payment_method');
    await page.getByRole('button', { name: 'Pay €999.00' }).click();
    await heading('Payment received');
  });

  test('another open payment brings new fields instead of a charge on the old one', async () => {
    await open();
    await enterCard(CARDS.good);
    world.intent = newIntent();
    await page.locator('#pay-button').click();
    expect(await problemText()).toContain('enter your payment details once more');
    await pay(CARDS.good);
    await heading('Payment received');
    expect(await page.locator('#gateway-fields iframe').count()).toBe(0);
  });
});

describe('coming back from a bank', () => {
  const back = () =>
    `?lang=en&payment_intent=${world.intent.id}&payment_intent_client_secret=${world.intent.secret}&redirect_status=x`;

  test('the secret leaves the address, and a payment on its way is waited for', async () => {
    world.intent.status = 'processing';
    await page.goto(address(back()));
    await page.getByText('We are confirming your payment').waitFor();
    expect(page.url()).toBe(address('?lang=en'));
    settle();
    await heading('Payment received');
  });

  test('a refusal is said and the fields are ready for another try', async () => {
    const code = 'payment_intent_authentication_failure';
    world.intent.last_payment_error = { type: 'invalid_request_error', code };
    await open(page, back());
    expect(await problemText()).toContain('could not confirm that it is you');
    await pay(CARDS.good);
    await heading('Payment received');
  });
});

describe('networks', () => {
  test('a blocked gateway script offers the gateway’s own page and another try', async () => {
    world.change = { hostedUrl: 'https://gateway.example.com/invoice/1' };
    await page.route('**/endive/stripe.js', (route) => route.abort());
    await page.goto(address());
    expect(await problemText()).toContain('did not load');
    const hosted = page.getByRole('link', { name: 'Continue on the payment provider’s page' });
    expect(await hosted.getAttribute('href')).toBe('https://gateway.example.com/invoice/1');
    await page.unroute('**/endive/stripe.js');
    await page.getByRole('button', { name: 'Try again' }).click();
    await pay(CARDS.good);
    await heading('Payment received');
  });

  test('a network that is gone is said, nothing is sent, and paying works once it is back', async () => {
    await open();
    await enterCard(CARDS.good);
    await context.setOffline(true);
    await page.locator('#pay-button').click();
    expect(await problemText()).toContain('offline');
    expect(world.intent.status).toBe('requires_payment_method');
    await context.setOffline(false);
    await page.locator('#pay-button').click();
    await heading('Payment received');
  });

  test('a server that does not answer at the start hides the form, and another try opens it', async () => {
    await page.route('**/session*', (route) => route.abort());
    await page.goto(address());
    expect(await problemText()).toContain('could not reach');
    expect(await page.locator('#pay-form').isVisible()).toBe(false);
    await page.unroute('**/session*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await pay(CARDS.good);
    await heading('Payment received');
  });

  test('without JavaScript the page still tells what is owed and where to pay', async () => {
    world.change = { hostedUrl: 'https://gateway.example.com/invoice/1' };
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const tab = await plain.newPage();
    await tab.goto(address());
    await heading('Pay €1,234.50', tab);
    await tab.getByRole('link', { name: 'Continue on the payment provider’s page' }).waitFor();
    expect(await tab.locator('#pay-form').isVisible()).toBe(false);
    await plain.close();
  });
});

describe('everybody', () => {
  test('keyboard only: to the card, to the button, to the receipt', async () => {
    world.change = { saveForLater: { text: 'Keep this card.' } };
    await open();
    const frame = page.frameLocator('#gateway-fields iframe');
    await tabUntil(() => frame.locator('#number:focus').count());
    await page.keyboard.type(CARDS.good);
    await tabUntil(() => page.locator('#save:focus').count());
    await tabUntil(() => page.locator('#pay-button:focus').count());
    const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');
    await page.keyboard.press('Enter');
    await heading('Payment received');
    expect(await focusedId()).toBe('title');
  });

  async function tabUntil(reached: () => Promise<number>): Promise<void> {
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press('Tab');
      if (await reached()) return;
    }
    throw new Error('never reached with the Tab key');
  }

  /** The page's policy lets no other script in; it is set aside here, for the judge. */
  async function violations(prepare: (tab: Page) => Promise<unknown>): Promise<string[]> {
    const judged = await browser.newContext({ bypassCSP: true, viewport: { width: 390, height: 844 } });
    const tab = await judged.newPage();
    await prepare(tab);
    await tab.addScriptTag({ content: AXE });
    const found = await tab.evaluate('axe.run().then(({ violations }) => violations)');
    await judged.close();
    return (found as { id: string; nodes: { html: string }[] }[]).map(
      ({ id, nodes }) => `${id}: ${nodes[0]?.html}`,
    );
  }

  test.each(payStates)('%s has no accessibility violation', async (state) => {
    const saveForLater = { text: 'Keep this card for later invoices.' };
    const merchant = { name: 'Northwind Atelier', logoUrl: null, color: '#ffe45c' };
    world.change = {
      state,
      overdue: true,
      saveForLater,
      merchant,
      hostedUrl: 'https://gateway.example.com/1',
    };
    if (state === 'paid') settle();
    expect(await violations((tab) => (state === 'ready' ? open(tab) : tab.goto(address())))).toEqual([]);
  });

  test('a decline, a wait and a link that does not work have no accessibility violation', async () => {
    onSuccess = () => undefined;
    const declined = await violations(async (tab) => {
      await open(tab);
      await pay(CARDS.noFunds, tab);
      await problemText(tab);
    });
    const waiting = await violations(async (tab) => {
      await open(tab);
      await pay(CARDS.good, tab);
      await tab.getByText('We are confirming your payment').waitFor();
    });
    const unknown = await violations((tab) => tab.goto(`${site.origin}/pay/${'x'.repeat(32)}`));
    expect([...declined, ...waiting, ...unknown]).toEqual([]);
  });

  test.each(payStates)('%s fits a phone with very long names, and targets are 44 px', async (state) => {
    const word = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen'.repeat(2);
    const money = { amountMinor: 1, currency: 'EUR', text: '€123,456,789,012,345.00' };
    world.change = {
      state,
      merchant: { name: word, logoUrl: null, color: '#0b6b58' },
      number: word,
      memo: word,
      lines: [{ description: word, quantity: '12', amount: money }],
      total: money,
      saveForLater: { text: word },
    };
    if (state === 'paid') settle();
    await page.goto(address());
    if (state === 'ready') await page.locator('#pay-button:enabled').waitFor();
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(390);
    const low = await page.evaluate<string[]>(LOW_TARGETS);
    expect(low).toEqual([]);
  });

  test('hostile names start nothing and call nobody', async () => {
    const payload = '</script><img src=http://127.0.0.1:9/canary onerror=alert(1)><svg onload=alert(2)>';
    const asked: string[] = [];
    page.on('dialog', (dialog) => problems.push(dialog.message()));
    page.on('request', (request) => asked.push(new URL(request.url()).origin));
    world.change = {
      merchant: { name: payload, logoUrl: null, color: '#0b6b58' },
      number: payload,
      memo: payload,
      saveForLater: { text: payload },
    };
    await open();
    await pay(CARDS.good);
    await heading('Payment received');
    expect(problems).toEqual([]);
    expect(asked.filter((origin) => ![site.origin, gateway.origin, 'null'].includes(origin))).toEqual([]);
  });

  test('another site cannot frame the page', async () => {
    await page.goto(gateway.origin);
    await page.setContent(`<iframe src="${address()}"></iframe>`);
    await expect.poll(() => page.frames().at(-1)?.url()).toContain('chrome-error');
  });
});
