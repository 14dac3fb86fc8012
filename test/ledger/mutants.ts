// Makes mutants of a source text: each is the text with one operator, number, literal or branch turned into another.
import ts from 'typescript';

/** `source` is the changed line as it stands in the original. */
export type Mutant = { line: number; source: string; from: string; to: string; text: string };

const OPERATORS: Readonly<Record<string, string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '&&': ['||'],
  '||': ['&&'],
  '+': ['-'],
  '-': ['+'],
  '-=': ['+='],
};

type Edit = { node: ts.Node; to: string };

/** One mutant for each change that can be made in the text; types are left alone. */
export function mutantsOf(text: string): Mutant[] {
  const file = ts.createSourceFile('mutated.ts', text, ts.ScriptTarget.Latest, true);
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isTypeAliasDeclaration(node) || ts.isImportDeclaration(node)) return;
    edits.push(...editsOf(node, file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return edits.map(({ node, to }) => {
    const start = node.getStart(file);
    const line = file.getLineAndCharacterOfPosition(start).line + 1;
    return {
      line,
      source: text.split('\n')[line - 1] ?? '',
      from: node.getText(file).replaceAll(/\s+/g, ' ').slice(0, 80),
      to: to.replaceAll(/\s+/g, ' ').slice(0, 80),
      text: text.slice(0, start) + to + text.slice(node.getEnd()),
    };
  });
}

function editsOf(node: ts.Node, file: ts.SourceFile): Edit[] {
  return [...operatorEdits(node, file), ...branchEdits(node, file), ...literalEdits(node, file)];
}

function operatorEdits(node: ts.Node, file: ts.SourceFile): Edit[] {
  if (ts.isBinaryExpression(node)) {
    const others = OPERATORS[node.operatorToken.getText(file)] ?? [];
    return others.map((to) => ({ node: node.operatorToken, to }));
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return [{ node, to: node.operand.getText(file) }];
  if (ts.isPropertyAccessExpression(node) && node.expression.getText(file) === 'Math') {
    const other = { min: 'max', max: 'min' }[node.name.text];
    return other ? [{ node: node.name, to: other }] : [];
  }
  return [];
}

function branchEdits(node: ts.Node, file: ts.SourceFile): Edit[] {
  if (ts.isIfStatement(node)) return ['true', 'false'].map((to) => ({ node: node.expression, to }));
  if (ts.isConditionalExpression(node))
    return [node.whenTrue, node.whenFalse].map((branch) => ({ node, to: `(${branch.getText(file)})` }));
  const isFilter =
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    ['filter', 'sort'].includes(node.expression.name.text);
  return isFilter ? [{ node, to: node.expression.expression.getText(file) }] : [];
}

function literalEdits(node: ts.Node, file: ts.SourceFile): Edit[] {
  if (ts.isNumericLiteral(node)) {
    const value = Number(node.text);
    return [value + 1, value - 1].map((to) => ({ node, to: `(${to})` }));
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [{ node, to: 'false' }];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [{ node, to: 'true' }];
  if (ts.isArrayLiteralExpression(node))
    return node.elements
      .filter((element) => ts.isStringLiteral(element) || ts.isSpreadElement(element))
      .map((element) => ({ node, to: without(node, element, file) }));
  return ts.isStringLiteral(node) ? [{ node, to: `'mutant'` }] : [];
}

const without = (list: ts.ArrayLiteralExpression, element: ts.Expression, file: ts.SourceFile): string =>
  `[${list.elements
    .filter((one) => one !== element)
    .map((one) => one.getText(file))
    .join(', ')}]`;
