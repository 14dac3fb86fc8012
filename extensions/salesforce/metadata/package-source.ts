// The package source on disk: every file, and its metadata as nodes.
/// <reference types="node" />
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseXml, type XmlDocument } from './xml-node.ts';

export type PackageFile = { path: string; text: string };
export type Metadata = PackageFile & XmlDocument;
export type PackageSource = {
  files: PackageFile[];
  metadata: Metadata[];
  /** Files that are no XML, as `path: why`. */
  broken: string[];
};

/** @param folder `…/main/default`; paths are given below it */
export const readPackage = (folder: string): PackageSource =>
  packageOf(
    globSync('**/*.*', { cwd: folder })
      .sort()
      .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') })),
  );

export function packageOf(files: PackageFile[]): PackageSource {
  const source: PackageSource = { files, metadata: [], broken: [] };
  for (const file of files.filter(({ path }) => path.endsWith('-meta.xml'))) {
    try {
      source.metadata.push({ ...file, ...parseXml(file.text) });
    } catch (problem) {
      source.broken.push(`${file.path}: ${(problem as Error).message}`);
    }
  }
  return source;
}

export const ofType = ({ metadata }: PackageSource, type: string): Metadata[] =>
  metadata.filter((one) => one.type === type);

/** `Account` of `objects/Account/fields/…`. */
export const objectOf = ({ path }: PackageFile): string => path.split('/')[1] ?? '';

/** A file's own name without its kinds: `PaysideNames` of `classes/PaysideNames.cls-meta.xml`. */
export const baseName = ({ path }: PackageFile): string =>
  (path.split('/').at(-1) ?? '').replace(/\.[a-zA-Z]+(-meta\.xml)?$/, '');
