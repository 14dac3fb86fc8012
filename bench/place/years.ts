// A merchant with three years of history, and a connector that has never seen it: how long it takes to read and to write.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../sandbox/world/free-port.ts';
import { connect, install } from '../../sandbox/world/admin.ts';
import { waitFor } from '../../sandbox/world/wait.ts';
import { startWorld, type World } from '../../sandbox/world/world.ts';
import { startConnector } from '../processes/connector.ts';
import { newData, type StoreKind } from '../stores.ts';
import { ADMIN, PORTAL, portalSeed } from './hubspot.ts';
import { emailOf, liveKeys, merchant } from './merchant.ts';
import { isIdle } from './place.ts';

export const CUSTOMERS = 500;
const EACH = 10;
export const INVOICES = CUSTOMERS * EACH;

const DAY_MS = 86_400_000;
const YEARS_MS = 3 * 365 * DAY_MS;
const LONG_MS = 600_000;
const ALWAYS = 1_000_000;
const WHOLE = '100.00';

/** Everybody buys once, then everybody again: payers of a page are as many as they can be. */
function madeAt(now: Date, invoice: number): Date {
  const place = (invoice % EACH) * CUSTOMERS + Math.floor(invoice / EACH);
  return new Date(now.getTime() - YEARS_MS + (place / INVOICES) * (YEARS_MS - 2 * DAY_MS));
}

export type Years = {
  world: World;
  key: string;
  /** Connects, and waits until all is read. @returns seconds since the first page was asked for */
  read(): Promise<{ seconds: number; cpuMs: number }>;
  /** Waits until HubSpot says all of it. @returns seconds since the first page was asked for */
  written(): Promise<number>;
  close(): Promise<void>;
};

type Wish = {
  store: StoreKind;
  /** Whether HubSpot knows the payers; where it does not, nothing is written. */
  known: boolean;
  /** What a call takes; where it is given, both sides hold to their published limits. HubSpot always does. */
  latencyMs?: number;
};

export async function openYears({ store, known, latencyMs }: Wish): Promise<Years> {
  const folder = mkdtempSync(join(tmpdir(), 'payside-bench-'));
  const data = await newData(store);
  const keys = liveKeys();
  const metricsPort = await freePort();
  const world = await startWorld({
    folder,
    accounts: [keys],
    portals: [portalSeed(PORTAL, known ? CUSTOMERS : 0)],
    stripeLimits: latencyMs !== undefined,
    env: { METRICS_PORT: String(metricsPort), STORE_URL: data.url, LOG_LEVEL: 'warn' },
  });
  await world.stopConnector();
  const connector = await startConnector(world.env);
  const cpuMs = (): number => connector.cpuMs() + data.cpuMs();
  const now = world.clock.now();
  const seller = merchant(world.stripe, keys, now);
  for (const [nth, bill] of seller.bill(CUSTOMERS, EACH, (invoice) => madeAt(now, invoice)).entries())
    seller.payQuietly(bill, new Date(madeAt(now, nth).getTime() + DAY_MS));
  const begun = (): number => {
    const first = world.stripe.calls.find(({ path }) => path.includes('limit=100'));
    return Date.parse(first?.at ?? '') - (latencyMs ?? 0);
  };
  return {
    world,
    key: keys.secretKey,
    async read() {
      const link = await install(world, PORTAL, ADMIN);
      if (latencyMs !== undefined)
        for (const { faults } of [world.stripe, world.hubspot]) faults.arm('delay', ALWAYS, latencyMs);
      const before = cpuMs();
      await connect(world, link, keys, LONG_MS);
      return { seconds: (Date.now() - begun()) / 1_000, cpuMs: cpuMs() - before };
    },
    async written() {
      await waitFor('all of it to be written', () => isIdle(metricsPort), LONG_MS);
      expectWhole(world);
      const last = world.hubspot.calls.findLast(
        ({ method, path }) => method === 'POST' && path.startsWith('/crm/'),
      );
      return (Date.parse(last?.at ?? '') - begun()) / 1_000;
    },
    async close() {
      await connector.stop();
      await world.close();
      await data.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Quick and wrong would be no gain. */
function expectWhole({ hubspot }: World): void {
  const door = hubspot.portal(PORTAL);
  const wrong = Array.from({ length: CUSTOMERS }, (_, nth) => nth).filter(
    (nth) => door.properties('contacts', door.ref(emailOf(nth)))?.['payside_lifetime_collected'] !== WHOLE,
  );
  if (wrong.length > 0) throw new Error(`${wrong.length} contacts do not say what was paid`);
}
