// The pay page's scripts without types and comments; what was made of them is kept for the next start, as Node keeps what it compiled.
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { getCompileCacheDir, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';

/** Modules by name, in order. */
type Scripts = [module: string, source: string][];

const keptShape = z.array(z.tuple([z.string(), z.string()]));

/** Taking types out loads a compiler that stays: 17 MB, and a twentieth of a second of each start. */
export function plainScripts(typed: Scripts): Scripts {
  const folder = getCompileCacheDir();
  if (folder === undefined) return typed.map(plain);
  const sources = JSON.stringify([plain.toString(), typed]);
  const file = join(folder, `pay.${createHash('sha256').update(sources).digest('hex')}.json`);
  const kept = readKept(file);
  if (kept) return kept;
  const made = typed.map(plain);
  keep(file, made);
  return made;
}

function plain([module, source]: Scripts[number]): Scripts[number] {
  const script = stripTypeScriptTypes(source)
    .replace(/^[ \t]*\/\/.*$/gm, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{2,}/g, '\n')
    .trimStart();
  return [module, script];
}

function readKept(file: string): Scripts | null {
  try {
    return keptShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

/** Whole or not at all: several processes may start at once. */
function keep(file: string, made: Scripts): void {
  try {
    const next = `${file}.${process.pid}`;
    writeFileSync(next, JSON.stringify(made));
    renameSync(next, file);
  } catch {
    // It is made again at the next start.
  }
}
