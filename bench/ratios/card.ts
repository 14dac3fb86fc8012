// What a card's view costs with 100,000 invoices kept, against 1,000, and against the least its door has to do.
import { signatureHeaders } from '../../sandbox/hubspot/signature.ts';
import type { Benchmark } from '../benchmark.ts';
import { figure, median, type Figures } from '../figures.ts';
import { startFloor } from '../floors/start.ts';
import { sendSame } from '../load/same.ts';
import { openHubspot, PORTAL, ADMIN, type HubspotPlace } from '../place/hubspot.ts';
import { fillConnected } from '../place/ledger.ts';
import { emailOf } from '../place/merchant.ts';
import type { StoreKind } from '../stores.ts';
import { startConnector } from '../processes/connector.ts';

const INVOICES = 25;
const WARM = 6_000;
const WINDOW_MS = 1_500;
const CONNECTIONS = 16;

type Reader = {
  port: number;
  request: string;
  cpuMs: () => number;
  stop: () => Promise<void>;
  perMs: number;
};

/** A place whose first payer has 25 invoices, and whose store holds so many others. */
async function placeWith(store: StoreKind, others: number): Promise<HubspotPlace> {
  const place = await openHubspot({
    store,
    people: 1,
    history: (merchant) => void merchant.bill(1, INVOICES),
  });
  await place.world.stopConnector();
  await fillConnected(place.data, others);
  return place;
}

function signedGet(secret: string, base: string, path: string): string {
  const url = base + path;
  const headers = signatureHeaders(secret, { method: 'GET', url, body: '', timestamp: Date.now() });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`GET ${path} HTTP/1.1`, `host: ${new URL(base).host}`, ...lines, '', ''].join('\r\n');
}

async function readerOf(place: HubspotPlace): Promise<Reader & { bytes: number }> {
  const connector = await startConnector(place.world.env);
  const recordId = place.world.hubspot.portal(PORTAL).ref(emailOf(0));
  const who = `userId=${ADMIN}&portalId=${PORTAL}&userEmail=ines@alder.example&appId=77001`;
  const path = `/api/v1/records/contacts/${recordId}?${who}`;
  const request = signedGet(place.world.env['HUBSPOT_CLIENT_SECRET'] ?? '', place.world.url, path);
  const bytes = await bytesOf(place.world.url + path, request);
  const port = Number(new URL(place.world.url).port);
  const cpuMs = (): number => connector.cpuMs() + place.data.cpuMs();
  return { port, request, cpuMs, stop: connector.stop, perMs: 1, bytes };
}

async function bytesOf(url: string, request: string): Promise<number> {
  const headers = Object.fromEntries(
    request
      .split('\r\n')
      .flatMap((line) => (line.startsWith('x-') ? [line.split(': ') as [string, string]] : [])),
  );
  const answer = await fetch(url, { headers });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`the card was refused: ${text}`);
  return Buffer.byteLength(text);
}

/** @returns microseconds of processor time a read */
async function costOf(reader: Reader, times = Math.ceil(reader.perMs * WINDOW_MS * 1.2)): Promise<number> {
  const before = reader.cpuMs();
  const sent = await sendSame({ ...reader, connections: CONNECTIONS, times });
  reader.perMs = times / sent.ms;
  const cost = ((reader.cpuMs() - before) * 1_000) / times;
  return sent.ms >= WINDOW_MS || times === WARM ? cost : costOf(reader);
}

export const card: Benchmark = {
  name: 'card',
  kind: 'ratio',
  says: 'processor time of a card’s view / Express + verify; with 100,000 invoices / 1,000; calls outside; bytes',
  async run({ store, rounds, say }): Promise<Figures> {
    const [small, large] = [await placeWith(store, 1_000), await placeWith(store, 100_000)];
    const stops: (() => Promise<void>)[] = [];
    try {
      const [few, many] = [await readerOf(small), await readerOf(large)];
      const secret = large.world.env['HUBSPOT_CLIENT_SECRET'] ?? '';
      const base = await startFloor('express-read', [large.world.url, secret]);
      const floor: Reader = {
        port: base.port,
        request: many.request,
        cpuMs: base.cpuMs,
        stop: base.stop,
        perMs: 1,
      };
      stops.push(few.stop, many.stop, floor.stop);
      for (const reader of [few, many, floor]) await costOf(reader, WARM);
      const outside = (): number =>
        [small, large].reduce(
          (sum, { world }) => sum + world.hubspot.calls.length + world.stripe.calls.length,
          0,
        );
      const before = outside();
      const found: { few: number; many: number; floor: number }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        found.push({ floor: await costOf(floor), few: await costOf(few), many: await costOf(many) });
        say(`    ${JSON.stringify(found.at(-1))} µs`);
      }
      const of = (key: 'few' | 'many' | 'floor'): number =>
        Math.round(median(found.map((round) => round[key])));
      const from = { cardUs: of('many'), floorUs: of('floor') };
      return {
        card: figure(
          median(found.map((one) => one.many / one.floor)),
          { unit: '× Express + verify', gate: 2, goal: 1.3 },
          from,
        ),
        'card.size': figure(median(found.map((one) => one.many / one.few)), {
          unit: '× with 1,000 invoices',
          gate: 1.3,
          goal: 1.1,
        }),
        'card.outside': figure(outside() - before, { unit: 'calls outside', gate: 0, goal: 0 }),
        'card.bytes': figure(many.bytes / 1_024, { unit: 'kB', gate: 8, goal: 8 }, { invoices: INVOICES }),
      };
    } finally {
      for (const stop of stops) await stop();
      await small.close();
      await large.close();
    }
  },
};
