// The ground everything else stands on: the right Node, and the commands people are told to type.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import node from '../bin/node.json' with { type: 'json' };
import { readText, ROOT } from './support/source-files.ts';

const { flags } = node;

it('runs on Node 24 or newer, whatever Node the machine has', () => {
  expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24);
});

it('offers the commands that the README names', () => {
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
  const named = [...readText('README.md').matchAll(/npm (?:run )?([a-z:]+)/g)].flatMap(
    ([, name]) => name ?? [],
  );
  const offered = new Set([...Object.keys(scripts), 'ci', 'install']);
  expect(named.filter((name) => !offered.has(name))).toEqual([]);
  expect([...offered]).toEqual(
    expect.arrayContaining(['sandbox', 'test', 'check', 'conformance', 'generate']),
  );
});

it.each(['.ci/run', 'bin/payside.js'])('may start %s directly', (path) => {
  expect(() => accessSync(`${ROOT}${path}`, constants.X_OK)).not.toThrow();
});

it('compiles a start for the one after it, where only who may change the code may write', () => {
  const told = spawnSync(process.execPath, ['src/first.js', 'doctor'], {
    cwd: ROOT,
    env: { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' },
    encoding: 'utf8',
  });
  expect(told.stderr).toContain('Settings are not complete');
  expect(told.stderr).toContain(`${ROOT}node_modules/.cache/payside/`);
  expect(existsSync(`${ROOT}node_modules/.cache/payside`)).toBe(true);
});

/** Told at the end: the packages that were loaded, and whether Node's compiler of types was. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  const packages = new Set();
  registerHooks({
    load(url, context, next) {
      const [, name] = /node_modules[/]((?:@[^/]+[/])?[^/]+)/.exec(url) ?? [];
      if (name) packages.add(name);
      return next(url, context);
    },
  });
  const compiles = () => process.moduleLoadList.some((name) => name.includes('internal/deps/amaro'));
  process.on('exit', () => process.stderr.write(JSON.stringify({ packages: [...packages], compiles: compiles() })));
`)}`;

const loadedBy = (env: Record<string, string>): { packages: string[]; compiles: boolean } => {
  const keys = `k1:${randomBytes(32).toString('base64')}`;
  const told = spawnSync(process.execPath, [...flags, '--import', WATCH, 'src/first.js', 'routes'], {
    cwd: ROOT,
    env: { PUBLIC_BASE_URL: 'https://pay.example.com', ENCRYPTION_KEYS: keys, ...env },
    encoding: 'utf8',
  });
  expect(told.stdout).toContain('/webhooks/stripe');
  return JSON.parse(told.stderr) as { packages: string[]; compiles: boolean };
};

const HUBSPOT = { HUBSPOT_CLIENT_ID: 'client-0001', HUBSPOT_CLIENT_SECRET: 'secret-0001' };
const SALESFORCE = { SALESFORCE_CLIENT_ID: 'client-0001', SALESFORCE_CLIENT_SECRET: 'secret-0001' };

it.each([
  ['HubSpot', HUBSPOT, '@hubspot/api-client', 'jsforce'],
  ['Salesforce', SALESFORCE, 'jsforce', '@hubspot/api-client'],
])('loads for %s alone no package of the other CRM, and no database', (_name, env, needed, other) => {
  const { packages } = loadedBy(env);
  expect(packages).toContain(needed);
  expect(packages).not.toContain(other);
  expect(packages).not.toContain('pg');
});

it('takes no types out at a start that follows another', () => {
  loadedBy(HUBSPOT);
  expect(loadedBy(HUBSPOT).compiles).toBe(false);
});
