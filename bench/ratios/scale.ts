// What a payment costs with 100,000 invoices kept, against 1,000; and how long the loop is ever blocked meanwhile.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Benchmark } from '../benchmark.ts';
import { figure, median, type Figures } from '../figures.ts';
import { fillHistory, openLedger, paidFacts, WORKSPACE, type LedgerPlace } from '../place/ledger.ts';

const SMALL = 1_000;
const LARGE = 100_000;
/** As many payments as a claim of the inbox holds. */
const GROUP = 25;
const GROUPS = 40;
const WARM_GROUPS = 20;
const RESOLUTION_MS = 1;

type Kept = LedgerPlace & { payers: number; next: number };

async function filled(invoices: number): Promise<Kept> {
  const place = await openLedger();
  await fillHistory(place.store, invoices);
  return { ...place, payers: invoices / 10, next: 0 };
}

/** Payers all over the store, so that nothing is warm by chance. */
async function postGroups(place: Kept, groups: number): Promise<{ cpuMs: number; blockedMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const before = process.cpuUsage();
  for (let group = 0; group < groups; group += 1) {
    const facts = Array.from({ length: GROUP }, () => {
      place.next += 1;
      const payer = `h${(place.next * 7_919) % place.payers}`;
      return paidFacts(payer, `${payer}n${place.next}`);
    });
    await place.post(WORKSPACE, facts.flat());
  }
  const { user, system } = process.cpuUsage(before);
  delay.disable();
  return { cpuMs: (user + system) / 1_000 / (groups * GROUP), blockedMs: delay.max / 1e6 - RESOLUTION_MS };
}

export const scale: Benchmark = {
  name: 'scale',
  kind: 'ratio',
  says: 'processor time of a payment with 100,000 invoices kept / with 1,000; longest block of the loop',
  async run({ rounds }): Promise<Figures> {
    const [small, large] = [await filled(SMALL), await filled(LARGE)];
    try {
      for (const place of [small, large]) await postGroups(place, WARM_GROUPS);
      const found: { few: number; many: number; blockedMs: number }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const few = await postGroups(small, GROUPS);
        const many = await postGroups(large, GROUPS);
        found.push({ few: few.cpuMs, many: many.cpuMs, blockedMs: many.blockedMs });
      }
      const of = (key: 'few' | 'many' | 'blockedMs'): number => median(found.map((round) => round[key]));
      return {
        scale: figure(
          median(found.map(({ few, many }) => many / few)),
          { unit: '× the cost', gate: 1.3, goal: 1.1 },
          { at1kMs: of('few'), at100kMs: of('many') },
        ),
        'scale.block': figure(of('blockedMs'), { unit: 'ms, longest block of the loop', gate: 25, goal: 8 }),
      };
    } finally {
      await small.close();
      await large.close();
    }
  },
};
