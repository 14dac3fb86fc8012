// The files of the repository that git tracks or would track, for the tests that read the code itself.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export type SourceFile = { path: string; text: string };

/** Paths from the root of the repository, without what `.gitignore` names and without what was deleted. */
export function repositoryPaths(): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  return listed
    .split('\0')
    .filter((path) => path !== '' && existsSync(`${ROOT}${path}`))
    .sort();
}

export const readText = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

const CODE_FOLDERS = /^(src|sandbox|extensions|test|bench|manifests)\//;

/** Our TypeScript, wherever it runs. */
export const codePaths = (): string[] =>
  repositoryPaths().filter((path) => CODE_FOLDERS.test(path) && /\.tsx?$/.test(path));

export const codeFiles = (): SourceFile[] => codePaths().map((path) => ({ path, text: readText(path) }));
