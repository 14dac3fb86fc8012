// Every pattern of the product ends soon, whatever it is given: none backtracks its way through what a stranger sends.
import { isSafe } from 'redos-detector';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { codeFiles } from './support/source-files.ts';

/** Ways to match one text; a pattern with more of them takes longer the longer the text is. */
const MOST_WAYS = 200;
const PATIENCE_MS = 5_000;

/** Names of groups change nothing, and the detector reads none. */
const withoutNames = (pattern: string): string => pattern.replaceAll(/\(\?<[A-Za-z]\w*>/g, '(');

function isQuick(literal: string): boolean {
  const end = literal.lastIndexOf('/');
  const flags = literal.slice(end + 1).replaceAll(/[^imsu]/g, '');
  const pattern = new RegExp(withoutNames(literal.slice(1, end)), flags);
  return isSafe(pattern, { maxScore: MOST_WAYS, timeout: PATIENCE_MS }).safe;
}

function patternsIn({ path, text }: { path: string; text: string }): string[] {
  const found: string[] = [];
  const walk = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text);
    ts.forEachChild(node, walk);
  };
  walk(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
}

it('of the connector and the cards end soon whatever they are given', () => {
  const product = codeFiles().filter(({ path }) => /^(src|extensions\/hubspot)\//.test(path));
  const found = product.flatMap((file) => patternsIn(file).map((pattern) => ({ pattern, path: file.path })));
  expect(found.length).toBeGreaterThan(100);
  expect(found.filter(({ pattern }) => !isQuick(pattern))).toEqual([]);
});

it.each(['/(a+)+$/', '/^(\\w+\\s?)*$/', '/0+$/', '/(?<all>.*):(?<rest>.*)x/s'])(
  '%s would be found',
  (pattern) => {
    expect(isQuick(pattern)).toBe(false);
  },
);
