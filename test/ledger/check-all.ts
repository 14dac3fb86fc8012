// Runs every property of the ledger once, without a test runner, and ends with 1 at the first that does not hold.
import { CONVERGENCE } from './convergence.ts';
import { EXAMPLES } from './examples.ts';
import { FIGURES } from './figures.ts';
import { SMALL_AMOUNTS } from './small-amounts.ts';

const runs = Number(process.argv[2] ?? 100);

try {
  for (const { holds } of [...EXAMPLES, ...SMALL_AMOUNTS, ...FIGURES, ...CONVERGENCE]) holds(runs);
} catch (error) {
  console.log(String(error).slice(0, 3000));
  process.exitCode = 1;
}
