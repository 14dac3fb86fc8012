// Events that were acknowledged and are missing, or count twice, after the connector was killed at random moments.
import type { Benchmark } from '../benchmark.ts';
import { figure, type Figures } from '../figures.ts';
import { sendAll } from '../load/client.ts';
import { bodiesOf, requestsOf, type Load } from '../load/stream.ts';
import { openHubspot } from '../place/hubspot.ts';
import { livesOf } from '../place/lives.ts';
import { AMOUNT_MINOR, type Bill } from '../place/merchant.ts';
import type { Data } from '../stores.ts';
import { startConnector } from '../processes/connector.ts';

const POINTS = 20;
/** A connector that lies is found out at once. */
const PLANTED_POINTS = 2;
const PAYERS = 20;
/** More than is answered before the kill. */
const EVENTS = 2_000;
const CONNECTIONS = 16;
/** The connector is killed after between one and so many answers. */
const MOST_ANSWERS = 400;

export const crash: Benchmark = {
  name: 'crash',
  kind: 'count',
  says: 'acknowledged events missing, and payments wrong, after kill -9 at 20 random points',
  plant: 'events count as acknowledged before they are answered',
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
      const load = { ...livesOf(place.world, place.merchant, pattern, payers), connections: CONNECTIONS };
      await place.world.stopConnector();
      const acknowledged = new Set<string>();
      const points = planted ? PLANTED_POINTS : POINTS;
      for (let point = 0; point < points; point += 1) {
        const round = { ...load, events: EVENTS, from: point * EVENTS };
        for (const id of await killedDuring(place.world.env, round, planted)) acknowledged.add(id);
      }
      const connector = await startConnector(place.world.env);
      await place.applied();
      await connector.stop('SIGTERM');
      const kept = await keptIn(place.data, load.life.length);
      const missing = [...acknowledged].filter((id) => !kept.events.has(id)).length;
      const from = { points, acknowledged: acknowledged.size, kept: kept.events.size };
      return {
        crash: figure(missing, { unit: 'events missing', gate: 0, goal: 0 }, from),
        'crash.wrong': figure(
          kept.wrongPayments,
          { unit: 'payments wrong', gate: 0, goal: 0 },
          { payments: kept.payments },
        ),
      };
    } finally {
      await place.close();
    }
  },
};

/** @returns ids of the events that were answered with 200 before the end */
async function killedDuring(env: Record<string, string>, load: Load, isPlanted: boolean): Promise<string[]> {
  const connector = await startConnector(env);
  const ids = bodiesOf(load).map((body) => (JSON.parse(body) as { id: string }).id);
  const acknowledged: string[] = [];
  const killAfter = 1 + Math.floor(Math.random() * MOST_ANSWERS);
  await sendAll(requestsOf(load, new Date()), load, (nth, status) => {
    if (status.startsWith('2')) acknowledged.push(ids[nth] ?? '');
    if (acknowledged.length === killAfter) void connector.stop('SIGKILL');
  }).catch(() => undefined);
  await connector.stop('SIGKILL');
  return isPlanted ? [...acknowledged, ...ids.slice(-CONNECTIONS)] : acknowledged;
}

type Kept = { events: Set<string>; payments: number; wrongPayments: number };

/** The number of a life, which all of its events and objects carry. */
const lifeOf = (id: string): string => /x(\d+)$/.exec(id)?.[1] ?? '';

/** Payments that were sent, by their numbered ids. Past the connector, as it may not be believed about itself. */
async function keptIn({ look }: Data, eventsOfALife: number): Promise<Kept> {
  const events = await look(`SELECT dedupe_key FROM inbox WHERE state = 'done'`);
  const payments = await look(`SELECT id, aspects FROM ledger_row WHERE entity = 'payment'`);
  const rows = payments.filter((row) => lifeOf(String(row['id'])) !== '');
  const names = events.map((row) => String(row['dedupe_key']));
  const told = Map.groupBy(names, lifeOf);
  const wrong = rows.filter((row) => {
    const aspects = JSON.parse(String(row['aspects'])) as Aspects;
    const amounts = Object.values(aspects).map(({ body }) => body.capturedMinor ?? 0);
    const isWhole = told.get(lifeOf(String(row['id'])))?.length === eventsOfALife;
    // Of a life that a kill cut short it may not be known yet that anything was paid.
    return amounts.some((amount) => amount !== AMOUNT_MINOR && (isWhole || amount !== 0));
  });
  return { events: new Set(names), payments: rows.length, wrongPayments: wrong.length };
}

type Aspects = Record<string, { body: { capturedMinor?: number } }>;
