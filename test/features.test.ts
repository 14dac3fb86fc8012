// Holds docs/features.md to the tests: each promise names proofs, and each proof is there under exactly that name.
import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeFiles, readText, ROOT } from './support/source-files.ts';

const PAGE = 'docs/features.md';
const SECTIONS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'Bad input'];

type Row = { section: string; says: string; proof: string };

/** `A. The base` is section A; a section without a letter goes by its whole heading. */
const sectionOf = (heading: string): string => /^([A-Z])\. /.exec(heading)?.[1] ?? heading;

/** Every row of every table, without the tables' heads; one without words is a further proof of the promise above it. */
const rowsOf = (page: string): Row[] =>
  page.split(/^## /m).flatMap((part) => {
    const [heading = '', ...lines] = part.split('\n');
    const rows = lines.filter((line) => line.startsWith('|')).slice(2);
    return rows.map((row) => {
      const [, says = '', proof = ''] = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
      return { section: sectionOf(heading), says, proof };
    });
  });

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** A title is the first argument of a call, in whichever quotes; a test that is skipped proves nothing. */
const hasTitle = (text: string, title: string): boolean =>
  new RegExp(String.raw`(?<!\.(?:skip|todo))\(\s*(['"\x60])${literal(title)}\1,`).test(text);

function problemOfTest(path: string, title: string): string[] {
  if (!existsSync(ROOT + path)) return [`${path} is not there`];
  return hasTitle(readText(path), title) ? [] : [`${path} has no “${title}”`];
}

const CODE = codeFiles();
const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };

/** The script has to exist, and the files beside what it starts have to know each word it is given. */
function problemOfCommand(command: string): string[] {
  const [, name = '', given = ''] = /^npm run (\S+)(?: -- (.+))?$/.exec(command) ?? [];
  const script = scripts[name];
  if (!script) return [`nothing runs “${command}”`];
  const folder = `${posix.dirname(script.split(' ').at(-1) ?? '')}/`;
  const words = given.split(' ').flatMap((word) => (word === '' ? [] : [word.replace(/^--/, '')]));
  const texts = CODE.flatMap(({ path, text }) => (path.startsWith(folder) ? [text] : []));
  const unknown = words.filter(
    (word) => !texts.some((text) => new RegExp(String.raw`\b${literal(word)}\b`).test(text)),
  );
  return unknown.map((word) => `“${command}” does not know ${word}`);
}

function problemOf(proof: string): string[] {
  const [, path, title] = /^`(test\/[^`]+)` › (.+)$/.exec(proof) ?? [];
  if (path && title) return problemOfTest(path, title);
  const [, command] = /^`([^`]+)`$/.exec(proof) ?? [];
  return command ? problemOfCommand(command) : [`“${proof}” is no proof`];
}

function problemsOf(page: string): string[] {
  const rows = rowsOf(page);
  const missing = SECTIONS.filter(
    (name) => !rows.some(({ section, says }) => section === name && says !== ''),
  );
  return [
    ...missing.map((name) => `section ${name} promises nothing`),
    ...rows.flatMap(({ section, says, proof }) =>
      proof === '' ? [`${section}: “${says}” has no proof`] : problemOf(proof),
    ),
  ];
}

describe('docs/features.md', () => {
  it('proves every promise by tests and commands that are there', () => {
    expect(problemsOf(readText(PAGE))).toEqual([]);
  });

  it('says at its end what is not there yet', () => {
    expect(readText(PAGE).split(/^## /m).at(-1)).toMatch(/^Not there yet\n[\s\S]*^- /m);
  });
});

describe('a page of features', () => {
  const headings = [...SECTIONS.slice(0, -1).map((letter) => `${letter}. Something`), 'Bad input'];
  const table = (proof: string): string => `| Payside | proven by |\n| --- | --- |\n| works | ${proof} |\n`;
  const pageOf = (proof: string, sections = headings): string =>
    sections.map((heading) => `## ${heading}\n\n${table('`npm run check`')}`).join('\n') +
    `\n## More\n\n${table(proof)}`;
  const own = '`test/features.test.ts` › ';

  it('is fine where title, command and sections are there', () => {
    const proof = `${own}is fine where title, command and sections are there`;
    expect(problemsOf(pageOf(`${proof} |\n| | ${own}%s is caught`))).toEqual([]);
  });

  it.each([
    ['a renamed test', `${own}is fine where title and command are there`, /has no “is fine where title and/],
    ['a cut title', `${own}is fine where title`, /has no “is fine where title”/],
    ['a file that is gone', '`test/gone.test.ts` › works', /test\/gone\.test\.ts is not there/],
    ['an unknown script', '`npm run magic`', /nothing runs “npm run magic”/],
    ['an unknown demo', '`npm run sandbox -- --demo levitate`', /does not know levitate/],
    ['mere words', 'everybody knows', /is no proof/],
    ['a promise without proof', '', /“works” has no proof/],
  ])('%s is caught', (_what, proof, problem) => {
    const problems = problemsOf(pageOf(proof));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it('that leans on a skipped test is caught', () => {
    const named = (call: string): boolean => hasTitle(`${call}('adds up', () => {});`, 'adds up');
    expect(['it', 'test', 'it.each(SUMS)'].map(named)).toEqual([true, true, true]);
    expect(['it.skip', 'test.todo'].map(named)).toEqual([false, false]);
  });

  it('that leaves a section out is caught', () => {
    const page = pageOf('`npm run check`', headings.slice(1));
    expect(problemsOf(page)).toEqual(['section A promises nothing']);
  });
});
