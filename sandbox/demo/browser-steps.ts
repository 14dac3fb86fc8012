// What people do in the demo, in a real browser: an admin installs, a rep invoices, a customer pays.
import type { BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import type { AccountDefinition } from '../stripe/start.ts';
import type { World } from '../world/world.ts';

/** The longest the demo waits for any state. */
export const LIMIT_MS = 10_000;

export async function newPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  // The first page of a stand-in builds what it shows, and that says nothing about payments.
  page.setDefaultNavigationTimeout(3 * LIMIT_MS);
  return page;
}

/** From the start of the install to the page that says what to do next. */
export async function installAndConnect(
  page: Page,
  world: World,
  who: { portalId: number; userId: number },
  keys: AccountDefinition,
): Promise<void> {
  await page.goto(`${world.url}/install/hubspot`);
  await page.getByLabel('Account and user').selectOption(`${who.portalId}:${who.userId}`);
  await page.getByRole('button', { name: 'Approve' }).click();
  await connectKeys(page, keys);
}

/** From the connect page's form to the page that says what to do next. */
export async function connectKeys(page: Page, keys: AccountDefinition): Promise<void> {
  await page.getByLabel('Restricted key').fill(keys.restrictedKey);
  await page.getByLabel('Publishable key').fill(keys.publishableKey);
  await page.getByLabel(/is ours$/).check();
  await page.getByRole('button', { name: 'Check and connect' }).click();
  await page.getByRole('heading', { name: 'All set' }).waitFor();
}

const TYPE_IDS = { contacts: '0-1', companies: '0-2', deals: '0-3' } as const;

export const recordUrl = (
  world: World,
  portalId: number,
  type: keyof typeof TYPE_IDS,
  id: string,
  userId: number,
): string => `${world.hubspot.url}/contacts/${portalId}/record/${TYPE_IDS[type]}/${id}?user=${userId}`;

export const tabCard = (page: Page) => page.locator('[data-card="payments_tab"]');

type Copied = { name: string; args: unknown[] }[];

/** Makes an invoice of the deal's own line items and copies its link. @returns the address of its pay page */
export async function invoiceDeal(page: Page): Promise<string> {
  const card = tabCard(page);
  await card.getByRole('button', { name: 'New invoice' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Create invoice' }).click();
  await dialog.getByRole('button', { name: 'Copy link' }).click();
  const copied = await page.waitForFunction(() => {
    const actions = (globalThis as unknown as { __actions?: Copied }).__actions ?? [];
    return actions.find(({ name }) => name === 'copyTextToClipboard')?.args[0];
  });
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  return String(await copied.jsonValue());
}

const TWO_FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';

const fields = (page: Page): FrameLocator => page.frameLocator('iframe[title="Secure payment input frame"]');

/** Types a card into the gateway's own fields. */
export async function typeCard(page: Page, cardNumber: string): Promise<void> {
  const frame = fields(page);
  await frame.getByLabel('Card number').fill(cardNumber);
  await frame.getByLabel('Expiry').fill('12 / 34');
  await frame.getByLabel('CVC').fill('123');
}

/** How often in a row something has to be found in the same place. */
const STILL = 3;

/**
 * Scrolls to something and waits until it stands still on the page, the frame around it too: while that moves, or right after
 * scrolling, a headless browser may send the click to where it was.
 */
async function settled(page: Page, found: Locator): Promise<Locator> {
  await found.scrollIntoViewIfNeeded();
  let place = '';
  for (let still = 0; still < STILL;) {
    await page.evaluate(TWO_FRAMES);
    const now = JSON.stringify(await found.boundingBox());
    still = now === place ? still + 1 : 0;
    place = now;
  }
  return found;
}

export async function pressPay(page: Page): Promise<void> {
  await (await settled(page, page.locator('#pay-button:enabled'))).click();
}

/** Types a card and presses Pay. */
export async function payWith(page: Page, cardNumber: string): Promise<void> {
  await typeCard(page, cardNumber);
  await pressPay(page);
}

/** Pays from an American bank account; the bank takes days to settle. */
export async function payByBank(page: Page): Promise<void> {
  const frame = fields(page);
  await (await settled(page, frame.getByLabel('US bank account'))).check();
  await frame.getByLabel('Name on account').fill('Ada Fairweather');
  await frame.getByLabel('Routing number').fill('110000000');
  await frame.getByLabel('Account number').fill('000123456789');
  await pressPay(page);
}

/** Agrees to the method being kept and charged later. */
export async function agreeToSave(page: Page): Promise<void> {
  await (await settled(page, page.locator('#save:enabled'))).check();
  await page.locator('#pay-button:enabled').waitFor();
}

/** Answers the bank's question in the 3-D Secure dialog. */
export async function authenticate(page: Page): Promise<void> {
  const frame = page.frameLocator('iframe[name="stripe-challenge-frame"]');
  const complete = frame.getByRole('button', { name: 'Complete authentication' });
  await (await settled(page, complete)).click();
}
