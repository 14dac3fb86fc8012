// The demo's rep works in HubSpot: on a deal, with the card in a tab of its own.
import { join } from 'node:path';
import { buildCards } from '../../extensions/hubspot/build.ts';
import { portals } from '../seed/portals.ts';
import { stripeAccount } from '../world/keys.ts';
import type { World } from '../world/world.ts';
import { installAndConnect, invoiceDeal, recordUrl, tabCard } from './browser-steps.ts';
import type { Desk } from './desk.ts';

const [PORTAL] = portals;
const PORTAL_ID = PORTAL?.id ?? 0;
const ADMIN = PORTAL?.users[0]?.id ?? 0;

const dealId = (world: World): string => world.hubspot.portal(PORTAL_ID).ref('lattice-rollout');

export const hubspotDesk: Desk = {
  crm: 'HubSpot',
  prefix: '',
  pictures: new Set(['card', 'pay', 'card-paid', 'receipt']),
  account: () => stripeAccount('acct_northwind', 'Northwind Cycles', 'US', 'usd'),
  seeds: async (place, { cards }) => ({
    portals,
    cards: cards ?? (await buildCards({ outDir: join(place, 'cards') })),
  }),
  standIn: ({ hubspot }) => hubspot,
  recordId: dealId,
  recordUrl: (world) => recordUrl(world, PORTAL_ID, 'deals', dealId(world), ADMIN),
  install: (page, world, account) =>
    installAndConnect(page, world, { portalId: PORTAL_ID, userId: ADMIN }, account),
  card: tabCard,
  invoice: invoiceDeal,
  says(world) {
    const properties = world.hubspot.portal(PORTAL_ID).properties('deals', dealId(world));
    return { status: properties?.['payside_status'], owed: properties?.['payside_owed'] };
  },
  missing: () => null,
  showMore: async () => undefined,
  unmapped: (page) => page.locator('[data-unmapped]').count(),
};
