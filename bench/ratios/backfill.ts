// How fast a merchant's history is read under the gateway's limits and latency, against what the limits allow.
import { install, connect } from '../../sandbox/world/admin.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorld } from '../../sandbox/world/world.ts';
import type { Benchmark } from '../benchmark.ts';
import { figure, type Figures } from '../figures.ts';
import { startConnector } from '../processes/connector.ts';
import { ADMIN, PORTAL, portalSeed } from '../place/hubspot.ts';
import { merchant, merchantKeys } from '../place/merchant.ts';

const CUSTOMERS = 500;
const EACH = 10;
const INVOICES = CUSTOMERS * EACH;
const PAGE = 100;
const LATENCY_MS = 150;
/** Of one account in test mode. */
const PER_SECOND = 25;
const LONG_MS = 600_000;

/** Reads a history of 5,000 paid invoices. @returns seconds from connecting to the end, and calls of the gateway */
async function imported(latencyMs: number): Promise<{ seconds: number; calls: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'payside-bench-'));
  const keys = merchantKeys();
  const portals = [portalSeed(PORTAL, 0)];
  const world = await startWorld({ folder, accounts: [keys], portals, env: { LOG_LEVEL: 'warn' } });
  await world.stopConnector();
  const connector = await startConnector(world.env);
  try {
    const seller = merchant(world.stripe, keys, world.clock.now());
    for (const bill of seller.bill(CUSTOMERS, EACH)) seller.payQuietly(bill);
    const link = await install(world, PORTAL, ADMIN);
    if (latencyMs > 0) world.stripe.faults.arm('delay', 1_000_000, latencyMs);
    const before = world.stripe.calls.length;
    const begun = performance.now();
    await connect(world, link, keys, LONG_MS);
    const seconds = (performance.now() - begun) / 1_000;
    return { seconds, calls: world.stripe.calls.length - before };
  } finally {
    await connector.stop();
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Customers, invoices and payments in pages of a hundred, at the pace the gateway allows or one page behind the other. */
const PAGES = Math.ceil(CUSTOMERS / PAGE) + 2 * Math.ceil(INVOICES / PAGE);
const BOUND_SECONDS = Math.max(PAGES / PER_SECOND, LATENCY_MS / 1_000);

export const backfill: Benchmark = {
  name: 'backfill',
  kind: 'ratio',
  says: 'objects a second of a history of 5,000 paid invoices at 150 ms a call / what 25 calls a second allow',
  async run(): Promise<Figures> {
    const objects = CUSTOMERS + 2 * INVOICES;
    const limited = await imported(LATENCY_MS);
    const free = await imported(0);
    return {
      backfill: figure(
        BOUND_SECONDS / limited.seconds,
        { unit: '× the limit’s rate', gate: 0.85, goal: 0.95, better: 'higher' },
        { seconds: limited.seconds, boundSeconds: BOUND_SECONDS, calls: limited.calls, pages: PAGES },
      ),
      'backfill.free': figure(
        objects / free.seconds,
        { unit: 'objects/s without latency', gate: null, goal: null, better: 'higher' },
        { seconds: free.seconds, objects },
      ),
    };
  },
};
