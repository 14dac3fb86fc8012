// Lets the semantic check run on Java 17: it was compiled for 21 but uses nothing that 17 lacks.
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownModule } from '../own-modules.ts';

type Zip = {
  loadAsync: (
    bytes: Buffer,
  ) => Promise<{ files: Record<string, { async: (kind: 'nodebuffer') => Promise<Buffer> }> }>;
};

/** Class files say their version in the eighth byte: 65 is Java 21, 61 is Java 17. */
const VERSION_BYTE = 7;
const JAVA_21 = 65;
const JAVA_17 = 61;

/** @returns a folder to put before the jars; its classes are those of the jar with the version lowered */
export async function overlayOf(jars: string): Promise<string> {
  const folder = join(dirname(jars), 'overlay-java-17');
  const done = join(folder, 'done');
  if (existsSync(done)) return folder;
  const [jar] = globSync('apex-ls_*.jar', { cwd: jars });
  if (!jar) throw new Error(`no apex-ls in ${jars}`);
  const { files } = await ownModule<Zip>('jszip').loadAsync(readFileSync(join(jars, jar)));
  for (const [name, file] of Object.entries(files)) {
    if (!name.endsWith('.class')) continue;
    const bytes = await file.async('nodebuffer');
    if (bytes[VERSION_BYTE] !== JAVA_21) continue;
    bytes[VERSION_BYTE] = JAVA_17;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  writeFileSync(done, '');
  return folder;
}
