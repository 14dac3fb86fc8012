// Opens the whole sandbox for people: seeded portals and an org, connected accounts, a company with both CRMs, start page.
import { join } from 'node:path';
import { buildCards } from '../extensions/hubspot/build.ts';
import { baseBundle } from './salesforce/lightning/base-bundle.ts';
import { seedHistory } from './seed/history.ts';
import { loseWebhooks } from './seed/losses.ts';
import { larkfield as larkfieldOrg, orgs } from './seed/orgs.ts';
import { larkfieldPortal, portals } from './seed/portals.ts';
import { startPages } from './pages/start-page.ts';
import { connect, install, installOrg } from './world/admin.ts';
import { joinOrg } from './world/join.ts';
import { stripeAccount } from './world/keys.ts';
import { giveOrgRoles, giveRoles } from './world/roles.ts';
import { startWorld, type World } from './world/world.ts';

export type Sandbox = { url: string; close(): Promise<void> };

const ACCOUNTS = { northwind: 'acct_northwind', maree: 'acct_maree', larkfield: 'acct_larkfield' };

/** One company uses both CRMs: its HubSpot joins the workspace of its org, which has the gateway. */
async function joinCompany(world: World): Promise<void> {
  await install(world, larkfieldPortal.id, larkfieldPortal.users[0]?.id ?? 0);
  await giveRoles(world, larkfieldPortal);
  await joinOrg(world, larkfieldPortal, larkfieldOrg);
}

/** @param losses so many payments and refunds of which no webhook ever arrives, once everything is connected */
export async function openSandbox(folder: string, port: number, losses = 0): Promise<Sandbox> {
  const northwind = stripeAccount(ACCOUNTS.northwind, 'Northwind Cycles', 'US', 'usd');
  const maree = stripeAccount(ACCOUNTS.maree, 'Atelier Marée', 'FR', 'eur');
  const larkfield = stripeAccount(ACCOUNTS.larkfield, 'Larkfield Instruments', 'IE', 'eur');
  const accounts = [northwind, maree, larkfield];
  const components = baseBundle();
  const cards = await buildCards({ outDir: join(folder, 'cards') });
  const world = await startWorld({
    folder,
    portals: [...portals, larkfieldPortal],
    orgs,
    accounts,
    cards,
    stripeApp: true,
  });
  seedHistory(world.stripe, ACCOUNTS, world.clock.now());
  const pairs = [northwind, maree].map((account, index) => ({ account, portal: portals[index] }));
  for (const { account, portal } of pairs) {
    const admin = portal?.users[0];
    if (!portal || !admin) continue;
    await connect(world, await install(world, portal.id, admin.id), account);
    await giveRoles(world, portal);
  }
  for (const org of orgs) {
    const admin = org.users[0];
    if (!admin) continue;
    await connect(world, await installOrg(world, org.id, admin.id), larkfield);
    await giveOrgRoles(world, org);
  }
  await joinCompany(world);
  loseWebhooks(
    accounts.map(({ id }) => world.stripe.account(id)),
    losses,
  );
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
