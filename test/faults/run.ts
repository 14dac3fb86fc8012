// `npm run faults`: does to the connector what the world does, and counts what was lost, doubled, wrong, leaked or stuck.
//
//   node test/faults/run.ts --seeds 20 --store embedded
//   --quick          the rows that a check of minutes has room for
//   --only <text>    rows whose name holds the text
//   --every <n>      of the points of each sweep only every nth
//   --lanes <n>      so many worlds at once; default 3
//   --soak           people at work for --minutes (20), and whether the connector's memory grows
//   --self-test      shows on copies of the repository that known mistakes are caught
//   --matrix         the rows of the table in docs/reliability.md
//
// Progress goes to stderr; the last line on stdout is JSON. Exit code 1 on any count but points.
import { parseArgs } from 'node:util';
import { inLanes } from './lanes.ts';
import { matrixLines } from './matrix.ts';
import { isClean, totalsOf } from './result.ts';
import { jobsOf, type RowOptions } from './rows.ts';
import { selfTest } from './self-test.ts';
import { isSteady, soak } from './soak.ts';
import { beginStore, isStore, STORES, type StoreName } from './stores.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    store: { type: 'string', default: 'embedded' },
    only: { type: 'string' },
    lanes: { type: 'string', default: '3' },
    every: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    'self-test': { type: 'boolean', default: false },
    matrix: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '20' },
  },
});

const say = (text: string): void => void process.stderr.write(`${text}\n`);

function optionsOf(): RowOptions | string {
  const { store, only, quick } = values;
  const seeds = Number(values.seeds);
  const every = Number(values.every);
  if (![seeds, every].every((one) => Number.isInteger(one) && one >= 1))
    return '--seeds and --every take a number from 1';
  if (!isStore(store)) return `--store is one of: ${STORES.join(', ')}`;
  return { store, seeds, only, isQuick: quick, every };
}

async function faults(options: RowOptions): Promise<boolean> {
  const began = Date.now();
  const endStore = await beginStore(options.store);
  const results = await inLanes(jobsOf(options), Number(values.lanes), (name, result) => {
    const seconds = Math.round((Date.now() - began) / 1000);
    say(`${seconds} s  ${name}: ${result.points} points, ${result.findings.length} findings`);
    for (const { verdict, where, what } of result.findings) say(`  ${verdict}  ${where}: ${what}`);
    for (const why of result.unplayed) say(`  could not be played: ${why}`);
  });
  await endStore();
  const totals = totalsOf(results);
  process.stdout.write(`${JSON.stringify(totals)}\n`);
  return isClean(totals);
}

async function known(): Promise<boolean> {
  const { patches, caught, missed } = await selfTest(say, values.only, Number(values.lanes));
  const isAll = missed.length === 0 && patches > 0;
  process.stdout.write(`${JSON.stringify({ patches, caught: isAll ? 'all' : caught, missed })}\n`);
  return isAll;
}

async function soaked(store: StoreName): Promise<boolean> {
  const endStore = await beginStore(store);
  const found = await soak(store, Number(values.minutes), say);
  await endStore();
  process.stdout.write(`${JSON.stringify(found)}\n`);
  return isSteady(found);
}

async function main(): Promise<boolean> {
  if (values['self-test']) return known();
  if (values.matrix) {
    process.stdout.write(`${matrixLines().join('\n')}\n`);
    return true;
  }
  const options = optionsOf();
  if (typeof options !== 'string') return values.soak ? soaked(options.store) : faults(options);
  say(options);
  return false;
}

process.exit((await main()) ? 0 : 1);
