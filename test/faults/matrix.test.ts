// Holds the matrix of faults to the rows and tests it names, and the page about reliability to the matrix.
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importsOf } from '../support/imports.ts';
import { readText, ROOT } from '../support/source-files.ts';
import { DIRECTED } from './directed.ts';
import { FLOWS } from './flows.ts';
import { MATRIX, matrixLines, type Proof } from './matrix.ts';
import { PATCHES } from './patches.ts';
import { jobsOf } from './rows.ts';
import { COPIED } from './self-test.ts';

const ROWS = jobsOf({ store: 'embedded', seeds: 1, only: undefined, isQuick: false, every: 1 }).map(
  ({ name }) => name,
);

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** @param named as `file › title` */
function problemOfTest(named: string): string[] {
  const [path = '', title = ''] = named.split(' › ');
  if (!existsSync(ROOT + path)) return [`${path} is not there`];
  const isThere = new RegExp(String.raw`(?<!\.(?:skip|todo))\(\s*(['"\x60])${literal(title)}\1,`).test(
    readText(path),
  );
  return isThere ? [] : [`${path} has no “${title}”`];
}

function problemOf(proof: Proof): string[] {
  if ('test' in proof) return problemOfTest(proof.test);
  return ROWS.some((name) => name.startsWith(proof.row)) ? [] : [`no row begins with “${proof.row}”`];
}

describe('the matrix of faults', () => {
  it('has every fault once, in order', () => {
    expect(MATRIX.map(({ id }) => id)).toEqual(Array.from({ length: 36 }, (_, index) => `F${index + 1}`));
  });

  it('names rows and tests that are there', () => {
    expect(MATRIX.flatMap(({ proofs }) => proofs.flatMap(problemOf))).toEqual([]);
  });

  it('says of every fault where it is measured, or why it is not', () => {
    expect(MATRIX.filter(({ proofs, open }) => proofs.length === 0 && !open)).toEqual([]);
  });

  it('notices a row and a test that are not there', () => {
    const [{ name = '' } = {}] = DIRECTED;
    expect(problemOf({ row: name })).toEqual([]);
    expect(problemOf({ row: 'directed nothing' })).toHaveLength(1);
    expect(problemOf({ test: 'test/faults/matrix.test.ts › has every fault twice' })).toHaveLength(1);
    expect(problemOf({ test: 'test/faults/none.test.ts › has every fault once, in order' })).toHaveLength(1);
  });
});

describe('docs/reliability.md', () => {
  const squeezed = (line: string): string => line.replaceAll(/ +/g, ' ');
  const page = readText('docs/reliability.md');

  it('shows the matrix as it is', () => {
    const shown = new Set(page.split('\n').map(squeezed));
    expect(matrixLines().filter((line) => !shown.has(squeezed(line)))).toEqual([]);
  });

  it('names tests that are there', () => {
    const named = [...page.matchAll(/`(test\/[^`]+)` › ([^|]+?)(?= · | +\|)/g)].map(
      ([, path, title]) => `${path} › ${(title ?? '').trim()}`,
    );
    expect(named.length).toBeGreaterThan(60);
    expect(named.flatMap(problemOfTest)).toEqual([]);
  });
});

describe('known mistakes', () => {
  it('fit the source they change, each exactly once', () => {
    const misfits = PATCHES.flatMap(({ name, edits }) =>
      edits.flatMap(({ file, find }) =>
        readText(file).split(find).length === 2 ? [] : [`${name}: ${file}`],
      ),
    );
    expect(misfits).toEqual([]);
  });

  it('are tried on a copy that has all it loads', () => {
    const loaded = new Set(['test/faults/run.ts']);
    for (const path of loaded)
      for (const { target, isPackage, isType } of importsOf({ path, text: readText(path) }))
        if (!isPackage && !isType && target.endsWith('.ts')) loaded.add(target);
    expect(loaded.size).toBeGreaterThan(50);
    expect([...loaded].filter((path) => !COPIED.some((part) => path.startsWith(`${part}/`)))).toEqual([]);
  });

  it('are at least ten, each caught by a row of its own kind', () => {
    expect(PATCHES.length).toBeGreaterThanOrEqual(10);
    expect(PATCHES.filter(({ row }) => !DIRECTED.some(({ name }) => name === row))).toEqual([]);
  });
});

it('plays every flow at every step, on both CRMs', () => {
  for (const { name } of FLOWS)
    for (const crm of ['hubspot', 'salesforce']) expect(ROWS).toContain(`sweep ${name} on ${crm}`);
});
