// Shows that the benchmarks can fail: each fault that can be planted must make a gate break.
import type { Benchmark } from './benchmark.ts';
import type { Figures } from './figures.ts';
import { BENCHMARKS } from './set.ts';

type Planted = Benchmark & { plant: string };

const isPlanted = (benchmark: Benchmark): benchmark is Planted => benchmark.plant !== undefined;

/** Much more than a ratio inside one round moves by itself. */
const CLEARLY = 1.25;

/** A ratio is compared with one that nothing was planted into, as a busy machine may break its gate as well. */
function isWorse(planted: Figures, clean: Figures | null): boolean {
  const [name = ''] = Object.keys(planted);
  const [bad, good] = [planted[name], clean?.[name]];
  if (clean === null) return Object.values(planted).some(({ holds }) => !holds);
  if (!bad?.value || !good?.value || bad.holds) return false;
  return bad.better === 'higher' ? good.value / bad.value > CLEARLY : bad.value / good.value > CLEARLY;
}

/** @returns whether every planted fault was caught */
export async function selfTest(say: (text: string) => void): Promise<boolean> {
  const results: { name: string; caught: boolean }[] = [];
  for (const { name, kind, plant, run } of BENCHMARKS.filter(isPlanted)) {
    const options = { store: 'embedded', rounds: 1, say } as const;
    const clean = kind === 'ratio' ? await run(options) : null;
    const caught = isWorse(await run({ ...options, planted: true }), clean);
    say(`${caught ? 'caught' : 'MISSED'} ${name}: ${plant}`);
    results.push({ name, caught });
  }
  const missed = results.filter(({ caught }) => !caught).map(({ name }) => name);
  process.stdout.write(
    `${JSON.stringify({ planted: results.length, caught: missed.length === 0, missed })}\n`,
  );
  return missed.length === 0;
}
