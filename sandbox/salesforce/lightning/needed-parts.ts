// Which base components and icons the package's components use: only these are compiled.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_LWC, platformModule } from './places.ts';

export type NeededParts = { components: string[]; icons: string[] };

/** Icons that base components draw by themselves. */
const OWN_ICONS = [
  'utility:check',
  'utility:chevrondown',
  'utility:chevronleft',
  'utility:chevronright',
  'utility:clear',
  'utility:close',
  'utility:down',
  'utility:error',
  'utility:event',
  'utility:info',
  'utility:left',
  'utility:right',
  'utility:success',
  'utility:up',
  'utility:warning',
];

const camel = (tag: string): string =>
  tag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

export function neededParts(): NeededParts {
  const texts = readdirSync(PACKAGE_LWC, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(html|js)$/.test(file))
    .map((file) => readFileSync(join(PACKAGE_LWC, file), 'utf8'));
  const found = texts.flatMap((text) => [
    ...[...text.matchAll(/<lightning-([a-z-]+)/g)].map(([, tag = '']) => camel(tag)),
    ...[...text.matchAll(/from 'lightning\/(\w+)'/g)].map(([, name = '']) => name),
  ]);
  const components = [...new Set(found)]
    .filter((name) => !platformModule(name))
    .map((name) => `lightning/${name}`);
  const icons = texts.flatMap((text) =>
    [...text.matchAll(/\b(?:utility|standard|custom|action):\w+/g)].map(([icon]) => icon),
  );
  return {
    components: components.sort(),
    icons: [...new Set([...icons, ...OWN_ICONS])].sort(),
  };
}
