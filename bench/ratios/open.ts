// How long a store of 100,000 invoices takes to open, against lowdb reading as many small records.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Low } from 'lowdb';
import { JSONFile } from 'lowdb/node';
import type { Benchmark } from '../benchmark.ts';
import { figure, median, type Figures } from '../figures.ts';
import { watchLoop } from '../loop.ts';
import { fillHistory, openLedger } from '../place/ledger.ts';
import type { Data } from '../stores.ts';

const RECORDS = 100_000;

type Opened = { ours: number; lowdb: number; blockedMs: number };

/** What a record is to somebody who keeps it in one document: the few fields a card shows. */
const slim = (nth: number): object => ({
  id: `in_${nth}`,
  customer: `cus_${nth % 10_000}`,
  status: 'paid',
  currency: 'EUR',
  totalMinor: 1_000,
  paidMinor: 1_000,
  remainingMinor: 0,
  number: `NO-${nth}`,
  createdAt: '2026-01-10T09:00:00.000Z',
  dueAt: '2026-02-10T09:00:00.000Z',
  hostedUrl: `https://pay.example.com/${'x'.repeat(60)}/${nth}`,
});

async function openedOnce(data: Data, document: string): Promise<Opened> {
  const begun = performance.now();
  const low = new Low<object[]>(new JSONFile(document), []);
  await low.read();
  const lowdb = performance.now() - begun;
  const loop = watchLoop();
  await loop.longest();
  const again = performance.now();
  const store = await data.open();
  const ours = performance.now() - again;
  const blockedMs = await loop.longest();
  loop.end();
  await store.close();
  return { ours, lowdb, blockedMs };
}

export const open: Benchmark = {
  name: 'open',
  kind: 'ratio',
  says: 'time to open a store of 100,000 invoices / lowdb reading 100,000 records; longest block of the loop',
  async run({ store, rounds }): Promise<Figures> {
    const place = await openLedger(store);
    const folder = await mkdtemp(join(tmpdir(), 'payside-bench-'));
    const document = join(folder, 'records.json');
    try {
      await fillHistory(place.store, RECORDS);
      await place.store.close();
      await writeFile(document, JSON.stringify(Array.from({ length: RECORDS }, (_, nth) => slim(nth))));
      await openedOnce(place.data, document);
      const found: Opened[] = [];
      for (let round = 0; round < rounds; round += 1) found.push(await openedOnce(place.data, document));
      const of = (key: keyof Opened): number => median(found.map((one) => one[key]));
      return {
        open: figure(
          median(found.map(({ ours, lowdb }) => ours / lowdb)),
          { unit: '× lowdb’s read', gate: 1.5, goal: 1.1 },
          { oursMs: of('ours'), lowdbMs: of('lowdb') },
        ),
        'open.block': figure(of('blockedMs'), { unit: 'ms, longest block of the loop', gate: 40, goal: 20 }),
      };
    } finally {
      await place.data.end();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
