// Opens the whole sandbox for people: seeded portals, connected accounts, start page.
import { join } from 'node:path';
import { buildCards } from '../extensions/hubspot/build.ts';
import { seedHistory } from './seed/history.ts';
import { portals } from './seed/portals.ts';
import { startPages } from './pages/start-page.ts';
import { connect, install } from './world/admin.ts';
import { stripeAccount } from './world/keys.ts';
import { giveRoles } from './world/roles.ts';
import { startWorld } from './world/world.ts';

export type Sandbox = { url: string; close(): Promise<void> };

const ACCOUNTS = { usd: 'acct_northwind', eur: 'acct_maree' };

export async function openSandbox(folder: string, port: number): Promise<Sandbox> {
  const usd = stripeAccount(ACCOUNTS.usd, 'Northwind Cycles', 'US', 'usd');
  const eur = stripeAccount(ACCOUNTS.eur, 'Atelier Marée', 'FR', 'eur');
  const cards = await buildCards({ outDir: join(folder, 'cards') });
  const world = await startWorld({ folder, portals, accounts: [usd, eur], cards, stripeApp: true });
  seedHistory(world.stripe, ACCOUNTS, world.clock.now());
  const pairs = [usd, eur].map((account, index) => ({ account, portal: portals[index] }));
  for (const { account, portal } of pairs) {
    const admin = portal?.users[0];
    if (!portal || !admin) continue;
    await connect(world, await install(world, portal.id, admin.id), account);
    await giveRoles(world, portal);
  }
  const pages = await startPages(world, port);
  return {
    url: pages.url,
    async close() {
      await pages.close();
      await world.close();
    },
  };
}
