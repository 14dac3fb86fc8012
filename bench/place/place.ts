// A place to measure in: stand-ins and the connector on loopback, one merchant connected, a CRM full of payers.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../sandbox/world/free-port.ts';
import { waitFor } from '../../sandbox/world/wait.ts';
import { connect } from '../../sandbox/world/admin.ts';
import { startWorld, type World, type WorldOptions } from '../../sandbox/world/world.ts';
import { newData, type Data, type StoreKind } from '../stores.ts';
import { startRelay, type Relay } from '../plants/again.ts';
import { merchant, merchantKeys, type Merchant } from './merchant.ts';

export type Place = {
  world: World;
  merchant: Merchant;
  data: Data;
  metricsPort: number;
  /** Waits until every event that was taken is in the ledger. */
  applied(): Promise<void>;
  /** Waits until nothing waits in the connector and no event is under way. */
  idle(limitMs?: number): Promise<void>;
  close(): Promise<void>;
};

type Ways = {
  store: StoreKind;
  world: Pick<WorldOptions, 'portals' | 'orgs'>;
  install: (world: World) => Promise<string>;
  /** Made at the gateway before it is connected: history. */
  history: (merchant: Merchant) => void;
  env?: Record<string, string>;
  /** Name of the setting whose address is led through a relay that sends each call again. */
  again?: 'HUBSPOT_API_BASE';
};

const LONG_MS = 600_000;
/** Seldom, as an answer costs the connector processor time that would count. */
const LOOK_MS = 200;

/** Installs, connects and waits until the history is read and written. */
export async function openPlace(ways: Ways): Promise<Place> {
  const { store, world: shape, install, history, env = {}, again } = ways;
  const data = await newData(store);
  const folder = mkdtempSync(join(tmpdir(), 'payside-bench-'));
  const keys = merchantKeys();
  const metricsPort = await freePort();
  const world = await startWorld({
    folder,
    accounts: [keys],
    webhookRetryMs: 200,
    ...shape,
    env: { METRICS_PORT: String(metricsPort), STORE_URL: data.url, LOG_LEVEL: 'warn', ...env },
  });
  const seller = merchant(world.stripe, keys, world.clock.now());
  history(seller);
  const relay = again ? await through(world, again) : null;
  const idle = async (limitMs = LONG_MS): Promise<void> => {
    await world.stripe.deliveriesIdle();
    await waitFor('nothing to wait in the connector', () => isIdle(metricsPort), limitMs, LOOK_MS);
  };
  const isApplied = async (): Promise<true | undefined> =>
    (await waiting(metricsPort)).inbox === 0 || undefined;
  await connect(world, await install(world), keys, LONG_MS);
  await idle();
  return {
    world,
    merchant: seller,
    data,
    metricsPort,
    applied: () => waitFor('every event to be applied', isApplied, LONG_MS, LOOK_MS).then(() => undefined),
    idle,
    async close() {
      await world.close();
      await relay?.close();
      await data.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function through(world: World, name: 'HUBSPOT_API_BASE'): Promise<Relay> {
  const relay = await startRelay(world.env[name] ?? '');
  await world.stopConnector();
  world.env[name] = relay.url;
  await world.startConnector();
  return relay;
}

const WAITING = /^payside_backlog\{queue="(inbox|outbox)"\} (\d+)/gm;

/** Work may be planned for tomorrow; events and writes may not. @returns true, or undefined while something waits */
export async function isIdle(metricsPort: number): Promise<true | undefined> {
  const { inbox, outbox } = await waiting(metricsPort);
  return inbox + outbox === 0 || undefined;
}

/** How many events and writes wait. */
export async function waiting(metricsPort: number): Promise<{ inbox: number; outbox: number }> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const counts = new Map([...text.matchAll(WAITING)].map(([, queue = '', count]) => [queue, Number(count)]));
  return { inbox: counts.get('inbox') ?? Number.NaN, outbox: counts.get('outbox') ?? Number.NaN };
}
