// `npm run check`: everything CI runs, in CI's order; ends with one line that counts checks and tests.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'payside-check-'));
const report = join(folder, 'tests.json');
const recordings = join(folder, 'recorded');
mkdirSync(recordings);

type Step = [name: string, command: string[]];

/** They read files and nothing else, so that they run beside each other. */
const READING: readonly Step[] = [
  ['format', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['lint', ['oxlint']],
  ['types', ['tsc', '-p', 'tsconfig.json']],
  ['types of browser code', ['tsc', '-p', 'tsconfig.browser.json']],
  ['types of Lightning components', ['tsc', '-p', 'tsconfig.lwc.json']],
  ['generated types', ['node', 'extensions/hubspot/generate.ts', '--check']],
  ['generated metadata', ['node', 'extensions/salesforce/generate.ts', '--check']],
];

const TESTS: Step = [
  'tests',
  ['vitest', 'run', '--silent', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`],
];

/** One seed of the rows that take a minute; all of them are `npm run faults`. */
const FAULTS: Step = [
  'faults',
  ['node', '--disable-warning=ExperimentalWarning', 'test/faults/run.ts', '--quick', '--seeds', '1'],
];

/** Judges what the tests have just exchanged with the stand-ins, and that wrong exchanges would be caught. */
const CONFORMANCE: Step = [
  'conformance',
  ['node', 'test/conformance/run.ts', '--self-test', '--from', recordings],
];

type Result = { isTests: boolean; ok: boolean };

/** What it prints comes in one piece, above its verdict. */
async function run([name, [command = '', ...args]]: Step, stdio: 'pipe' | 'inherit'): Promise<Result> {
  const started = Date.now();
  const isTests = name === 'tests';
  const env = isTests ? { ...process.env, RECORD_EXCHANGES: recordings } : process.env;
  const child = spawn(command, args, { stdio: ['ignore', stdio, stdio], env });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => void printed.push(chunk));
  const [status] = (await once(child, 'close')) as [number | null];
  process.stdout.write(Buffer.concat(printed));
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return { isTests, ok: status === 0 };
}

function testCounts(): { passed: number; failed: number } {
  const counts = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number;
    numTotalTests: number;
  };
  return { passed: counts.numPassedTests, failed: counts.numTotalTests - counts.numPassedTests };
}

const results = await Promise.all(READING.map((step) => run(step, 'pipe')));
// Both mostly wait: each leaves its processor to the other.
results.push(...(await Promise.all([run(TESTS, 'inherit'), run(FAULTS, 'pipe')])));
results.push(await run(CONFORMANCE, 'inherit'));
const checks = results.filter(({ isTests }) => !isTests);
const tests = testCounts();
const testsFailed = results.some(({ isTests, ok }) => isTests && !ok)
  ? Math.max(1, tests.failed)
  : tests.failed;
rmSync(folder, { recursive: true, force: true });
const failed = checks.filter(({ ok }) => !ok).length + testsFailed;
console.log(
  `${checks.length - checks.filter(({ ok }) => !ok).length + tests.passed} passed, ${failed} failed`,
);
process.exitCode = failed > 0 ? 1 : 0;
