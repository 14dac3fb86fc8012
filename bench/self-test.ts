// Shows that the benchmarks can fail: each fault that can be planted must make a gate break.
import type { Benchmark } from './benchmark.ts';
import { BENCHMARKS } from './set.ts';

type Planted = Benchmark & { plant: string };

const isPlanted = (benchmark: Benchmark): benchmark is Planted => benchmark.plant !== undefined;

/** @returns whether every planted fault was caught */
export async function selfTest(say: (text: string) => void): Promise<boolean> {
  const results: { name: string; caught: boolean }[] = [];
  for (const { name, plant, run } of BENCHMARKS.filter(isPlanted)) {
    const figures = await run({ store: 'embedded', rounds: 1, planted: true, say });
    const caught = Object.values(figures).some(({ holds }) => !holds);
    say(`${caught ? 'caught' : 'MISSED'} ${name}: ${plant}`);
    results.push({ name, caught });
  }
  const missed = results.filter(({ caught }) => !caught).map(({ name }) => name);
  process.stdout.write(
    `${JSON.stringify({ planted: results.length, caught: missed.length === 0, missed })}\n`,
  );
  return missed.length === 0;
}
