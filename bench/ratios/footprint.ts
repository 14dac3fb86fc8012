// Memory with 100,000 invoices kept, and how long a start takes until the doors are open.
import type { Benchmark } from '../benchmark.ts';
import { figure, median, type Figures } from '../figures.ts';
import { startFloor } from '../floors/start.ts';
import { send } from '../load/send.ts';
import { openHubspot } from '../place/hubspot.ts';
import { fillConnected } from '../place/ledger.ts';
import { livesOf } from '../place/lives.ts';
import type { Bill } from '../place/merchant.ts';
import { INSIDE, startConnector } from '../processes/connector.ts';

const INVOICES = 100_000;
const EVENTS = 6_000;
const PAYERS = 100;

export const footprint: Benchmark = {
  name: 'footprint',
  kind: 'ratio',
  says: 'memory with 100,000 invoices after 6,000 events; seconds from start to listening',
  async run({ store, rounds }): Promise<Figures> {
    let bills: Bill[] = [];
    const place = await openHubspot({
      store,
      people: PAYERS,
      history: (merchant) => (bills = merchant.bill(PAYERS)),
    });
    try {
      const [pattern, ...payers] = bills;
      if (!pattern) throw new Error('nobody to bill');
      place.merchant.payQuietly(pattern);
      const lives = livesOf(place.world, place.merchant, pattern, payers);
      await place.world.stopConnector();
      await fillConnected(place.data, INVOICES);
      const starts: { ours: number; bare: number; blockedMs: number }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const connector = await startConnector(place.world.env, [INSIDE]);
        const blockedMs = await connector.ask<number>('blockedMs');
        await connector.stop();
        const bare = await startFloor('bare-start', ['', '']);
        await bare.stop();
        starts.push({ ours: connector.startedInMs, bare: bare.startedInMs, blockedMs });
      }
      const connector = await startConnector(place.world.env);
      const atRest = connector.rssMb();
      await send({ ...lives, connections: 16, events: EVENTS, from: 0 });
      await place.idle();
      const memory = connector.rssMb();
      const besideIt = place.data.rssMb();
      await connector.stop();
      const of = (key: 'ours' | 'bare' | 'blockedMs'): number => median(starts.map((start) => start[key]));
      return {
        footprint: figure(memory, { unit: 'MB', gate: 220, goal: 160 }, { atRest, besideIt }),
        'footprint.start': figure(
          of('ours') / 1_000,
          { unit: 's to listening', gate: 1, goal: 0.6 },
          { bareExpressMs: of('bare'), blockedMs: of('blockedMs') },
        ),
      };
    } finally {
      await place.close();
    }
  },
};
