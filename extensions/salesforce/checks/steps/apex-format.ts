// Apex laid out as Salesforce's own parser and prettier lay it out; what does not parse is found here as well.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { ownFile } from '../own-modules.ts';
import { SOURCE, type Findings, type Project } from '../project.ts';

const OPTIONS = { printWidth: 110, tabWidth: 4, parser: 'apex' };

const pathsIn = ({ source }: Project): string[] =>
  globSync(['classes/*.cls', 'triggers/*.trigger'], { cwd: source }).sort();

const formatted = (text: string): Promise<string> =>
  format(text, { ...OPTIONS, plugins: [ownFile('prettier-plugin-apex')] });

export async function checkApexFormat(project: Project): Promise<Findings> {
  const paths = pathsIn(project);
  const problems = await Promise.all(paths.map((path) => problemOf(project, path)));
  return { seen: paths.length, problems: problems.flat() };
}

async function problemOf({ source }: Project, path: string): Promise<string[]> {
  const text = readFileSync(join(source, path), 'utf8');
  try {
    if ((await formatted(text)) === text) return [];
    return [`${SOURCE}/${path}: is not formatted: run \`npm run salesforce:check -- --format\``];
  } catch (problem) {
    return [`${SOURCE}/${path}: does not parse: ${(problem as Error).message.split('\n')[0]}`];
  }
}

export async function formatApex(project: Project): Promise<void> {
  for (const path of pathsIn(project)) {
    const file = join(project.source, path);
    writeFileSync(file, await formatted(readFileSync(file, 'utf8')));
  }
}
