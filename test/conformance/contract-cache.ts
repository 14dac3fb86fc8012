// Finds the installed vendor packages and keeps the contract derived from each in `.recorded/contracts`.
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(HERE, '../..');
export const RECORDED = join(ROOT, '.recorded');
const FOLDER = join(RECORDED, 'contracts');

export function packageFolder(name: string): string {
  return join(ROOT, 'node_modules', name);
}

export function packageVersion(name: string): string {
  const manifest = JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

/** CommonJS require, for the compiled files inside a package that its `exports` do not name. */
export const requireFile: (file: string) => unknown = createRequire(import.meta.url);

/**
 * The contract of an installed package, derived on first use; `derive` loads its compiler only then. The cache is dropped when
 * the package version or the code that derives changes.
 */
export async function loadContract<T>(name: string, derive: () => Promise<T>): Promise<T> {
  const file = join(FOLDER, `${name.replace('/', '-')}-${packageVersion(name)}.json`);
  const deriver = derivingCode();
  const kept = read<{ deriver: string; contract: T }>(file);
  if (kept?.deriver === deriver) return kept.contract;
  const contract = await derive();
  mkdirSync(FOLDER, { recursive: true });
  // Tests may derive at the same time: each writes its own file and the rename is atomic.
  writeFileSync(`${file}.${process.pid}`, JSON.stringify({ deriver, contract }));
  renameSync(`${file}.${process.pid}`, file);
  return contract;
}

function derivingCode(): string {
  const hash = createHash('sha256');
  for (const file of globSync('derive-*.ts', { cwd: HERE }).sort())
    hash.update(readFileSync(join(HERE, file)));
  return hash.digest('hex');
}

function read<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
