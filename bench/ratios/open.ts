// How long a store of 100,000 invoices takes to open, against lowdb reading as many small records.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import { JSONFile } from 'lowdb/node';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import type { Benchmark } from '../benchmark.ts';
import { figure, median, type Figures } from '../figures.ts';
import { fillHistory, openLedger } from '../place/ledger.ts';

const RECORDS = 100_000;
const RESOLUTION_MS = 1;

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

async function openedOnce(folder: string, document: string): Promise<Opened> {
  const begun = performance.now();
  const low = new Low<object[]>(new JSONFile(document), []);
  await low.read();
  const lowdb = performance.now() - begun;
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const again = performance.now();
  const store = await openEmbeddedStore(folder);
  const ours = performance.now() - again;
  delay.disable();
  await store.close();
  return { ours, lowdb, blockedMs: Math.max(0, delay.max / 1e6 - RESOLUTION_MS) };
}

export const open: Benchmark = {
  name: 'open',
  kind: 'ratio',
  says: 'time to open a store of 100,000 invoices / lowdb reading 100,000 records; longest block of the loop',
  async run({ rounds }): Promise<Figures> {
    const place = await openLedger();
    const document = join(place.folder, 'records.json');
    try {
      await fillHistory(place.store, RECORDS);
      await place.store.close();
      await writeFile(document, JSON.stringify(Array.from({ length: RECORDS }, (_, nth) => slim(nth))));
      await openedOnce(place.folder, document);
      const found: Opened[] = [];
      for (let round = 0; round < rounds; round += 1) found.push(await openedOnce(place.folder, document));
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
      await rm(place.folder, { recursive: true, force: true });
    }
  },
};
