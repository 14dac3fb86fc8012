// The main job from end to end, headless: install, invoice a deal, pay with a decline and 3-D Secure, see it in the CRM.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { AccountDefinition } from '../stripe/start.ts';
import { launchBrowser } from '../world/browser.ts';
import { waitFor } from '../world/wait.ts';
import { reconcile } from '../world/operator.ts';
import { startWorld, type World } from '../world/world.ts';
import { authenticate, LIMIT_MS, newPage, payWith } from './browser-steps.ts';
import type { DemoOptions, DemoOutcome } from './demos.ts';
import type { Desk } from './desk.ts';
import { hubspotDesk } from './hubspot-desk.ts';
import { filesHolding, paidInvoices, watchForPans } from './oracle.ts';
import { leavePlace, placeIn } from './place.ts';
import { salesforceDesk } from './salesforce-desk.ts';

const PANS = { declined: '4000000000000002', authenticated: '4000002500003155' };
const IMAGES = 'docs/images';
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };
const FOR_EVER = 1_000_000_000;

/** What can be broken, and at whose stand-in. */
const BREAKS: Record<string, 'gateway' | 'crm'> = {
  'lost-webhook': 'gateway',
  'wrong-secret': 'gateway',
  'crm-refuses': 'crm',
  'frozen-card': 'crm',
};

/** What a sweep finds and puts right. */
const HEALED = new Set(['lost-webhook']);

const DESKS = { hubspot: hubspotDesk, salesforce: salesforceDesk };

type Seen = {
  collected: number;
  writtenBack: number;
  cardShowsPaid: number;
  pansSeenByConnector: number;
  unmappedComponents: number;
  webhookToCrmMs: number | null;
  stoppedAt: string | null;
};

type Scene = {
  world: World;
  browser: Browser;
  desk: Desk;
  account: AccountDefinition;
  recordId: string;
  fault: string | undefined;
  heal: string | undefined;
  limitMs: number;
  pictures: boolean;
  seen: Seen;
};

export async function collect(options: DemoOptions): Promise<DemoOutcome> {
  const { folder, fault, heal, limitMs = LIMIT_MS, pictures = false, crm = 'hubspot' } = options;
  refuseUnknown(fault, heal);
  const desk = DESKS[crm];
  const place = placeIn(folder);
  const account = desk.account();
  const world = await startWorld({
    folder: join(place, 'world'),
    accounts: [account],
    ...(await desk.seeds(place, options)),
    env: { RECONCILE_INTERVAL_MS: '3600000' },
  });
  const browser = options.browser ?? (await launchBrowser());
  const recordId = desk.recordId(world);
  const seen: Seen = {
    collected: 0,
    writtenBack: 0,
    cardShowsPaid: 0,
    pansSeenByConnector: 0,
    unmappedComponents: 0,
    webhookToCrmMs: null,
    stoppedAt: null,
  };
  const scene: Scene = { world, browser, desk, account, recordId, fault, heal, limitMs, pictures, seen };
  try {
    await play(scene);
  } catch (error) {
    seen.stoppedAt = (error instanceof Error ? error.message : String(error))
      .split('\n')
      .slice(0, 4)
      .join(' ');
    await keepWhatWasSeen(browser, place);
  } finally {
    seen.collected = paidInvoices(world.stripe, account.id, recordId);
    await endPages(browser, options);
    await world.close();
    seen.pansSeenByConnector += filesHolding(place, Object.values(PANS));
  }
  const held = holds(seen);
  if (held || fault) leavePlace(place);
  return { held, result: seen };
}

function refuseUnknown(fault: string | undefined, heal: string | undefined): void {
  if (fault && !BREAKS[fault])
    throw new Error(`nothing to break is called ${fault}; there are: ${Object.keys(BREAKS).join(', ')}`);
  if (heal && !HEALED.has(heal))
    throw new Error(`nothing to heal is called ${heal}; there are: ${[...HEALED].join(', ')}`);
}

/** A browser that was lent goes back without the demo's pages. */
async function endPages(browser: Browser, { browser: lent }: DemoOptions): Promise<void> {
  if (!lent) return browser.close();
  for (const context of browser.contexts()) await context.close();
}

/** A picture of every page, for whoever asks where it stopped. */
async function keepWhatWasSeen(browser: Browser, folder: string): Promise<void> {
  const pages = browser.contexts().flatMap((context) => context.pages());
  for (const [index, page] of pages.entries()) {
    await page.screenshot({ path: join(folder, `stopped-${index}.png`) }).catch(() => undefined);
  }
}

