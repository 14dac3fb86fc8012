// Lets time go on until nothing is under way any more, or says what still is.
import type { Ground, Tenant } from './ground.ts';

const POLL_MS = 15;
/** Time moves on by so much where everybody only waits for it: retries, leases and windows of writing come due. */
const STEP_MS = 2_000;
/** So often in a row nothing may be seen. */
const CALM = 3;

type Counts = { inbox: number; outbox: number; work: number; dead: number };

/** @returns what still waits when the bound is reached; null once it is quiet */
export async function quiet(ground: Ground, boundMs = 90_000): Promise<string | null> {
  const until = Date.now() + boundMs;
  const seen = { calm: 0, count: -1 };
  for (;;) {
    const waiting = await whatWaits(ground);
    const count = ground.gate.count();
    seen.calm = waiting === null && count === seen.count ? seen.calm + 1 : 0;
    seen.count = count;
    if (seen.calm >= CALM) return null;
    if (Date.now() > until) return waiting ?? 'calls that do not end';
    if (waiting !== null && ground.gate.underWay() === 0) ground.connector.advance(STEP_MS);
    await pause();
  }
}

const pause = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, POLL_MS);
  });

async function whatWaits(ground: Ground): Promise<string | null> {
  await ground.connector.up();
  const isDelivered = await Promise.race([
    ground.stripe.deliveriesIdle().then(() => true),
    pause().then(() => false),
  ]);
  if (!isDelivered) return 'webhooks';
  const counts = await countsOf(ground);
  if (!counts) return 'metrics';
  const { inbox, outbox } = counts;
  const work = counts.work - ground.tenants.reduce((sum, tenant) => sum + standing(tenant), 0);
  // Fewer than always wait are not there yet: they would hide as many others.
  if (inbox > 0 || outbox > 0 || work !== 0) return `inbox ${inbox}, outbox ${outbox}, work ${work}`;
  return ground.gate.underWay() > 0 ? 'calls' : null;
}

/** Work that always waits: the day that ends, what people change in an org and whom they flag, and the sweeps of account and records. */
const standing = ({ link, merchant, isConnected }: Tenant): number =>
  (link === '' ? 0 : merchant.crm === 'salesforce' ? 3 : 1) + (isConnected ? 2 : 0);

export async function countsOf({ metricsPort }: Ground): Promise<Counts | null> {
  const page = await fetch(`http://127.0.0.1:${metricsPort}/metrics`).catch(() => null);
  if (!page?.ok) return null;
  const text = await page.text();
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? NaN);
  const queue = (name: string): number => number(new RegExp(`payside_backlog\\{queue="${name}"\\} (\\d+)`));
  return {
    inbox: queue('inbox'),
    outbox: queue('outbox'),
    work: queue('work'),
    dead: number(/payside_dead_letters (\d+)/),
  };
}
