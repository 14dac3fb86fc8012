// What an event costs with 100,000 invoices kept, against 1,000; and how long the connector's loop is ever blocked meanwhile.
import type { Benchmark } from '../benchmark.ts';
import { figure, median, type Figures } from '../figures.ts';
import { send } from '../load/send.ts';
import { openHubspot, type HubspotPlace } from '../place/hubspot.ts';
import { fillConnected } from '../place/ledger.ts';
import { livesOf, type Lives } from '../place/lives.ts';
import type { Bill } from '../place/merchant.ts';
import { INSIDE, startConnector, type Connector } from '../processes/connector.ts';
import type { StoreKind } from '../stores.ts';

const SMALL = 1_000;
const LARGE = 100_000;
const PAYERS = 500;
const WARM_EVENTS = 6_000;
const EVENTS = 4_000;

type Kept = { place: HubspotPlace; connector: Connector; lives: Lives; next: number };

/** A connector that keeps so many invoices of others beside those that are paid now. */
async function keeping(store: StoreKind, invoices: number): Promise<Kept> {
  let bills: Bill[] = [];
  const place = await openHubspot({
    store,
    people: PAYERS,
    history: (merchant) => (bills = merchant.bill(PAYERS + 1)),
  });
  const [pattern, ...payers] = bills.toReversed();
  if (!pattern) throw new Error('nobody to bill');
  place.merchant.payQuietly(pattern);
  const lives = livesOf(place.world, place.merchant, pattern, payers);
  await place.world.stopConnector();
  await fillConnected(place.data, invoices);
  const connector = await startConnector(place.world.env, [INSIDE]);
  const kept = { place, connector, lives, next: 0 };
  await told(kept, WARM_EVENTS);
  return kept;
}

type Told = { cpuUs: number; blockedMs: number };

/** Events are taken and applied, while those before are delivered. @returns what one costs, and the longest block meanwhile */
async function told(kept: Kept, events: number): Promise<Told> {
  const { place, connector, lives } = kept;
  const cpuMs = (): number => connector.cpuMs() + place.data.cpuMs();
  await connector.ask<number>('blockedMs');
  const before = cpuMs();
  await send({ ...lives, connections: 16, events, from: kept.next });
  kept.next += events;
  await place.applied();
  const cpuUs = ((cpuMs() - before) * 1_000) / events;
  return { cpuUs, blockedMs: await connector.ask<number>('blockedMs') };
}

async function close({ connector, place }: Kept): Promise<void> {
  await connector.stop();
  await place.close();
}

export const scale: Benchmark = {
  name: 'scale',
  kind: 'ratio',
  says: 'processor time of an event with 100,000 invoices kept / with 1,000; longest block of the connector’s loop',
  async run({ store, rounds, say }): Promise<Figures> {
    const opened: Kept[] = [];
    try {
      const small = await keeping(store, SMALL);
      opened.push(small);
      const large = await keeping(store, LARGE);
      opened.push(large);
      const found: { few: Told; many: Told }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        found.push({ few: await told(small, EVENTS), many: await told(large, EVENTS) });
        say(`    ${JSON.stringify(found.at(-1))}`);
      }
      const of = (read: (round: { few: Told; many: Told }) => number): number => median(found.map(read));
      return {
        scale: figure(
          of(({ few, many }) => many.cpuUs / few.cpuUs),
          { unit: '× the cost', gate: 1.3, goal: 1.1 },
          { at1kUs: of(({ few }) => few.cpuUs), at100kUs: of(({ many }) => many.cpuUs) },
        ),
        'scale.block': figure(
          of(({ many }) => many.blockedMs),
          { unit: 'ms, longest block of the connector’s loop', gate: 25, goal: 8 },
          {
            worstMs: Math.max(...found.map(({ many }) => many.blockedMs)),
            at1kMs: of(({ few }) => few.blockedMs),
          },
        ),
      };
    } finally {
      for (const kept of opened) await close(kept);
    }
  },
};