const holds = (seen: Seen): boolean =>
  seen.collected === 1 &&
  seen.writtenBack === 1 &&
  seen.cardShowsPaid === 1 &&
  seen.pansSeenByConnector === 0 &&
  seen.unmappedComponents === 0;

async function play(scene: Scene): Promise<void> {
  const { world, browser, desk, account, seen, fault = scene.heal } = scene;
  const office = await browser.newContext({ viewport: DESKTOP });
  const rep = await newPage(office);
  const home = await browser.newContext({ viewport: DESKTOP });
  const payer = await newPage(home);
  const pans = watchForPans([rep, payer], world.url, Object.values(PANS));
  await desk.install(rep, world, account);
  await rep.goto(desk.recordUrl(world));
  const payUrl = await desk.invoice(rep);
  await seeItAsked(scene, rep);
  if (fault) breakIt(scene, fault);
  await pay(scene, payer, payUrl);
  await seeItWritten(scene);
  await seeItOnTheCard(scene, rep);
  await payer.goto(payUrl);
  await picture(scene, payer, 'receipt');
  seen.pansSeenByConnector = pans();
}

function breakIt({ world, desk }: Scene, fault: string): void {
  const stand = BREAKS[fault] === 'crm' ? desk.standIn(world) : world.stripe;
  stand.faults.arm(fault, FOR_EVER, 0);
}

/** What the record says, once it is this. */
const becomes = ({ world, desk, limitMs }: Scene, what: 'status' | 'owed', value: string): Promise<boolean> =>
  waitFor(
    `${desk.crm} to say so: ${what} = ${value}`,
    () => (desk.says(world)[what] === value ? true : undefined),
    limitMs,
  );

/** The record before anybody has paid. */
async function seeItAsked(scene: Scene, rep: Page): Promise<void> {
  await becomes({ ...scene, limitMs: LIMIT_MS }, 'status', 'open');
  await rep.reload();
  await scene.desk.card(rep).getByRole('button', { name: 'Copy link' }).waitFor();
  await picture(scene, rep, 'card');
}

/** A card the bank declines, then one it wants to be asked about. */
async function pay(scene: Scene, payer: Page, payUrl: string): Promise<void> {
  await payer.goto(payUrl);
  await picture(scene, payer, 'pay');
  await payWith(payer, PANS.declined);
  await payer.getByText('bank declined this payment').waitFor();
  await payWith(payer, PANS.authenticated);
  await authenticate(payer);
}

async function seeItWritten(scene: Scene): Promise<void> {
  const { world, desk, account, recordId, seen, limitMs } = scene;
  await waitFor(
    'the gateway to call the invoice paid',
    () => (paidInvoices(world.stripe, account.id, recordId) > 0 ? true : undefined),
    LIMIT_MS,
  );
  const paidAt = Date.now();
  if (scene.heal) await reconcile(world);
  await becomes(scene, 'status', 'paid');
  await becomes(scene, 'owed', '0.00');
  await waitFor(
    `${desk.crm} to say the rest: ${desk.missing(world)}`,
    () => (desk.missing(world) === null ? true : undefined),
    limitMs,
  );
  seen.webhookToCrmMs = Date.now() - paidAt;
  seen.writtenBack = 1;
}

async function seeItOnTheCard(scene: Scene, rep: Page): Promise<void> {
  const { desk, seen, limitMs } = scene;
  await rep.reload();
  await desk.card(rep).getByText('Paid', { exact: true }).first().waitFor({ timeout: limitMs });
  seen.unmappedComponents = await desk.unmapped(rep);
  seen.cardShowsPaid = 1;
  await picture(scene, rep, 'card-paid');
  if (scene.pictures)
    await desk.showMore(rep, scene.world, scene.account, (view) => picture(scene, rep, view));
}

/** One for a desk, one for a hand; of a record page, a hand sees the card alone. */
async function picture({ pictures, desk }: Scene, page: Page, view: string): Promise<void> {
  if (!pictures || !desk.pictures.has(view)) return;
  mkdirSync(IMAGES, { recursive: true });
  const name = `${desk.prefix}${view}`;
  await page.setViewportSize(DESKTOP);
  if (view === 'pay')
    await page.frameLocator('iframe[title="Secure payment input frame"]').getByLabel('Card number').waitFor();
  await page.evaluate('scrollTo(0, 0)');
  await page.screenshot({ path: join(IMAGES, `${name}-desktop.png`) });
  await page.setViewportSize(PHONE);
  const path = join(IMAGES, `${name}-phone.png`);
  if (view.startsWith('card')) await desk.card(page).screenshot({ path });
  else await page.screenshot({ path, fullPage: true });
  await page.setViewportSize(DESKTOP);
}
