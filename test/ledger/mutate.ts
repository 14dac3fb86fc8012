// Counts how many mutants of the ledger its properties kill: `node test/ledger/mutate.ts [file …] [--runs 40]`.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mutantsOf, type Mutant } from './mutants.ts';
import { reasonOf } from './equivalent-mutants.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FILES = ['fold', 'rank', 'invoice-figures', 'balance', 'calendar'];
const WORKERS = 2;
/** A mutant that loops for ever counts as killed. */
const LIMIT_MS = 60_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '60' } },
});

type Job = { file: string; mutant: Mutant };

/** The sources and the properties, apart from the checkout, so that nothing there is ever a mutant. */
function copyOfSources(): string {
  const folder = mkdtempSync(join(tmpdir(), 'payside-mutants-'));
  for (const part of ['src', 'test/ledger', 'manifests', 'package.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

const pathOf = (file: string): string => join('src/ledger', `${file}.ts`);

/** @returns whether the properties hold in a copy */
function propertiesHold(folder: string): Promise<boolean> {
  const check = spawn(process.execPath, [join(folder, 'test/ledger/check-all.ts'), values.runs], {
    stdio: 'ignore',
    timeout: LIMIT_MS,
  });
  return new Promise((resolve) => check.once('exit', (code) => resolve(code === 0)));
}

async function judge(folder: string, { file, mutant }: Job): Promise<boolean> {
  const path = join(folder, pathOf(file));
  const original = readFileSync(path, 'utf8');
  writeFileSync(path, mutant.text);
  const survived = await propertiesHold(folder);
  writeFileSync(path, original);
  return !survived;
}

async function main(): Promise<void> {
  const files = positionals.length > 0 ? positionals : FILES;
  const jobs = files.flatMap((file) =>
    mutantsOf(readFileSync(join(ROOT, pathOf(file)), 'utf8')).map((mutant) => ({ file, mutant })),
  );
  const survivors: Job[] = [];
  const queue = jobs.values();
  await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      const folder = copyOfSources();
      if (!(await propertiesHold(folder))) throw new Error('the properties fail without any mutant');
      for (const job of queue) if (!(await judge(folder, job))) survivors.push(job);
      rmSync(folder, { recursive: true });
    }),
  );
  report(jobs.length, survivors);
}

function report(total: number, survivors: Job[]): void {
  const equivalent = survivors.filter((job) => reasonOf(job.file, job.mutant));
  for (const { file, mutant } of survivors) {
    const reason = reasonOf(file, mutant);
    const mark = reason ? `equivalent (${reason})` : 'SURVIVED';
    console.log(`${file}.ts:${mutant.line}  ${mutant.from}  →  ${mutant.to}  ${mark}`);
  }
  const killed = total - survivors.length;
  const share = ((100 * killed) / (total - equivalent.length)).toFixed(1);
  console.log(`mutants ${total} killed ${killed} equivalent ${equivalent.length} (${share} % of the rest)`);
}

await main();
