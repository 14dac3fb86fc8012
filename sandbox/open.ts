// Opens the whole sandbox for people: seeded portals, connected accounts, start page.
import { join } from 'node:path';
import { buildCards } from '../extensions/hubspot/build.ts';
import { baseBundle } from './salesforce/lightning/base-bundle.ts';
import { seedHistory, seedNorthwind } from './seed/history.ts';
import { northwindOrg, orgs } from './seed/orgs.ts';
import { portals } from './seed/portals.ts';
import { startPages } from './pages/start-page.ts';
import { connect, install, installOrg } from './world/admin.ts';
import { stripeAccount } from './world/keys.ts';
import { giveOrgRoles, giveRoles } from './world/roles.ts';
import type { AccountDefinition } from './stripe/start.ts';
import { startWorld, type World } from './world/world.ts';

export type Sandbox = { url: string; close(): Promise<void> };

const ACCOUNTS = { usd: 'acct_northwind', eur: 'acct_maree' };
const ORG_ACCOUNT = 'acct_northwind_org';

export async function openSandbox(folder: string, port: number): Promise<Sandbox> {
  const usd = stripeAccount(ACCOUNTS.usd, 'Northwind Cycles', 'US', 'usd');
  const eur = stripeAccount(ACCOUNTS.eur, 'Atelier Marée', 'FR', 'eur');
  const ofOrg = stripeAccount(ORG_ACCOUNT, 'Northwind Cycles', 'US', 'usd');
  const components = baseBundle();
  const cards = await buildCards({ outDir: join(folder, 'cards') });
  const accounts = [usd, eur, ofOrg];
  const world = await startWorld({ folder, portals, orgs, accounts, cards, stripeApp: true });
  seedHistory(world.stripe, ACCOUNTS, world.clock.now());
  seedNorthwind(world.stripe.account(ORG_ACCOUNT), world.clock.now());
  const pairs = [usd, eur].map((account, index) => ({ account, portal: portals[index] }));
  for (const { account, portal } of pairs) {
    const admin = portal?.users[0];
    if (!portal || !admin) continue;
    await connect(world, await install(world, portal.id, admin.id), account);
    await giveRoles(world, portal);
  }
  await openOrg(world, ofOrg);
  await components;
  const pages = await startPages(world, port);
  return {
    url: pages.url,
    async close() {
      await pages.close();
      await world.close();
    },
  };
}

async function openOrg(world: World, account: AccountDefinition): Promise<void> {
  const [admin] = northwindOrg.users;
  if (!admin) return;
  await connect(world, await installOrg(world, northwindOrg.id, admin.id), account);
  await giveOrgRoles(world, northwindOrg);
}
