// The types of Salesforce's Metadata API, as its WSDL declares them, read from their TypeScript form.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { ownFile } from '../own-modules.ts';

export type Element = { isRequired: boolean; type: ts.TypeNode };

export type TypeBook = {
  has: (name: string) => boolean;
  /** What a named type stands for; undefined for what the book does not know. */
  typeOf: (name: string) => ts.TypeNode | undefined;
  /** Elements of a named type, those it inherits included. */
  elementsOf: (name: string) => Map<string, Element>;
};

export function openTypeBook(): TypeBook {
  const path = join(dirname(ownFile('@salesforce/types/metadata')), 'metadata.d.ts');
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const types = new Map(
    file.statements.filter(ts.isTypeAliasDeclaration).map(({ name, type }) => [name.text, type]),
  );
  const known = new Map<string, Map<string, Element>>();
  return {
    has: (name) => types.has(name),
    typeOf: (name) => types.get(name),
    elementsOf(name) {
      const elements = known.get(name) ?? new Map(collect(types.get(name), types));
      known.set(name, elements);
      return elements;
    },
  };
}

function collect(node: ts.TypeNode | undefined, types: Map<string, ts.TypeNode>): [string, Element][] {
  if (!node) return [];
  if (ts.isParenthesizedTypeNode(node)) return collect(node.type, types);
  if (ts.isIntersectionTypeNode(node)) return node.types.flatMap((part) => collect(part, types));
  if (ts.isTypeReferenceNode(node)) return collect(types.get(node.typeName.getText()), types);
  if (!ts.isTypeLiteralNode(node)) return [];
  return node.members.filter(ts.isPropertySignature).flatMap((member): [string, Element][] => {
    const name = member.name.getText().replaceAll(/['"]/g, '');
    return member.type ? [[name, { isRequired: !member.questionToken, type: member.type }]] : [];
  });
}
