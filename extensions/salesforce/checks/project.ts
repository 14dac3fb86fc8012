// What is checked: a project of Salesforce by its root, and what every check answers with.
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Project = {
  root: string;
  /** `main/default`: where the package source lies. */
  source: string;
};

/** What a check looked at and what it found, one line each as `path: what`. */
export type Findings = {
  seen: number;
  problems: string[];
  /** Worth a look, but nothing to fail for. */
  remarks?: string[];
};

export const SOURCE = 'extensions/salesforce/force-app/main/default';

export const projectAt = (root: string): Project => ({
  root: resolve(root),
  source: join(resolve(root), SOURCE),
});

export const repository = projectAt(fileURLToPath(new URL('../../../', import.meta.url)));
