// Builds the record page's own scripts once, in memory, and keeps them for serving.
import { readdirSync, readFileSync } from 'node:fs';
import { build } from 'esbuild';

const HERE = new URL('./host/', import.meta.url).pathname;

export type HostBundle = { page: string; worker: string; style: string };

let built: Promise<HostBundle> | undefined;

/** The page's script, the card worker's script and the stylesheet. */
export function hostBundle(): Promise<HostBundle> {
  built ??= buildHost();
  return built;
}

async function buildHost(): Promise<HostBundle> {
  const [page, worker] = await Promise.all([bundled('main.tsx'), bundled('worker.ts')]);
  return { page, worker, style: styleSheet() };
}

/** All sheets in the order of their names. */
function styleSheet(): string {
  const names = readdirSync(`${HERE}style`).sort();
  return names.map((name) => readFileSync(`${HERE}style/${name}`, 'utf8')).join('\n');
}

async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [HERE + entry],
    bundle: true,
    write: false,
    format: 'iife',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`nothing was built from ${entry}`);
  return file.text;
}
