// The main job from end to end, headless: install, invoice a deal, pay with a decline and 3-D Secure, see it in HubSpot.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { buildCards } from '../../extensions/hubspot/build.ts';
import { portals } from '../seed/portals.ts';
import type { AccountDefinition } from '../stripe/start.ts';
import { launchBrowser } from '../world/browser.ts';
import { stripeAccount } from '../world/keys.ts';
import { waitFor } from '../world/wait.ts';
import { startWorld, type World } from '../world/world.ts';
import {
  authenticate,
  installAndConnect,
  invoiceDeal,
  LIMIT_MS,
  newPage,
  payWith,
  recordUrl,
  tabCard,
} from './browser-steps.ts';
import type { DemoOptions, DemoOutcome } from './demos.ts';
import { filesHolding, paidInvoices, property, watchForPans } from './oracle.ts';

const PANS = { declined: '4000000000000002', authenticated: '4000002500003155' };
const IMAGES = 'docs/images';
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };
const FOR_EVER = 1_000_000_000;

/** What can be broken, and at which stand-in. */
const BREAKS: Record<string, 'stripe' | 'hubspot'> = {
  'lost-webhook': 'stripe',
  'wrong-secret': 'stripe',
  'crm-refuses': 'hubspot',
  'frozen-card': 'hubspot',
};

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
  account: AccountDefinition;
  dealId: string;
  fault: string | undefined;
  seen: Seen;
};

const [PORTAL] = portals;
const PORTAL_ID = PORTAL?.id ?? 0;
const ADMIN = PORTAL?.users[0]?.id ?? 0;

export async function collect({ folder, fault }: DemoOptions): Promise<DemoOutcome> {
  if (fault && !BREAKS[fault])
    throw new Error(`nothing to break is called ${fault}; there are: ${Object.keys(BREAKS).join(', ')}`);
  const account = stripeAccount('acct_northwind', 'Northwind Cycles', 'US', 'usd');
  const cards = await buildCards({ outDir: resolve('.sandbox', 'cards') });
  const world = await startWorld({
    folder: join(folder, 'demo'),
    portals,
    accounts: [account],
    cards,
    env: { RECONCILE_INTERVAL_MS: '3600000' },
  });
  const browser = await launchBrowser();
  const dealId = world.hubspot.portal(PORTAL_ID).ref('lattice-rollout');
  const seen: Seen = {
    collected: 0,
    writtenBack: 0,
    cardShowsPaid: 0,
    pansSeenByConnector: 0,
    unmappedComponents: 0,
    webhookToCrmMs: null,
    stoppedAt: null,
  };
  const scene: Scene = { world, browser, account, dealId, fault, seen };
  try {
    await play(scene);
  } catch (error) {
    seen.stoppedAt = (error instanceof Error ? error.message : String(error))
      .split('\n')
      .slice(0, 4)
      .join(' ');
    await keepWhatWasSeen(browser, folder);
  } finally {
    seen.collected = paidInvoices(world.stripe, account.id, dealId);
    await browser.close();
    await world.close();
    seen.pansSeenByConnector += filesHolding(join(folder, 'demo'), Object.values(PANS));
  }
  return { held: holds(seen), result: seen };
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
  const { world, browser, account, dealId, seen, fault } = scene;
  const office = await browser.newContext({ viewport: DESKTOP });
  const rep = await newPage(office);
  const home = await browser.newContext({ viewport: DESKTOP });
  const payer = await newPage(home);
  const pans = watchForPans([rep, payer], world.url, Object.values(PANS));
  await installAndConnect(rep, world, { portalId: PORTAL_ID, userId: ADMIN }, account);
  await rep.goto(recordUrl(world, PORTAL_ID, 'deals', dealId, ADMIN));
  const payUrl = await invoiceDeal(rep);
  await picture(rep, 'card');
  if (fault) breakIt(world, fault);
  await pay(payer, payUrl);
  await seeItInHubspot(scene);
  await seeItOnTheCard(scene, rep);
  await pictures(rep, payer, payUrl);
  seen.pansSeenByConnector = pans();
}

function breakIt(world: World, fault: string): void {
  const stand = BREAKS[fault] === 'hubspot' ? world.hubspot : world.stripe;
  stand.faults.arm(fault, FOR_EVER, 0);
}

/** A card the bank declines, then one it wants to be asked about. */
async function pay(payer: Page, payUrl: string): Promise<void> {
  await payer.goto(payUrl);
  await picture(payer, 'pay');
  await payWith(payer, PANS.declined);
  await payer.getByText('bank declined this payment').waitFor();
  await payWith(payer, PANS.authenticated);
  await authenticate(payer);
}

async function seeItInHubspot({ world, account, dealId, seen }: Scene): Promise<void> {
  await waitFor(
    'the gateway to call the invoice paid',
    () => (paidInvoices(world.stripe, account.id, dealId) > 0 ? true : undefined),
    LIMIT_MS,
  );
  const paidAt = Date.now();
  await waitFor(
    'HubSpot to say so',
    () => {
      const says = (name: string): string | undefined =>
        property(world.hubspot, { portalId: PORTAL_ID, dealId }, name);
      return says('payside_status') === 'paid' && Number(says('payside_owed')) === 0 ? true : undefined;
    },
    LIMIT_MS,
  );
  seen.webhookToCrmMs = Date.now() - paidAt;
  seen.writtenBack = 1;
}

async function seeItOnTheCard({ seen }: Scene, rep: Page): Promise<void> {
  await rep.reload();
  await tabCard(rep).getByText('Paid', { exact: true }).first().waitFor();
  seen.unmappedComponents = await rep.locator('[data-unmapped]').count();
  seen.cardShowsPaid = 1;
}

async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(IMAGES, { recursive: true });
  await page.setViewportSize(DESKTOP);
  if (name === 'pay')
    await page.frameLocator('iframe[title="Secure payment input frame"]').getByLabel('Card number').waitFor();
  await page.screenshot({ path: join(IMAGES, `${name}-desktop.png`) });
  await page.setViewportSize(PHONE);
  await page.screenshot({ path: join(IMAGES, `${name}-phone.png`), fullPage: true });
  await page.setViewportSize(DESKTOP);
}

async function pictures(rep: Page, payer: Page, payUrl: string): Promise<void> {
  await picture(rep, 'card-paid');
  await payer.goto(payUrl);
  await picture(payer, 'receipt');
}
