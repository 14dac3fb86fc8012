// Everything wrong with the package source that can be seen without Salesforce's tools.
import { bundleProblems } from './bundle-rules.ts';
import { nameProblems } from './name-rules.ts';
import type { PackageSource } from './package-source.ts';
import { referenceProblems } from './references.ts';

/** One line a problem, as `path: what`. */
export const packageProblems = (source: PackageSource): string[] => [
  ...source.broken,
  ...referenceProblems(source),
  ...bundleProblems(source),
  ...nameProblems(source),
];
