// `npm run salesforce:check`: everything about the Salesforce package that can be checked without an org; one line at the end.
import { ensureInstalled } from './install.ts';
import { findJava, type Java } from './java.ts';
import { repository, type Findings } from './project.ts';
import { selfTest } from './self-test/self-test.ts';
import { formatApex } from './steps/apex-format.ts';
import { runStep, STEP_NAMES, type StepName } from './steps/steps.ts';

const USAGE = 'npm run salesforce:check [-- --self-test | --format]';

async function check(java: Java): Promise<boolean> {
  const found = new Map<StepName, Findings>();
  for (const name of STEP_NAMES) {
    const started = Date.now();
    const findings = await runStep(name, repository, java);
    found.set(name, findings);
    for (const problem of findings.problems) console.log(`  ${problem}`);
    showRemarks(findings.remarks ?? []);
    const mark = findings.problems.length === 0 ? 'ok  ' : 'FAIL';
    console.log(`${mark} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  }
  console.log(summary(found));
  return [...found.values()].every(({ problems }) => problems.length === 0);
}

/** Matters of taste are many and alike: they are counted by rule. */
function showRemarks(remarks: string[]): void {
  const taste = /: \w+ (\w+) \(severity [45]\)/;
  const counts = Map.groupBy(
    remarks.flatMap((remark) => taste.exec(remark)?.[1] ?? []),
    (rule) => rule,
  );
  for (const remark of remarks.filter((one) => !taste.test(one))) console.log(`  remark: ${remark}`);
  for (const [rule, list] of counts) console.log(`  remark: ${rule}, ${list.length} times`);
}

function summary(found: Map<StepName, Findings>): string {
  const problems = (...names: StepName[]): number =>
    names.reduce((sum, name) => sum + (found.get(name)?.problems.length ?? 0), 0);
  const seen = (name: StepName): number => found.get(name)?.seen ?? 0;
  return [
    `metadata ${seen('types')} files ${problems('schemas', 'types', 'references', 'convert')} errors`,
    `apex ${seen('apex types')} classes ${problems('apex types', 'apex format')} errors`,
    `pmd appexchange ${problems('security')} high`,
    `lwc lint ${problems('lwc lint')}`,
  ].join(' · ');
}

async function main(args: string[]): Promise<boolean> {
  const [option, ...rest] = args;
  if (rest.length > 0 || (option !== undefined && !['--self-test', '--format'].includes(option)))
    throw new Error(`unknown option; ${USAGE}`);
  const java = findJava(process.env);
  ensureInstalled();
  if (option === '--self-test') return selfTest(java);
  if (option === '--format') await formatApex(repository);
  return check(java);
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (problem) {
  console.error((problem as Error).message);
  process.exitCode = 1;
}
