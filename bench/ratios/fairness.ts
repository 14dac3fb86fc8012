// How long quiet merchants wait for their payments to show while one beside them floods the connector, against without.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../sandbox/world/free-port.ts';
import { connect, install } from '../../sandbox/world/admin.ts';
import { waitFor } from '../../sandbox/world/wait.ts';
import { startWorld, type World } from '../../sandbox/world/world.ts';
import type { Benchmark } from '../benchmark.ts';
import { figure, percentile, type Figures } from '../figures.ts';
import { send } from '../load/send.ts';
import { ADMIN, PORTAL, portalSeed } from '../place/hubspot.ts';
import { livesOf } from '../place/lives.ts';
import { emailOf, merchant, merchantKeys, type Bill, type Merchant } from '../place/merchant.ts';
import { isIdle } from '../place/place.ts';

const QUIET = 20;
const PAYMENTS_EACH = 2;
const FLOOD_PAYERS = 500;
const FLOOD_EVENTS = 20_000;
const LONG_MS = 300_000;

type Tenant = { merchant: Merchant; portalId: number; bills: Bill[] };

async function tenantOf(world: World, nth: number, people: number): Promise<Tenant> {
  const keys = world.accounts[nth];
  if (!keys) throw new Error(`there is no account ${nth}`);
  const portalId = PORTAL + nth;
  const seller = merchant(world.stripe, keys, world.clock.now());
  const bills = seller.bill(people);
  await connect(world, await install(world, portalId, ADMIN), keys, LONG_MS);
  return { merchant: seller, portalId, bills };
}

/** Each quiet tenant pays one bill. @returns how long each took to show, in milliseconds */
async function paidBy(world: World, tenants: Tenant[], nth: number): Promise<number[]> {
  return Promise.all(
    tenants.map(async ({ merchant: seller, portalId, bills }) => {
      const bill = bills[nth];
      if (!bill) throw new Error('nothing left to pay');
      const door = world.hubspot.portal(portalId);
      const begun = performance.now();
      seller.pay(bill);
      const shows = (): true | undefined =>
        door.properties('contacts', door.ref(emailOf(bill.nth)))?.['payside_lifetime_collected'] ===
          '10.00' || undefined;
      await waitFor('a quiet payment to show', shows, LONG_MS);
      return performance.now() - begun;
    }),
  );
}

export const fairness: Benchmark = {
  name: 'fairness',
  kind: 'ratio',
  says: 'p99 of 20 quiet merchants’ delay beside one that floods and is throttled / without',
  async run(): Promise<Figures> {
    const folder = mkdtempSync(join(tmpdir(), 'payside-bench-'));
    const metricsPort = await freePort();
    const world = await startWorld({
      folder,
      accounts: Array.from({ length: QUIET + 1 }, (_, nth) => merchantKeys(nth)),
      portals: Array.from({ length: QUIET + 1 }, (_, nth) =>
        portalSeed(PORTAL + nth, nth === QUIET ? FLOOD_PAYERS + 1 : 2 * PAYMENTS_EACH),
      ),
      env: { METRICS_PORT: String(metricsPort), LOG_LEVEL: 'warn' },
    });
    try {
      const quiet: Tenant[] = [];
      for (let nth = 0; nth < QUIET; nth += 1) quiet.push(await tenantOf(world, nth, 2 * PAYMENTS_EACH));
      const loud = await tenantOf(world, QUIET, FLOOD_PAYERS + 1);
      await waitFor('a rest', () => isIdle(metricsPort), LONG_MS);
      const alone: number[] = [];
      for (let nth = 0; nth < PAYMENTS_EACH; nth += 1) alone.push(...(await paidBy(world, quiet, nth)));
      const [pattern, ...payers] = loud.bills;
      if (!pattern) throw new Error('nobody to bill');
      loud.merchant.payQuietly(pattern);
      const lives = livesOf(world, loud.merchant, pattern, payers);
      const flood = send({ ...lives, connections: 16, events: FLOOD_EVENTS, from: 0 });
      const beside: number[] = [];
      for (let nth = PAYMENTS_EACH; nth < 2 * PAYMENTS_EACH; nth += 1)
        beside.push(...(await paidBy(world, quiet, nth)));
      await flood;
      const p99 = (all: number[]): number => percentile(all, 0.99);
      return {
        fairness: figure(
          p99(beside) / p99(alone),
          { unit: '× the delay', gate: 2, goal: 1.2 },
          { aloneMs: p99(alone), besideMs: p99(beside), payments: beside.length },
        ),
      };
    } finally {
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
