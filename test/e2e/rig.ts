// One small world and one browser for an end-to-end test file: connected accounts, people with roles, their pages.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { vi } from 'vitest';
import { buildCards } from '../../extensions/hubspot/build.ts';
import { newPage, recordUrl } from '../../sandbox/demo/browser-steps.ts';
import type { PortalSeed } from '../../sandbox/hubspot/start.ts';
import { seedHistory } from '../../sandbox/seed/history.ts';
import { portals as seededPortals } from '../../sandbox/seed/portals.ts';
import type { AccountDefinition, AccountHandle } from '../../sandbox/stripe/start.ts';
import { connect, install } from '../../sandbox/world/admin.ts';
import { launchBrowser } from '../../sandbox/world/browser.ts';
import { stripeAccount } from '../../sandbox/world/keys.ts';
import { giveRoles } from '../../sandbox/world/roles.ts';
import { startWorld, type World } from '../../sandbox/world/world.ts';
import type { CardView } from '../../src/views/card-schema.ts';

export { waitFor } from '../../sandbox/world/wait.ts';

/** Several people's whole stories take longer than a function does. */
vi.setConfig({ testTimeout: 60_000 });

export const PORTAL = 4_240_001;
export const ADMIN = 1001;
export const FINANCE = 1002;
export const REP = 1003;
export const VIEWER = 1004;

const ACCOUNTS = { usd: 'acct_northwind', eur: 'acct_maree' };
const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

export type RecordType = 'contacts' | 'companies' | 'deals';

export type Stage = {
  world: World;
  browser: Browser;
  /** The keys of the first portal's gateway account, and the account itself. */
  keys: AccountDefinition;
  stripe: AccountHandle;
  /** A record's id by its name in the seed. */
  ref(name: string): string;
  /** Opens a record as one of the portal's people, with their clipboard allowed. */
  record(type: RecordType, name: string, userId?: number, size?: Size): Promise<Page>;
  /** A payer's browser of their own, a phone unless told otherwise. */
  payer(options?: BrowserContextOptions): Promise<Page>;
  /** What a card would be told. */
  view(type: RecordType, name: string, userId?: number): Promise<CardView>;
  close(): Promise<void>;
};

type Size = { width: number; height: number };

export type StageOptions = {
  /** A year of business at the gateway before the install. */
  history?: boolean;
  /** What is at the gateway before the install. */
  prepare?: (stripe: AccountHandle) => void;
  /** False: nothing is installed yet. */
  connected?: boolean;
  portals?: readonly PortalSeed[];
};

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const { history = false, connected = true, portals = seededPortals } = options;
  const folder = mkdtempSync(join(tmpdir(), 'payside-e2e-'));
  const [usd, eur] = [
    stripeAccount(ACCOUNTS.usd, 'Northwind Cycles', 'US', 'usd'),
    stripeAccount(ACCOUNTS.eur, 'Atelier Marée', 'FR', 'eur'),
  ];
  const cards = await buildCards({ outDir: join(folder, 'cards') });
  const world = await startWorld({ folder: join(folder, 'world'), portals, accounts: [usd, eur], cards });
  if (history) seedHistory(world.stripe, { northwind: ACCOUNTS.usd, maree: ACCOUNTS.eur }, world.clock.now());
  options.prepare?.(world.stripe.account(usd.id));
  if (connected) {
    await connect(world, await install(world, PORTAL, ADMIN), usd);
    const portal = portals.find(({ id }) => id === PORTAL);
    if (portal) await giveRoles(world, portal);
  }
  const browser = await launchBrowser();
  return {
    world,
    browser,
    keys: usd,
    stripe: world.stripe.account(usd.id),
    ...people(world, browser),
    async close() {
      await browser.close();
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function people(world: World, browser: Browser): Pick<Stage, 'ref' | 'record' | 'payer' | 'view'> {
  const ref = (name: string): string => world.hubspot.portal(PORTAL).ref(name);
  const open = async (options: BrowserContextOptions): Promise<Page> =>
    newPage(await browser.newContext(options));
  return {
    ref,
    async record(type, name, userId = ADMIN, size = DESKTOP) {
      const permissions = ['clipboard-read', 'clipboard-write'];
      const page = await open({ viewport: size, permissions });
      await page.goto(recordUrl(world, PORTAL, type, ref(name), userId));
      return page;
    },
    payer: (options = {}) => open({ viewport: PHONE, locale: 'en-US', ...options }),
    async view(type, name, userId = ADMIN) {
      const answer = await asCard<{ view: CardView }>(world, userId, `/api/v1/records/${type}/${ref(name)}`);
      return answer.view;
    },
  };
}

/** Asks the connector as a card does: through HubSpot, which says who is asking and signs. */
async function asCard<T>(world: World, userId: number, path: string): Promise<T> {
  const response = await fetch(`${world.hubspot.url}/_host/proxy`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ portalId: PORTAL, userId, url: `${world.url}${path}`, method: 'GET' }),
  });
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

type Ended = { task: { name: string; result?: { state: string } | undefined } };

/** Ends a test's own pages, so that none keeps asking behind the next test; of a failed test it keeps pictures. */
export async function leave(browser: Browser, { task }: Ended): Promise<void> {
  const contexts = browser.contexts();
  if (task.result?.state === 'fail') {
    const name = task.name.replaceAll(/\W+/g, '-').slice(0, 60);
    for (const [index, page] of contexts.flatMap((context) => context.pages()).entries())
      await page.screenshot({ path: join('.sandbox', 'e2e', `${name}-${index}.png`) }).catch(() => undefined);
  }
  await Promise.all(contexts.map((context) => context.close()));
}
