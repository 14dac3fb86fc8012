// Compiles Lightning Web Components for esbuild with the platform's own compiler, and says where their imports lead.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { OnLoadResult, OnResolveArgs, OnResolveResult, Plugin } from 'esbuild';
import { transformSync } from '@lwc/compiler';
import { resolveModule } from '@lwc/module-resolver';
import { PACKAGE_LWC, PLATFORM, platformModule, ROOT } from './places.ts';

const require = createRequire(import.meta.url);

export type LwcPluginOptions = {
  /** Left to the import map of the page. */
  external: ReadonlySet<string>;
  /** `utility:close`: all others of the some 2,000 icons are left out. */
  icons?: readonly string[];
};

export function lwcPlugin({ external, icons = [] }: LwcPluginOptions): Plugin {
  return {
    name: 'lwc',
    setup(build) {
      build.onResolve({ filter: /^(lwc$|c\/|lightning\/|@salesforce\/|\.)/ }, (args) =>
        placeOf(args, external),
      );
      build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'export default undefined;' }));
      build.onLoad({ filter: /.*/, namespace: 'icons' }, ({ path }) => iconSet(path, icons));
      build.onLoad({ filter: /.*/, namespace: 'apex' }, ({ path }) => apexFunction(path));
      build.onLoad({ filter: /.*/, namespace: 'schema' }, ({ path }) => ({
        contents: `export default { objectApiName: ${JSON.stringify(path)} };`,
      }));
      build.onLoad({ filter: /\.(js|html|css)$/ }, ({ path, suffix }) => compiled(path, suffix));
    },
  };
}

function placeOf(
  { path, importer, resolveDir }: OnResolveArgs,
  external: ReadonlySet<string>,
): OnResolveResult {
  if (external.has(path)) return { path, external: true };
  if (path === 'lwc') return { path: require.resolve('@lwc/engine-dom') };
  if (path.startsWith('.')) return relative(path, importer, resolveDir);
  if (path.startsWith(APEX)) return { path: path.slice(APEX.length), namespace: 'apex' };
  if (path.startsWith(SCHEMA)) return { path: path.slice(SCHEMA.length), namespace: 'schema' };
  if (path === '@salesforce/apex') return { path: join(PLATFORM, 'apex.ts') };
  const [scope, name = ''] = path.split('/');
  if (scope === 'c') return { path: join(PACKAGE_LWC, name, `${name}.js`) };
  return ofPlatform(path, name, importer);
}

const APEX = '@salesforce/apex/';
const SCHEMA = '@salesforce/schema/';

function ofPlatform(path: string, name: string, importer: string): OnResolveResult {
  if (name.startsWith('iconSvgTemplates')) return { path: name, namespace: 'icons' };
  return { path: platformModule(name) ?? baseModule(path, importer) };
}

/** A component's template and style sheet are imported whether they exist or not. */
function relative(path: string, importer: string, resolveDir: string): OnResolveResult {
  const [bare = '', query] = path.split('?');
  const named = resolve(resolveDir, bare);
  const file = /\.(js|ts|html|css)$/.test(named) ? named : named + (extname(importer) || '.js');
  if (!existsSync(file)) return { path: file, namespace: 'nothing' };
  return { path: file, suffix: query === undefined ? '' : `?${query}` };
}

const baseModule = (path: string, importer: string): string =>
  resolveModule(path, importer || join(ROOT, 'package.json'), {
    modules: [{ npm: 'lightning-base-components' }],
    rootDir: ROOT,
  }).entry;

function iconSet(name: string, icons: readonly string[]): OnLoadResult {
  const set = name.replace('iconSvgTemplates', '').replace(/Rtl$/, '').toLowerCase();
  const base = dirname(require.resolve('lightning-base-components/package.json'));
  const files = icons
    .map((icon) => icon.split(':'))
    .filter(([category]) => category === set)
    .map(([category = '', icon = '']) => ({
      key: `${category}_${icon}`,
      file: join(base, 'src/lightning', name, 'buildTemplates', category, `${icon}.html`),
    }))
    .filter(({ file }) => existsSync(file));
  const imports = files.map(({ key, file }) => `import ${key} from ${JSON.stringify(file)};`);
  const contents = [...imports, `export default { ${files.map(({ key }) => key).join(', ')} };`].join('\n');
  return { contents, resolveDir: ROOT };
}

/** A function, as `import` wants it; and an adapter, as `@wire` does. */
const apexFunction = (name: string): OnLoadResult => ({
  contents: `import { apexMethod } from ${JSON.stringify(join(PLATFORM, 'apex.ts'))}; export default apexMethod(${JSON.stringify(name)});`,
  resolveDir: ROOT,
});

function compiled(path: string, suffix: string): OnLoadResult {
  const source = readFileSync(path, 'utf8');
  if (path.includes('/@lwc/')) return { contents: source, loader: 'js' };
  const folder = dirname(path);
  const isOurs = path.startsWith(PACKAGE_LWC);
  const { code } = transformSync(source, path, {
    name: basename(folder),
    namespace: isOurs ? 'c' : 'lightning',
    enableDynamicComponents: true,
    scopedStyles: suffix.includes('scoped=true'),
    enableStaticContentOptimization: true,
    outputConfig: { sourcemap: false },
  });
  return { contents: code, loader: 'js', resolveDir: folder };
}
