// Source format to metadata format by Salesforce's own library, which is what a deploy does first.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ownModule } from '../own-modules.ts';
import type { Findings, Project } from '../project.ts';

type Library = {
  ComponentSet: { fromSource: (options: { fsPaths: string[] }) => { size: number } };
  MetadataConverter: new () => {
    convert: (
      components: unknown,
      format: 'metadata',
      output: { type: 'directory'; outputDirectory: string },
    ) => Promise<{ packagePath?: string }>;
  };
};

export async function checkConvert({ root, source }: Project): Promise<Findings> {
  const { ComponentSet, MetadataConverter } = ownModule<Library>('@salesforce/source-deploy-retrieve');
  const folder = mkdtempSync(join(tmpdir(), 'payside-convert-'));
  try {
    const components = ComponentSet.fromSource({ fsPaths: [source] });
    await new MetadataConverter().convert(components, 'metadata', {
      type: 'directory',
      outputDirectory: folder,
    });
    return { seen: components.size, problems: [] };
  } catch (problem) {
    const text = (problem as Error).message.replaceAll(/\s+/g, ' ');
    return { seen: 0, problems: [`${relative(root, source)}: does not convert: ${text}`] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
