// The page's own style and script files: read once at start, named by what is in them, ready to send.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { plainScripts } from './plain-scripts.ts';

export type Asset = { type: string; body: Buffer; zipped: Buffer };

export type Assets = {
  /** By file name, such as `main.0a1b2c3d4e5f.js`. */
  files: ReadonlyMap<string, Asset>;
  style: string;
  script: string;
  /** The other modules, so that the browser asks for all of them at once. */
  modules: string[];
};

/** In the order in which one overrules the other. */
const STYLES = ['base', 'layout', 'invoice', 'payment', 'notice', 'devices'];

const here = (path: string): URL => new URL(path, import.meta.url);

export function loadAssets(): Assets {
  const css = STYLES.map((name) => readFileSync(here(`./style/${name}.css`), 'utf8')).join('\n');
  const style = `pay.${hashOf(css)}.css`;
  const scripts = browserModules();
  const files = new Map<string, Asset>([[style, asset('text/css', css)]]);
  for (const [file, source] of scripts.files) files.set(file, asset('text/javascript', source));
  const script = scripts.nameOf('main');
  return { files, style, script, modules: [...scripts.files.keys()].filter((file) => file !== script) };
}

/** One hash names all modules: an import is part of its importer, so a change in one renames the others. */
function browserModules(): { files: Map<string, string>; nameOf: (module: string) => string } {
  const names = readdirSync(here('./browser/')).filter((file) => file.endsWith('.ts'));
  const typed = names
    .sort()
    .map((file) => [file.slice(0, -'.ts'.length), here(`./browser/${file}`)] as const);
  const sources = plainScripts(typed.map(([module, file]) => [module, readFileSync(file, 'utf8')]));
  const hash = hashOf(sources.map(([, source]) => source).join('\n'));
  const nameOf = (module: string): string => `${module}.${hash}.js`;
  const files = sources.map(([module, source]) => [nameOf(module), linked(source, nameOf)] as const);
  return { files: new Map(files), nameOf };
}

function linked(source: string, nameOf: (module: string) => string): string {
  return source.replace(
    /from '\.\/([a-z-]{1,24})\.ts'/g,
    (_, module: string) => `from './${nameOf(module)}'`,
  );
}

function asset(type: string, text: string): Asset {
  const body = Buffer.from(text);
  return { type: `${type}; charset=utf-8`, body, zipped: gzipSync(body, { level: 9 }) };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
