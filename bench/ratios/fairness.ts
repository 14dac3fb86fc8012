// How long quiet merchants wait for their payments to show while one beside them floods the connector and is throttled.
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
import { livesOf, type Lives } from '../place/lives.ts';
import { emailOf, merchant, merchantKeys, type Bill, type Merchant } from '../place/merchant.ts';
import { isIdle, waiting } from '../place/place.ts';
import { startConnector } from '../processes/connector.ts';
import { newData } from '../stores.ts';

const QUIET = 20;
/** Warms up first, then alone, then beside the flood. */
const WARM_PAYMENTS = 1;
const PAYMENTS_EACH = 5;
const BILLS = WARM_PAYMENTS + 2 * PAYMENTS_EACH;
const FLOOD_PAYERS = 500;
/** One after the other on two streams: while one is being signed, the other is sent. */
const FLOOD_EVENTS = 8_000;
const FLOOD_STREAMS = 2;
const ALWAYS = 1_000_000;
const REFUSED_MS = 1_000;
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

async function paidOften(world: World, tenants: Tenant[], first: number, times: number): Promise<number[]> {
  const took: number[] = [];
  for (let nth = first; nth < first + times; nth += 1) took.push(...(await paidBy(world, tenants, nth)));
  return took;
}

/** Goes on until it is ended. @returns what ends it */
function flood(lives: Lives): () => Promise<void> {
  const state = { isEnding: false, next: 0 };
  const stream = async (): Promise<void> => {
    while (!state.isEnding) {
      const from = state.next;
      state.next += FLOOD_EVENTS;
      await send({ ...lives, connections: 8, events: FLOOD_EVENTS, from });
    }
  };
  const streams = Promise.all(Array.from({ length: FLOOD_STREAMS }, stream));
  // Told by what ends it; until then nobody waits for it.
  streams.catch(() => undefined);
  return async () => {
    state.isEnding = true;
    await streams;
  };
}

export const fairness: Benchmark = {
  name: 'fairness',
  kind: 'ratio',
  says: 'p99 of 20 quiet merchants’ delay beside one that floods and is throttled / without',
  async run({ store }): Promise<Figures> {
    const folder = mkdtempSync(join(tmpdir(), 'payside-bench-'));
    const data = await newData(store);
    const metricsPort = await freePort();
    const world = await startWorld({
      folder,
      accounts: Array.from({ length: QUIET + 1 }, (_, nth) => merchantKeys(nth)),
      portals: Array.from({ length: QUIET + 1 }, (_, nth) =>
        portalSeed(PORTAL + nth, nth === QUIET ? FLOOD_PAYERS + 1 : BILLS),
      ),
      env: { METRICS_PORT: String(metricsPort), STORE_URL: data.url, LOG_LEVEL: 'warn' },
    });
    const stops: (() => Promise<void>)[] = [];
    try {
      const quiet: Tenant[] = [];
      for (let nth = 0; nth < QUIET; nth += 1) quiet.push(await tenantOf(world, nth, BILLS));
      const loud = await tenantOf(world, QUIET, FLOOD_PAYERS + 1);
      const [pattern, ...payers] = loud.bills;
      if (!pattern) throw new Error('nobody to bill');
      loud.merchant.payQuietly(pattern);
      const lives = livesOf(world, loud.merchant, pattern, payers);
      await world.stopConnector();
      // As a process of its own: stand-ins would wait for it in the same loop otherwise.
      const connector = await startConnector(world.env);
      stops.push(connector.stop);
      await waitFor('a rest', () => isIdle(metricsPort), LONG_MS);
      await paidOften(world, quiet, 0, WARM_PAYMENTS);
      const alone = await paidOften(world, quiet, WARM_PAYMENTS, PAYMENTS_EACH);
      world.hubspot.faults.arm(`rate-limited-${loud.portalId}`, ALWAYS, REFUSED_MS);
      world.hubspot.calls.length = 0;
      stops.push(flood(lives));
      const refused = (): number => world.hubspot.calls.filter(({ status }) => status === 429).length;
      await waitFor('the flood to be throttled', () => refused() > 0 || undefined, LONG_MS);
      const beside = await paidOften(world, quiet, WARM_PAYMENTS + PAYMENTS_EACH, PAYMENTS_EACH);
      const { inbox } = await waiting(metricsPort);
      const p99 = (all: number[]): number => percentile(all, 0.99);
      return {
        fairness: figure(
          p99(beside) / p99(alone),
          { unit: '× the delay', gate: 2, goal: 1.2 },
          {
            aloneMs: p99(alone),
            besideMs: p99(beside),
            medians: percentile(beside, 0.5) / percentile(alone, 0.5),
            payments: beside.length,
            waits: inbox,
            refused: refused(),
          },
        ),
      };
    } finally {
      for (const stop of stops.toReversed()) await stop();
      await world.close();
      await data.end();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
