// The list of beliefs that operators see is the one of docs/assumptions.md, and the checks it names are those of the doctor.
import { describe, expect, it } from 'vitest';
import { ASSUMPTIONS } from '../../src/control/assumptions.ts';
import { codeFiles, readText } from '../support/source-files.ts';

type Row = { name: string; assumes: string; seen: string };

const rows: Row[] = readText('docs/assumptions.md')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) => {
    const [, name = '', assumes = '', , , seen = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { name: name.replaceAll('`', ''), assumes, seen };
  });

const byName = (a: Row, b: Row): number => a.name.localeCompare(b.name);

describe('the list of assumptions', () => {
  it('says what docs/assumptions.md says, row by row, both ways', () => {
    const listed = ASSUMPTIONS.map(({ name, assumes, seen }) => ({ name, assumes, seen }));
    expect(rows.length).toBeGreaterThan(50);
    expect(listed.toSorted(byName)).toEqual(rows.toSorted(byName));
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  it('says of each how it would be seen', () => {
    expect(ASSUMPTIONS.filter(({ seen }) => seen.length < 8)).toEqual([]);
  });

  it('names checks that the doctor makes', () => {
    const examine = codeFiles().find(({ path }) => path === 'src/workspaces/examine.ts')?.text ?? '';
    const named = ASSUMPTIONS.flatMap(({ check }) => check ?? []);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((check) => !examine.includes(`ed('${check}', `))).toEqual([]);
  });
});
