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
export function readPackage(folder: string): PackageSource {
  const paths = globSync('**/*.*', { cwd: folder }).sort();
  const files = paths.map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
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
