// Writes Salesforce's metadata of objects, fields and permissions, and their tables, from their declaration; `--check` fails when it is stale.
/// <reference types="node" />
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFieldTables } from './generate/field-tables.ts';
import { objectFiles } from './generate/object-files.ts';
import { permissionSetFiles } from './generate/permission-sets.ts';

const source = fileURLToPath(new URL('./force-app/main/default/', import.meta.url));

/** The page that describes what is declared. */
const page = fileURLToPath(new URL('../../docs/salesforce.md', import.meta.url));

/** Everything under these is generated: what is declared no more is removed. */
const GENERATED = [
  'objects/*/*.object-meta.xml',
  'objects/*/fields/*.field-meta.xml',
  'objects/*/compactLayouts/*.compactLayout-meta.xml',
  'permissionsets/*.permissionset-meta.xml',
];

export const packageFiles = (): Map<string, string> => new Map([...objectFiles(), ...permissionSetFiles()]);

const textOf = (path: string): Promise<string | null> => readFile(source + path, 'utf8').catch(() => null);

async function write(files: Map<string, string>, left: string[]): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(source + path), { recursive: true });
    await writeFile(source + path, text);
  }
  for (const path of left) await rm(source + path);
  await writeFile(page, await freshPage());
}

const freshPage = async (): Promise<string> => withFieldTables(await readFile(page, 'utf8'), page);

async function main(check: boolean): Promise<void> {
  const files = packageFiles();
  const left = globSync(GENERATED, { cwd: source }).filter((path) => !files.has(path));
  if (!check) return write(files, left);
  const stale = [...left];
  for (const [path, text] of files) if ((await textOf(path)) !== text) stale.push(path);
  if ((await readFile(page, 'utf8')) !== (await freshPage())) stale.push('docs/salesforce.md');
  for (const path of stale) process.stderr.write(`${path} is stale: run \`npm run generate\`\n`);
  process.exitCode = stale.length > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.includes('--check'));
