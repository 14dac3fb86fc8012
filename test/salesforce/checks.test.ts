// What `salesforce:check` needs of a machine, and that what it plants finds its place: the parts that run without Java.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findJava, majorOf } from '../../extensions/salesforce/checks/java.ts';
import { FAULTS } from '../../extensions/salesforce/checks/self-test/faults.ts';
import { repository } from '../../extensions/salesforce/checks/project.ts';
import { readText } from '../support/source-files.ts';

describe('java', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['openjdk version "21" 2023-09-19', 21],
    ['java version "1.8.0_402"', 8],
    ['command not found', 0],
  ])('that says %s is version %i', (text, major) => {
    expect(majorOf(text)).toBe(major);
  });

  it('that is missing is asked for by name and version', () => {
    const nowhere = { JAVA_HOME: `${repository.root}/no-java-here` };
    expect(() => findJava(nowhere)).toThrow(/needs Java 17 or newer .* JAVA_HOME/);
  });
});

describe('the faults of the self-test', () => {
  it('find their place in the package as it is', () => {
    const lost = FAULTS.flatMap(({ path, from, what }) => {
      const file = path.startsWith('/') ? `${repository.root}${path}` : `${repository.source}/${path}`;
      if (from === undefined) return existsSync(file) ? [`${what}: ${path} is there already`] : [];
      const text = readFileSync(file, 'utf8');
      return text.replace(from, 'planted') === text ? [`${what}: nothing to change in ${path}`] : [];
    });
    expect(lost).toEqual([]);
  });
});

describe('the analyzers', () => {
  it('are installed apart, from a lockfile of their own', () => {
    const { workspaces } = JSON.parse(readText('package.json')) as { workspaces: string[] };
    const own = JSON.parse(readText('extensions/salesforce/checks/package.json')) as {
      devDependencies: Record<string, string>;
    };
    const root = JSON.parse(readText('package-lock.json')) as { packages: Record<string, unknown> };
    const lock = JSON.parse(readText('extensions/salesforce/checks/package-lock.json')) as {
      packages: Record<string, { resolved?: string }>;
    };
    expect(workspaces.filter((path) => path.includes('salesforce'))).toEqual([]);
    expect(
      Object.keys(own.devDependencies).filter((name) => !(`node_modules/${name}` in lock.packages)),
    ).toEqual([]);
    expect(
      Object.keys(root.packages).filter((path) => /code-analyzer|apexlink|source-deploy/.test(path)),
    ).toEqual([]);
    const registries = Object.values(lock.packages).flatMap(({ resolved }) => resolved ?? []);
    expect(registries.filter((from) => /^[a-z+]+:/.test(from))).toEqual([]);
  });
});
