// How often the store waits for the disk, and how much it writes, for 1,000 events at 64 connections.
import type { Benchmark } from '../benchmark.ts';
import { figure, type Figures } from '../figures.ts';
import { send } from '../load/send.ts';
import { openHubspot, type HubspotPlace } from '../place/hubspot.ts';
import { livesOf } from '../place/lives.ts';
import type { Bill } from '../place/merchant.ts';
import { INSIDE, startConnector, type Connector } from '../processes/connector.ts';
import { writtenBytes } from '../processes/spawn.ts';

const EVENTS = 3_000;
const WARM = 1_000;
const PAYERS = 100;
/** Kept, then drained: the write-ahead log and the rows that follow are part of what an event costs. */
const SETTLE_MS = 60_000;

type Counted = { fsyncs: number; bytes: number };

export const ingestBatch: Benchmark = {
  name: 'ingest-batch',
  kind: 'count',
  says: 'fsyncs per 1,000 events at 64 connections, and bytes written / bytes received',
  plant: 'the events come one after the other',
  async run({ store, planted = false }): Promise<Figures> {
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
      const connector = await startConnector(place.world.env, [INSIDE]);
      const load = { ...lives, connections: planted ? 1 : 64 };
      await send({ ...load, events: WARM, from: 0 });
      await place.idle(SETTLE_MS);
      const before = await countedIn(place, connector);
      const sent = await send({ ...load, events: EVENTS, from: WARM });
      const commits = await connector.ask<number>('commits');
      await place.idle(SETTLE_MS);
      const after = await countedIn(place, connector);
      await connector.stop();
      const written = after.bytes - before.bytes;
      const per1000 = (count: number): number => ((count - before.fsyncs) / EVENTS) * 1_000;
      const bytes = { received: sent.bytes, written };
      return place.data.fsyncs
        ? ofServer(per1000(after.fsyncs), bytes)
        : ofFiles({ taken: per1000(commits), applied: per1000(after.fsyncs) }, bytes);
    } finally {
      await place.close();
    }
  },
};

/** Since the start; a store that has no processes of its own makes a commit durable by one fsync. */
async function countedIn({ data }: HubspotPlace, connector: Connector): Promise<Counted> {
  const fsyncs = await (data.fsyncs?.() ?? connector.ask<number>('commits'));
  return { fsyncs, bytes: writtenBytes(connector.pid) + data.writtenBytes() };
}

type Bytes = { received: number; written: number };

const ofFiles = (fsyncs: { taken: number; applied: number }, { received, written }: Bytes): Figures => ({
  'ingest-batch': figure(
    fsyncs.taken,
    { unit: 'fsyncs per 1,000 events', gate: 60, goal: 33 },
    { untilApplied: fsyncs.applied },
  ),
  'ingest-batch.bytes': figure(
    written / received,
    { unit: '× bytes received, until applied', gate: 1.3, goal: 1.05 },
    { received, written },
  ),
});

/** A server tells what it did some seconds later, so that taking and applying cannot be told apart: no gate is for both. */
const ofServer = (fsyncs: number, { received, written }: Bytes): Figures => ({
  'ingest-batch': figure(fsyncs, {
    unit: 'fsyncs of the server per 1,000 events, until applied and delivered',
    gate: null,
    goal: null,
  }),
  'ingest-batch.bytes': figure(
    written / received,
    { unit: '× bytes received, written by the server until applied and delivered', gate: null, goal: null },
    { received, written },
  ),
});
