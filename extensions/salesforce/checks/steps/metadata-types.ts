// Every metadata file against the types of the Metadata API: unknown, missing, repeated elements, wrong words and numbers.
import ts from 'typescript';
import type { PackageSource } from '../../metadata/package-source.ts';
import { childrenOf, type XmlNode } from '../../metadata/xml-node.ts';
import type { Findings } from '../project.ts';
import { openTypeBook, type TypeBook } from './type-book.ts';

/** What is wrong at a place below the root of one file. */
type Problem = { at: string; text: string };

export function checkTypes(source: PackageSource): Findings {
  const book = openTypeBook();
  const wrong = source.metadata.flatMap(({ path, type, root }) => {
    const found = book.has(type)
      ? problemsOfObject(book, type, root, type)
      : [{ at: type, text: 'is no type of the Metadata API' }];
    return found.map(({ at, text }) => `${path}: ${at} ${text}`);
  });
  return { seen: source.metadata.length + source.broken.length, problems: [...source.broken, ...wrong] };
}

function problemsOfObject(book: TypeBook, type: string, node: XmlNode, at: string): Problem[] {
  const elements = book.elementsOf(type);
  if (elements.size === 0) return [];
  if (node.text !== '') return [{ at, text: `has text where ${type} belongs` }];
  const inside = Object.entries(node.children).flatMap(([name, list]) => {
    const element = elements.get(name);
    if (!element) return [{ at, text: `has <${name}>, which ${type} does not know` }];
    const isList = ts.isArrayTypeNode(element.type);
    const repeated = list.length > 1 && !isList ? [{ at, text: `has <${name}> more than once` }] : [];
    return [...repeated, ...list.flatMap((one) => problemsOf(book, element.type, one, `${at}/${name}`))];
  });
  const missing = [...elements].flatMap(([name, { isRequired, type: of }]) =>
    isRequired && !ts.isArrayTypeNode(of) && name !== 'fullName' && childrenOf(node, name).length === 0
      ? [{ at, text: `lacks <${name}>` }]
      : [],
  );
  return [...inside, ...missing];
}

function problemsOf(book: TypeBook, type: ts.TypeNode, node: XmlNode, at: string): Problem[] {
  if (ts.isArrayTypeNode(type)) return problemsOf(book, type.elementType, node, at);
  if (ts.isParenthesizedTypeNode(type)) return problemsOf(book, type.type, node, at);
  if (ts.isUnionTypeNode(type)) return problemsOfWord(type, node, at);
  if (type.kind === ts.SyntaxKind.BooleanKeyword) return unless(/^(true|false)$/, node, at, 'true or false');
  if (type.kind === ts.SyntaxKind.NumberKeyword) return unless(/^-?\d+(\.\d+)?$/, node, at, 'a number');
  if (!ts.isTypeReferenceNode(type)) return [];
  const name = type.typeName.getText();
  const named = book.typeOf(name);
  if (!named) return [];
  const isWord = ts.isUnionTypeNode(named) || named.kind === ts.SyntaxKind.StringKeyword;
  return isWord ? problemsOf(book, named, node, at) : problemsOfObject(book, name, node, at);
}

const unless = (pattern: RegExp, { text }: XmlNode, at: string, wanted: string): Problem[] =>
  pattern.test(text) ? [] : [{ at, text: `is “${text}”, not ${wanted}` }];

function problemsOfWord(union: ts.UnionTypeNode, { text }: XmlNode, at: string): Problem[] {
  const words = union.types.flatMap((part) =>
    ts.isLiteralTypeNode(part) && ts.isStringLiteral(part.literal) ? [part.literal.text] : [],
  );
  if (words.length === 0 || words.includes(text)) return [];
  return [{ at, text: `is “${text}”, not one of ${words.slice(0, 12).join(', ')}` }];
}
