// How often the store waits for the disk, and how much it writes, for 1,000 events at 64 connections.
import type { Benchmark } from '../benchmark.ts';
import { figure, type Figures } from '../figures.ts';
import { send } from '../load/send.ts';
import { openHubspot } from '../place/hubspot.ts';
import { livesOf } from '../place/lives.ts';
import type { Bill } from '../place/merchant.ts';
import { INSIDE, startConnector } from '../processes/connector.ts';
import { writtenBytes } from '../processes/spawn.ts';

const EVENTS = 3_000;
const WARM = 1_000;
const PAYERS = 100;
/** Kept, then drained: the write-ahead log and the rows that follow are part of what an event costs. */
const SETTLE_MS = 60_000;

export const ingestBatch: Benchmark = {
  name: 'ingest-batch',
  kind: 'count',
  says: 'fsyncs per 1,000 events at 64 connections, and bytes written / bytes received',
  plant: 'the events come one after the other',
  async run({ planted = false }): Promise<Figures> {
    let bills: Bill[] = [];
    const place = await openHubspot({
      people: PAYERS,
      history: (merchant) => (bills = merchant.bill(PAYERS)),
    });
    try {
      const [pattern, ...payers] = bills;
      if (!pattern) throw new Error('nobody to bill');
      place.merchant.payQuietly(pattern);
      const lives = livesOf(place.world, place.merchant, pattern, payers);
      await place.world.stopConnector();
      const connector = await startConnector(place.world.env, [INSIDE]);
      const load = { ...lives, connections: planted ? 1 : 64 };
      await send({ ...load, events: WARM, from: 0 });
      await place.idle(SETTLE_MS);
      const before = { commits: await connector.ask<number>('commits'), bytes: writtenBytes(connector.pid) };
      const sent = await send({ ...load, events: EVENTS, from: WARM });
      const commits = (await connector.ask<number>('commits')) - before.commits;
      await place.idle(SETTLE_MS);
      const bytes = writtenBytes(connector.pid) - before.bytes;
      const all = (await connector.ask<number>('commits')) - before.commits;
      await connector.stop();
      const per1000 = (count: number): number => (count / EVENTS) * 1_000;
      return {
        'ingest-batch': figure(
          per1000(commits),
          { unit: 'fsyncs per 1,000 events', gate: 60, goal: 33 },
          { untilApplied: per1000(all) },
        ),
        'ingest-batch.bytes': figure(
          bytes / sent.bytes,
          { unit: '× bytes received, until applied', gate: 1.3, goal: 1.05 },
          { received: sent.bytes, written: bytes },
        ),
      };
    } finally {
      await place.close();
    }
  },
};
