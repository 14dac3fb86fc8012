// The ground everything else stands on: the right Node, and the commands people are told to type.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readText, ROOT } from './support/source-files.ts';

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
