// The door beside the best-known open-source receiver on PostgreSQL, in the same rounds: events a second and processor time.
import type { Benchmark } from '../benchmark.ts';
import { figure, median, skipped, type Bounds, type Figures } from '../figures.ts';
import { closeOurs, measuredOurs, openOurs, type OursWindow } from '../load/ours.ts';
import { measured, warmed, type Window } from '../load/window.ts';
import { whyNoPeers } from '../peers/install.ts';
import { startPeer } from '../peers/start.ts';
import type { StoreKind } from '../stores.ts';

const RATE: Record<StoreKind, { gate: number; goal: number }> = {
  embedded: { gate: 3, goal: 5 },
  postgres: { gate: 1.5, goal: 2.5 },
};

type Name = 'ingest-peer' | 'ingest-peer.cpu' | 'ingest-peer.p99';

/** Beside the same PostgreSQL, no more is promised than the rate. */
const boundsOf = (store: StoreKind): Record<Name, Bounds> => {
  const only = store === 'embedded' ? null : { gate: null, goal: null };
  return {
    'ingest-peer': { unit: '× the peer’s rate', ...RATE[store], better: 'higher' },
    'ingest-peer.cpu': {
      unit: '× the peer’s processor time, ours until applied',
      ...(only ?? { gate: 0.18, goal: 0.1 }),
    },
    'ingest-peer.p99': { unit: '× the peer’s p99', ...(only ?? { gate: 0.5, goal: 0.3 }) },
  };
};

type Round = { ours: OursWindow; peer: Window };

export const ingestPeer: Benchmark = {
  name: 'ingest-peer',
  kind: 'ratio',
  says: 'events a second at 16 connections / @supabase/stripe-sync-engine on PostgreSQL; processor time; p99',
  async run({ store, rounds, say }): Promise<Figures> {
    const bounds = boundsOf(store);
    const why = whyNoPeers();
    if (why !== null)
      return Object.fromEntries(Object.entries(bounds).map(([name, one]) => [name, skipped(why, one)]));
    const ours = await openOurs(store);
    try {
      const { load } = ours.door;
      const peer = await startPeer(load.secret);
      try {
        const path = '/webhooks';
        const theirs = await warmed({
          name: 'peer',
          load: { ...load, path, port: peer.port },
          cpuMs: peer.cpuMs,
        });
        const found: Round[] = [];
        for (let round = 0; round < rounds; round += 1) {
          found.push({ peer: await measured(theirs), ours: await measuredOurs(ours) });
          say(`    ${JSON.stringify(found.at(-1))}`);
        }
        return figuresOf(bounds, found);
      } finally {
        await peer.stop();
      }
    } finally {
      await closeOurs(ours);
    }
  },
};

function figuresOf(bounds: Record<Name, Bounds>, found: Round[]): Figures {
  const of = (read: (round: Round) => number): number => median(found.map(read));
  return {
    'ingest-peer': figure(
      of(({ ours, peer }) => ours.perSecond / peer.perSecond),
      bounds['ingest-peer'],
      {
        ours: Math.round(of(({ ours }) => ours.perSecond)),
        peer: Math.round(of(({ peer }) => peer.perSecond)),
      },
    ),
    'ingest-peer.cpu': figure(
      of(({ ours, peer }) => ours.appliedUs / peer.cpuUsPerEvent),
      bounds['ingest-peer.cpu'],
      {
        oursUs: of(({ ours }) => ours.appliedUs),
        peerUs: of(({ peer }) => peer.cpuUsPerEvent),
      },
    ),
    'ingest-peer.p99': figure(
      of(({ ours, peer }) => ours.p99Ms / peer.p99Ms),
      bounds['ingest-peer.p99'],
    ),
  };
}
