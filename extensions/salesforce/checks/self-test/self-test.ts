// Plants faults in a copy of the package, one copy for each check, and sees whether the check finds them.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Java } from '../java.ts';
import { projectAt, repository, SOURCE, type Project } from '../project.ts';
import { runStep, STEP_NAMES, type StepName } from '../steps/steps.ts';
import { FAULTS, type Fault } from './faults.ts';

const COPIED = ['sfdx-project.json', '.forceignore', SOURCE, 'extensions/salesforce/scratch-def.json'];

/** @returns whether every fault was caught */
export async function selfTest(java: Java): Promise<boolean> {
  let missed = 0;
  for (const step of STEP_NAMES) missed += await missedBy(step, java);
  console.log(`self-test: ${FAULTS.length - missed} of ${FAULTS.length} planted faults caught`);
  return missed === 0;
}

async function missedBy(step: StepName, java: Java): Promise<number> {
  const faults = FAULTS.filter((fault) => fault.step === step);
  if (faults.length === 0) throw new Error(`nothing is planted for ${step}`);
  const root = mkdtempSync(join(tmpdir(), 'payside-planted-'));
  try {
    for (const path of COPIED) cpSync(join(repository.root, path), join(root, path), { recursive: true });
    const project = projectAt(root);
    for (const fault of faults) plant(project, fault);
    const { problems } = await runStep(step, project, java);
    return faults.filter((fault) => !isCaught(fault, problems)).length;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function plant({ root, source }: Project, { path, from, to, what }: Fault): void {
  const file = path.startsWith('/') ? join(root, path) : join(source, path);
  if (from === undefined) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, to);
    if (/\/Planted\w*\.cls$/.test(path))
      cpSync(join(source, 'classes/PaysideNames.cls-meta.xml'), `${file}-meta.xml`);
    return;
  }
  const text = readFileSync(file, 'utf8');
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${what}: nothing to change in ${path}`);
  writeFileSync(file, changed);
}

/** A fault in one file may make a check stop before it names the file, as a conversion does. */
function isCaught({ step, what, path, says }: Fault, problems: string[]): boolean {
  const isOfFile = (problem: string): boolean =>
    problem.includes(path.replace(/^\//, '')) || step === 'convert';
  const found = problems.find((problem) => isOfFile(problem) && says.test(problem));
  console.log(found ? `caught ${step}: ${what}\n       ${found}` : `MISSED ${step}: ${what}`);
  return found !== undefined;
}
