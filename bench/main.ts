// `npm run bench -- <name>… [--json] [--store embedded|postgres] [--rounds 3]`, and `-- --self-test`.
import { parseArgs } from 'node:util';
import type { Benchmark, Options } from './benchmark.ts';
import { lineOf, type Figures } from './figures.ts';
import { watchMachine } from './machine.ts';
import { selfTest } from './self-test.ts';
import { BENCHMARKS } from './set.ts';
import { hasStore } from './stores.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const USAGE = [
  'usage: npm run bench -- <name>… | all | counts [--json] [--store embedded|postgres] [--rounds 3]',
  '       npm run bench -- --self-test',
  ...BENCHMARKS.map(({ name, says }) => `  ${name.padEnd(22)} ${says}`),
].join('\n');

function chosen(names: readonly string[]): Benchmark[] | null {
  if (names.length === 0) return null;
  const fits = ({ name, kind }: Benchmark): boolean =>
    names.includes(name) || names.includes('all') || (names.includes('counts') && kind === 'count');
  const known = new Set(['all', 'counts', ...BENCHMARKS.map(({ name }) => name)]);
  return names.every((name) => known.has(name)) ? BENCHMARKS.filter(fits) : null;
}

async function runAll(benchmarks: readonly Benchmark[], options: Options): Promise<Figures> {
  const figures: Figures = {};
  for (const benchmark of benchmarks) {
    const machine = watchMachine();
    const begun = Date.now();
    const found = await benchmark.run(options);
    for (const [name, one] of Object.entries(found)) {
      figures[name] = { store: options.store, ...one };
      say(lineOf(name, one));
    }
    say(`    ${((Date.now() - begun) / 1000).toFixed(1)} s, ${machine()}`);
  }
  return figures;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      store: { type: 'string', default: 'embedded' },
      rounds: { type: 'string', default: '3' },
      'self-test': { type: 'boolean', default: false },
    },
  });
  if (values['self-test']) return (await selfTest(say)) ? 0 : 1;
  const benchmarks = chosen(positionals);
  const rounds = Number(values.rounds);
  if (!benchmarks || !Number.isInteger(rounds) || rounds < 1) return (say(USAGE), 2);
  if (!hasStore(values.store)) return (say(`there is no store called ${values.store} here`), 2);
  const figures = await runAll(benchmarks, { store: values.store, rounds, say });
  if (values.json) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  return Object.values(figures).every(({ holds }) => holds) ? 0 : 1;
}

// What was started is ended by those who hear of the exit.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exitCode = await main();
