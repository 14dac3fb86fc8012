// The door beside the best-known open-source receiver on PostgreSQL, in the same rounds: events a second and processor time.
import { fileURLToPath } from 'node:url';
import { freePort } from '../../sandbox/world/free-port.ts';
import { waitFor } from '../../sandbox/world/wait.ts';
import type { Benchmark } from '../benchmark.ts';
import { figure, median, skipped, type Figures } from '../figures.ts';
import { measured, warmed, type Window } from '../load/window.ts';
import { whyNoPeers } from '../peers/install.ts';
import { startPostgres, type Postgres } from '../peers/postgres.ts';
import { openHubspot } from '../place/hubspot.ts';
import { livesOf } from '../place/lives.ts';
import type { Bill } from '../place/merchant.ts';
import { startConnector } from '../processes/connector.ts';
import { start, type Running } from '../processes/spawn.ts';

const PAYERS = 500;
const RATE = { unit: '× the peer’s rate', gate: 3, goal: 5, better: 'higher' } as const;
const CPU = { unit: '× the peer’s processor time, ours until applied', gate: 0.18, goal: 0.1 };
const P99 = { unit: '× the peer’s p99', gate: 0.5, goal: 0.3 };

type Round = { ours: Window; peer: Window };

async function startPeer(database: Postgres, secret: string): Promise<Running & { port: number }> {
  const port = await freePort();
  const script = fileURLToPath(new URL('../peers/receiver.ts', import.meta.url));
  // It logs a line an event; reading them here would cost the load client its processor.
  const running = start({ script, args: [String(port), database.url, secret] });
  const answers = (): Promise<true | undefined> =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true as const,
      () => undefined,
    );
  await waitFor('the peer to listen', answers, 60_000);
  return { ...running, port };
}

export const ingestPeer: Benchmark = {
  name: 'ingest-peer',
  kind: 'ratio',
  says: 'events a second at 16 connections / @supabase/stripe-sync-engine on PostgreSQL; processor time; p99',
  async run(options): Promise<Figures> {
    const why = whyNoPeers();
    const database = why ?? (await startPostgres());
    if (typeof database === 'string')
      return {
        'ingest-peer': skipped(database, RATE),
        'ingest-peer.cpu': skipped(database, CPU),
        'ingest-peer.p99': skipped(database, P99),
      };
    try {
      return await beside(database, options.rounds, options.say);
    } finally {
      database.stop();
    }
  },
};

async function beside(database: Postgres, rounds: number, say: (text: string) => void): Promise<Figures> {
  let bills: Bill[] = [];
  const place = await openHubspot({
    people: PAYERS,
    history: (merchant) => (bills = merchant.bill(PAYERS + 1)),
  });
  const stops: (() => Promise<void>)[] = [];
  try {
    const [pattern, ...payers] = bills;
    if (!pattern) throw new Error('nobody to bill');
    place.merchant.payQuietly(pattern);
    const lives = livesOf(place.world, place.merchant, pattern, payers);
    await place.world.stopConnector();
    const connector = await startConnector(place.world.env);
    stops.push(connector.stop);
    const peer = await startPeer(database, lives.secret);
    stops.push(peer.stop);
    const ours = await warmed({ name: 'ours', load: lives, cpuMs: connector.cpuMs, applied: place.idle });
    const cpuMs = (): number => peer.cpuMs() + database.cpuMs();
    const theirs = await warmed({
      name: 'peer',
      load: { ...lives, path: '/webhooks', port: peer.port },
      cpuMs,
    });
    const found: Round[] = [];
    for (let round = 0; round < rounds; round += 1) {
      found.push({ peer: await measured(theirs), ours: await measured(ours) });
      say(`    ${JSON.stringify(found.at(-1))}`);
    }
    return figuresOf(found);
  } finally {
    for (const stop of stops) await stop();
    await place.close();
  }
}

function figuresOf(found: Round[]): Figures {
  const of = (read: (round: Round) => number): number => median(found.map(read));
  return {
    'ingest-peer': figure(
      of(({ ours, peer }) => ours.perSecond / peer.perSecond),
      RATE,
      {
        ours: Math.round(of(({ ours }) => ours.perSecond)),
        peer: Math.round(of(({ peer }) => peer.perSecond)),
      },
    ),
    'ingest-peer.cpu': figure(
      of(({ ours, peer }) => ours.cpuUsPerEvent / peer.cpuUsPerEvent),
      CPU,
      {
        oursUs: of(({ ours }) => ours.cpuUsPerEvent),
        peerUs: of(({ peer }) => peer.cpuUsPerEvent),
      },
    ),
    'ingest-peer.p99': figure(
      of(({ ours, peer }) => ours.p99Ms / peer.p99Ms),
      P99,
    ),
  };
}
