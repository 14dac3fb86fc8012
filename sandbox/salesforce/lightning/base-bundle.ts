// The base components, compiled once and kept: they change only with their version or with what the package uses.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { lwcPlugin } from './lwc-plugin.ts';
import { neededParts, type NeededParts } from './needed-parts.ts';
import { ROOT } from './places.ts';

export type BaseBundle = {
  folder: string;
  /** Modules that the page's import map leads to `folder`. */
  modules: string[];
};

const require = createRequire(import.meta.url);
const KEPT = join(ROOT, 'node_modules/.cache/payside-lightning');

/** Whoever compiles differently must not find what was compiled before. */
const RECIPE = ['base-bundle.ts', 'lwc-plugin.ts'];

let building: Promise<BaseBundle> | undefined;

export function baseBundle(): Promise<BaseBundle> {
  building ??= keptOrBuilt();
  return building;
}

async function keptOrBuilt(): Promise<BaseBundle> {
  const parts = neededParts();
  const bundle = bundleOf(parts);
  // Half a minute of work on a busy machine: whoever waits for it goes on answering others meanwhile.
  if (!existsSync(bundle.folder)) await promisify(execFile)(process.execPath, [SELF]);
  return bundle;
}

const SELF = fileURLToPath(import.meta.url);

const bundleOf = (parts: NeededParts): BaseBundle => ({
  folder: join(KEPT, keyOf(parts)),
  modules: ['lwc', ...parts.components],
});

function keyOf(parts: NeededParts): string {
  const versions = ['lightning-base-components/package.json', '@lwc/engine-dom/package.json'].map(
    (file) => (JSON.parse(readFileSync(require.resolve(file), 'utf8')) as { version: string }).version,
  );
  const recipe = RECIPE.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'));
  return createHash('sha256')
    .update(JSON.stringify([versions, parts, recipe]))
    .digest('hex')
    .slice(0, 16);
}

/** Built aside and put in place whole: another process may be at the same. */
async function compile(parts: NeededParts): Promise<void> {
  const { folder, modules } = bundleOf(parts);
  const aside = `${folder}-${randomUUID()}`;
  mkdirSync(KEPT, { recursive: true });
  await build({
    entryPoints: Object.fromEntries(modules.map((name) => [name, `module:${name}`])),
    bundle: true,
    splitting: true,
    format: 'esm',
    outdir: aside,
    chunkNames: 'parts/[hash]',
    define: { 'process.env.NODE_ENV': '"production"', 'import.meta.env.SSR': 'false' },
    plugins: [entries, lwcPlugin({ external: new Set(), icons: parts.icons })],
    logLevel: 'error',
  });
  if (existsSync(folder)) rmSync(aside, { recursive: true });
  else renameSync(aside, folder);
}

/** One entry for each module, under the module's own name. */
const entries: Plugin = {
  name: 'entries',
  setup(steps) {
    steps.onResolve({ filter: /^module:/ }, ({ path }) => ({ path: path.slice(7), namespace: 'module' }));
    steps.onLoad({ filter: /.*/, namespace: 'module' }, ({ path }) => ({
      contents:
        path === 'lwc'
          ? `export * from 'lwc';`
          : `import * as all from '${path}'; export * from '${path}'; export default all.default;`,
      resolveDir: ROOT,
    }));
  },
};

if (process.argv[1] === SELF) await compile(neededParts());
