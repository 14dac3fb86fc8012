// Shows that the harness can fail: each known mistake, put into a copy of the repository, must be counted by the row that aims at it.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PATCHES, type Patch } from './patches.ts';
import { hasFound, isClean, type Totals } from './result.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Whatever a run of faults loads lies in these. */
export const COPIED: readonly string[] = [
  'src',
  'sandbox',
  'test/faults',
  'test/postgres',
  'manifests',
  'package.json',
  'extensions/salesforce',
];

export type SelfTest = { patches: number; caught: number; missed: string[] };

type Say = (text: string) => void;

export async function selfTest(say: Say, only: string | undefined, lanes: number): Promise<SelfTest> {
  const patches = PATCHES.filter(({ name }) => only === undefined || name.includes(only));
  const queue = [...patches];
  const missed: string[] = [];
  // Rows that count something without a mistake would catch every one of them.
  const untouched = await tryPatch(UNTOUCHED);
  say(`untouched: ${untouched.says}`);
  if (!untouched.isClean) missed.push(UNTOUCHED.name);
  const lane = async (): Promise<void> => {
    for (let patch = queue.shift(); patch; patch = queue.shift()) {
      const found = await tryPatch(patch);
      say(`${found.isCaught ? 'caught' : 'MISSED'}  ${patch.name}: ${found.says}`);
      if (!found.isCaught) missed.push(patch.name);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const caught = patches.filter(({ name }) => !missed.includes(name)).length;
  return { patches: patches.length, caught, missed };
}

const isOurs = (path: string): boolean => basename(path) !== 'node_modules';

const UNTOUCHED: Patch = { name: 'untouched', why: '', edits: [], row: 'directed' };

type Found = { isCaught: boolean; isClean: boolean; says: string };

const unplayed = (says: string): Found => ({ isCaught: false, isClean: false, says });

async function tryPatch(patch: Patch): Promise<Found> {
  const copy = mkdtempSync(join(tmpdir(), 'payside-patched-'));
  try {
    for (const path of COPIED)
      cpSync(join(ROOT, path), join(copy, path), { recursive: true, filter: isOurs });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const problem = patch.edits.map((edit) => applied(copy, edit)).find((one) => one !== null);
    if (problem) return unplayed(problem);
    return verdictOf(await play(copy, patch.row));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** @returns why it cannot be applied: the text must be there exactly once */
function applied(copy: string, { file, find, put }: Patch['edits'][number]): string | null {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  const times = text.split(find).length - 1;
  if (times !== 1) return `${file} has the text ${times} times`;
  writeFileSync(
    path,
    text.replace(find, () => put),
  );
  return null;
}

function verdictOf({ out, err }: Output): Found {
  const last = out.trim().split('\n').at(-1) ?? '';
  // A row that could not even be played shows nothing.
  if (!last.startsWith('{')) return unplayed(`no result: ${err.slice(-300)}`);
  const totals = JSON.parse(last) as Totals;
  const reasons = err.split('\n').filter((line) => line.includes('could not be played'));
  return {
    isCaught: totals.unplayed === 0 && hasFound(totals),
    isClean: isClean(totals),
    says: [last, ...reasons].join('\n'),
  };
}

type Output = { out: string; err: string };

function play(copy: string, row: string): Promise<Output> {
  const run = join(copy, 'test/faults/run.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', run, '--only', row], {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Output = { out: '', err: '' };
  child.stdout.on('data', (part: Buffer) => (said.out += part.toString('utf8')));
  child.stderr.on('data', (part: Buffer) => (said.err += part.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(said));
  });
}
