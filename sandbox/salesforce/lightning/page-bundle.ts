// The package's own components and the page around them: compiled anew each time, as they are what is worked on.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { baseBundle } from './base-bundle.ts';
import { lwcPlugin } from './lwc-plugin.ts';
import { PACKAGE_LWC, PAGE, STYLE } from './places.ts';

export type PageBundle = {
  script: string;
  /** Runs before the script. */
  sheet: string;
  style: string;
};

let building: Promise<PageBundle> | undefined;

export function pageBundle(): Promise<PageBundle> {
  building ??= buildPage();
  return building;
}

async function buildPage(): Promise<PageBundle> {
  const { modules } = await baseBundle();
  const [script, sheet] = await Promise.all([
    bundled(entry(), modules),
    bundled(
      `import { adoptSheet } from './component-sheet.ts'; adoptSheet(${JSON.stringify(styleSheet('components'))});`,
      modules,
    ),
  ]);
  return { script, sheet, style: styleSheet('page') };
}

async function bundled(contents: string, modules: string[]): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: PAGE, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [lwcPlugin({ external: new Set(modules) })],
    logLevel: 'error',
  });
  const [file] = outputFiles;
  if (!file) throw new Error('nothing was built of the Lightning page');
  return file.text;
}

/** Starts the page with every component that Lightning's builders would offer. */
function entry(): string {
  const names = readdirSync(PACKAGE_LWC).filter((name) => isExposed(name));
  const imports = names.map((name) => `import ${name} from 'c/${name}';`);
  return [`import { start } from './main.ts';`, ...imports, `start({ ${names.join(', ')} });`].join('\n');
}

const isExposed = (name: string): boolean =>
  readFileSync(join(PACKAGE_LWC, name, `${name}.js-meta.xml`), 'utf8').includes('<isExposed>true');

/** All sheets of one name, in the order of their numbers. */
function styleSheet(group: string): string {
  const names = readdirSync(join(STYLE, group)).sort();
  return names.map((name) => readFileSync(join(STYLE, group, name), 'utf8')).join('\n');
}
