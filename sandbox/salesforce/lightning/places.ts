// Where the parts of the Lightning-like page lie.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const PACKAGE = join(ROOT, 'extensions/salesforce/force-app/main/default');
export const PACKAGE_LWC = join(PACKAGE, 'lwc');

const HOST = fileURLToPath(new URL('../host/', import.meta.url));
export const PAGE = join(HOST, 'page');
export const STYLE = join(HOST, 'style');
/** Modules of Lightning that are plain scripts. */
export const PLATFORM = join(HOST, 'platform');
/** Modules of Lightning that are components. */
const PLATFORM_COMPONENTS = join(HOST, 'lightning');

/** What Lightning has and `lightning-base-components` lacks: `empApi` lies in `emp-api.ts`. */
export function platformModule(name: string): string | undefined {
  const plain = `${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;
  const files = [join(PLATFORM, plain), join(PLATFORM_COMPONENTS, name, `${name}.js`)];
  return files.find((file) => existsSync(file));
}
