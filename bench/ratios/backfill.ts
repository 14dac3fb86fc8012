// How fast three years of history are read and written: within the published limits, against them; without, against the peer.
import { API_VERSION } from '../../sandbox/stripe/context.ts';
import type { Benchmark } from '../benchmark.ts';
import { figure, median, skipped, type Figures } from '../figures.ts';
import { hubspotHistory, hubspotSeconds, stripeSeconds } from '../limits.ts';
import { whyNoPeers } from '../peers/install.ts';
import { startPeer } from '../peers/start.ts';
import { CUSTOMERS, INVOICES, openYears } from '../place/years.ts';
import type { StoreKind } from '../stores.ts';

const LATENCY_MS = 150;
/** Customers, invoices, payments. */
const OBJECTS = CUSTOMERS + 2 * INVOICES;
const READ_SECONDS = stripeSeconds([CUSTOMERS, INVOICES, INVOICES]) + LATENCY_MS / 1_000;
const CRM_CALLS = hubspotHistory(CUSTOMERS, INVOICES);
/** Reading and writing go on side by side. */
const BOUND_SECONDS = Math.max(READ_SECONDS, hubspotSeconds(CRM_CALLS) + LATENCY_MS / 1_000);

const PEER = { unit: '× the peer’s objects/s, without limits', gate: 3, goal: 6, better: 'higher' } as const;
const CPU = { unit: '× the peer’s processor time', gate: null, goal: null };

export const backfill: Benchmark = {
  name: 'backfill',
  kind: 'ratio',
  says: 'a history of 5,000 paid invoices: rate at 150 ms a call / what published limits allow; without limits / the peer',
  async run({ store, rounds, say }): Promise<Figures> {
    return { ...(await withinLimits(store)), ...(await besidePeer(store, rounds, say)) };
  },
};

async function withinLimits(store: StoreKind): Promise<Figures> {
  const years = await openYears({ store, known: true, latencyMs: LATENCY_MS });
  try {
    const { seconds: readSeconds } = await years.read();
    const seconds = await years.written();
    const { stripe, hubspot } = years.world;
    const refused = [...stripe.calls, ...hubspot.calls].filter(({ status }) => status === 429);
    const crmCalls = hubspot.calls.filter(({ path }) => path.startsWith('/crm/')).length;
    return {
      backfill: figure(
        BOUND_SECONDS / seconds,
        {
          unit: '× the rate of the limits, until HubSpot says all',
          gate: 0.85,
          goal: 0.95,
          better: 'higher',
        },
        { seconds, boundSeconds: BOUND_SECONDS, crmCalls, boundCrmCalls: CRM_CALLS },
      ),
      'backfill.read': figure(
        READ_SECONDS / readSeconds,
        { unit: '× the rate of the gateway’s limits', gate: null, goal: null, better: 'higher' },
        { seconds: readSeconds, boundSeconds: READ_SECONDS, ...byEndpoint(stripe.calls) },
      ),
      'backfill.refused': figure(refused.length, { unit: 'answers 429', gate: 0, goal: 0 }),
    };
  } finally {
    await years.close();
  }
}

/** Calls until everything was written, by endpoint. */
const byEndpoint = (calls: { method: string; path: string }[]): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(calls, ({ method, path }) => `${method} ${path.split(/[?]/)[0]?.split('/')[2]}`)].map(
      ([endpoint, all]) => [endpoint, all.length],
    ),
  );

type Read = { seconds: number; cpuMs: number };
type Round = { ours: Read; peer: Read };

/** The peer writes to no CRM, so that here nothing is to be written either. */
async function besidePeer(store: StoreKind, rounds: number, say: (text: string) => void): Promise<Figures> {
  const why = whyNoPeers();
  if (why !== null) return { 'backfill.peer': skipped(why, PEER), 'backfill.peer-cpu': skipped(why, CPU) };
  const found: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const years = await openYears({ store, known: false });
    try {
      const ours = await years.read();
      found.push({ ours, peer: await readByPeer(years.world.stripe.url, years.key) });
      say(`    ${JSON.stringify(found.at(-1))}`);
    } finally {
      await years.close();
    }
  }
  const of = (read: (round: Round) => number): number => median(found.map(read));
  return {
    'backfill.peer': figure(
      of(({ ours, peer }) => peer.seconds / ours.seconds),
      PEER,
      {
        ours: Math.round(of(({ ours }) => OBJECTS / ours.seconds)),
        peer: Math.round(of(({ peer }) => OBJECTS / peer.seconds)),
        objects: OBJECTS,
      },
    ),
    'backfill.peer-cpu': figure(
      of(({ ours, peer }) => ours.cpuMs / peer.cpuMs),
      CPU,
    ),
  };
}

/** Its kinds one after the other, as it reads them all by itself. */
async function readByPeer(url: string, key: string): Promise<Read> {
  const peer = await startPeer('unused', { url, key, version: API_VERSION });
  try {
    const [before, begun] = [peer.cpuMs(), performance.now()];
    for (const object of ['customer', 'invoice', 'payment_intent']) {
      const answer = await fetch(`http://127.0.0.1:${peer.port}/sync/${object}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      if (answer.status !== 200)
        throw new Error(`the peer answered ${answer.status}: ${await answer.text()}`);
    }
    const read = { seconds: (performance.now() - begun) / 1_000, cpuMs: peer.cpuMs() - before };
    const [row] = await peer.database.admin<{ count: string }>(
      `SELECT (SELECT count(*) FROM stripe.customers) + (SELECT count(*) FROM stripe.invoices)
         + (SELECT count(*) FROM stripe.payment_intents) AS count`,
    );
    if (Number(row?.count) !== OBJECTS) throw new Error(`the peer keeps ${row?.count} of ${OBJECTS} objects`);
    return read;
  } finally {
    await peer.stop();
  }
}
