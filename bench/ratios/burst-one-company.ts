// What a payment costs at a company whose payers are a thousand people, against one whose payers are ten.
import { computeTotal } from '../../src/reconcile/total.ts';
import { createLog } from '../../src/log.ts';
import type { StoreKind } from '../stores.ts';
import type { Benchmark } from '../benchmark.ts';
import { figure, median, type Figures } from '../figures.ts';
import {
  INSTALLATION,
  openLedger,
  paidFacts,
  payerFacts,
  WORKSPACE,
  type LedgerPlace,
} from '../place/ledger.ts';

const MANY = 1_000;
const FEW = 10;
const PAYMENTS = 200;

/** Processor time of a payment in milliseconds, each posted alone, and of what is computed apart afterwards. */
async function costOf(kind: StoreKind, payers: number): Promise<{ payment: number; total: number }> {
  const place = await openLedger(kind);
  try {
    const names = Array.from({ length: payers }, (_, nth) => `p${nth}`);
    await place.post(
      WORKSPACE,
      names.flatMap((name) => payerFacts(name, 'mill')),
    );
    await computeAll(place);
    const before = place.cpuMs();
    for (let nth = 0; nth < PAYMENTS; nth += 1) {
      const payer = names[nth % payers] ?? '';
      await place.post(WORKSPACE, paidFacts(payer, `${payer}n${nth}`));
    }
    const after = place.cpuMs();
    await computeAll(place);
    const total = place.cpuMs() - after;
    await expectCollected(place);
    return { payment: (after - before) / PAYMENTS, total };
  } finally {
    await place.close();
  }
}

async function computeAll({ store, post }: LedgerPlace): Promise<void> {
  const log = createLog('silent');
  const deps = { store, post, log, clock: { now: () => new Date() }, retryBaseMs: 1_000, leaseMs: 60_000 };
  while ((await computeTotal(deps)) > 0);
}

/** A total that is quick and wrong would be no gain. */
async function expectCollected({ store }: LedgerPlace): Promise<void> {
  const claimed = await store.claimDeliveries(INSTALLATION, new Date(), 100_000, 60_000);
  const mill = claimed.find(({ key }) => key === `${INSTALLATION}|companies|mill`);
  const text = JSON.stringify(mill?.desired.values);
  if (!text.includes(`"amountMinor":${PAYMENTS * 1_000}`)) throw new Error(`the company says ${text}`);
}

export const burstOneCompany: Benchmark = {
  name: 'burst-one-company',
  kind: 'ratio',
  says: 'processor time of a payment at a company of 1,000 payers / at one of 10',
  async run({ store, rounds }): Promise<Figures> {
    const costs: { many: number; few: number; total: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const few = await costOf(store, FEW);
      const many = await costOf(store, MANY);
      costs.push({ few: few.payment, many: many.payment, total: many.total });
    }
    const of = (key: 'many' | 'few' | 'total'): number => median(costs.map((cost) => cost[key]));
    return {
      'burst-one-company': figure(
        median(costs.map(({ many, few }) => many / few)),
        { unit: '× the cost', gate: 2, goal: 1.2 },
        { manyMs: of('many'), fewMs: of('few'), totalMs: of('total'), payments: PAYMENTS },
      ),
    };
  },
};
