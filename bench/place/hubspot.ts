// A HubSpot account full of payers, and what it costs to keep it true.
import type { PortalSeed } from '../../sandbox/hubspot/types.ts';
import { install } from '../../sandbox/world/admin.ts';
import type { World } from '../../sandbox/world/world.ts';
import type { StoreKind } from '../stores.ts';
import { emailOf, type Bill, type Merchant } from './merchant.ts';
import { openPlace, type Place } from './place.ts';

export const PORTAL = 4_900_001;
export const ADMIN = 61;

/** More than anything here makes. */
const ALWAYS = 1_000_000;
/** Longer than a window with all it brings, so that HubSpot is asked once and no more. */
const QUIET_MS = 15_000;

type Wish = {
  store: StoreKind;
  people: number;
  history: (merchant: Merchant) => void;
  commercePayments?: boolean;
  env?: Record<string, string>;
  /** Planted: every call of the connector is sent several times. */
  again?: boolean;
};

export type HubspotPlace = Place & {
  /** Calls of the CRM's API since the last `forget`. */
  calls(): string[];
  limited(): number;
  forget(): void;
  /** From the next call on, HubSpot asks for quiet, so that nothing is delivered. */
  hold(): void;
  /** Takes calls again, once the quiet that it asked for last is over. */
  release(): void;
  /** What the contact of a payer says was collected, in major units. */
  collected(bill: Bill): string | undefined;
};

export async function openHubspot({
  store,
  people,
  history,
  commercePayments = true,
  env,
  again,
}: Wish): Promise<HubspotPlace> {
  const portal = portalSeed(PORTAL, people, commercePayments);
  const place = await openPlace({
    store,
    world: { portals: [portal] },
    install: (world) => install(world, PORTAL, ADMIN),
    history,
    ...(env ? { env } : {}),
    ...(again ? { again: 'HUBSPOT_API_BASE' as const } : {}),
  });
  return { ...place, ...watched(place.world) };
}

export const portalSeed = (id: number, people: number, commercePayments = true): PortalSeed => ({
  id,
  name: 'Alder & Co',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  testAccount: true,
  commercePayments,
  users: [{ id: ADMIN, email: 'ines@alder.example', firstName: 'Ines', lastName: 'Example' }],
  contacts: Array.from({ length: people }, (_, nth) => ({
    ref: emailOf(nth),
    properties: { email: emailOf(nth), firstname: `Payer ${nth}` },
  })),
});

function watched({ hubspot }: World): Omit<HubspotPlace, keyof Place> {
  const door = hubspot.portal(PORTAL);
  const counted = (): typeof hubspot.calls => hubspot.calls.filter(({ path }) => path.startsWith('/crm/'));
  return {
    calls: () => counted().map(({ path }) => path.replace(/\/crm\/(objects|associations)\/2026-03\//, '')),
    limited: () => counted().filter(({ status }) => status === 429).length,
    forget: () => void (hubspot.calls.length = 0),
    hold: () => hubspot.faults.arm('rate-limited', ALWAYS, QUIET_MS),
    release: () => hubspot.faults.clear(),
    collected: ({ nth }) =>
      door.properties('contacts', door.ref(emailOf(nth)))?.['payside_lifetime_collected'],
  };
}
