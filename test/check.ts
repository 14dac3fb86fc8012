// `npm run check`: everything CI runs, in CI's order; ends with one line that counts checks and tests.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'payside-check-'));
const report = join(folder, 'tests.json');
const recordings = join(folder, 'recorded');
mkdirSync(recordings);

const STEPS: readonly [name: string, command: string[]][] = [
  ['format', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['lint', ['oxlint']],
  ['types', ['tsc', '-p', 'tsconfig.json']],
  ['types of browser code', ['tsc', '-p', 'tsconfig.browser.json']],
  ['types of Lightning components', ['tsc', '-p', 'tsconfig.lwc.json']],
  ['generated types', ['node', 'extensions/hubspot/generate.ts', '--check']],
  ['generated metadata', ['node', 'extensions/salesforce/generate.ts', '--check']],
  [
    'tests',
    ['vitest', 'run', '--silent', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`],
  ],
  // One seed of the rows that take a minute; all of them are `npm run faults`.
  [
    'faults',
    ['node', '--disable-warning=ExperimentalWarning', 'test/faults/run.ts', '--quick', '--seeds', '1'],
  ],
  // Judges what the tests have just exchanged with the stand-ins, and that wrong exchanges would be caught.
  ['conformance', ['node', 'test/conformance/run.ts', '--self-test', '--from', recordings]],
];

function run([name, [command = '', ...args]]: (typeof STEPS)[number]): boolean {
  const started = Date.now();
  const env = name === 'tests' ? { ...process.env, RECORD_EXCHANGES: recordings } : process.env;
  const { status } = spawnSync(command, args, { stdio: 'inherit', env });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  return status === 0;
}

function testCounts(): { passed: number; failed: number } {
  const counts = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number;
    numTotalTests: number;
  };
  return { passed: counts.numPassedTests, failed: counts.numTotalTests - counts.numPassedTests };
}

const results = STEPS.map((step) => ({ isTests: step[0] === 'tests', ok: run(step) }));
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
