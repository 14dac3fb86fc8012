// Turns type declarations of the stripe package into schemas of the contract.
import { dirname, relative, sep } from 'node:path';
import ts from 'typescript';
import { refTo, type Defs, type Schema } from './contract.ts';

/** TypeScript says `number` for both; Stripe's decimals are the fields with these names, all other numbers are integers. */
const DECIMAL_NAME =
  /^(score|height|width|length|weight|latitude|longitude|percent|percentage|percent_(off|ownership)|\w+_(score|percent|percentage|rate))$/;
const LIST_TYPE = /^(?:ApiList|ApiSearchResult|V2List|V2SearchResult)(?:Promise)?$/;
const OPEN: Schema = {};

type Named = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

export type TypeReader = {
  defs: Defs;
  /** `name` is the property the type belongs to: it decides between integer and decimal. */
  schemaOf(node: ts.TypeNode, name?: string): Schema;
  /** Registers an interface and gives the reference to it. */
  define(declaration: ts.InterfaceDeclaration): Schema;
};

export function createTypeReader(checker: ts.TypeChecker, resources: string): TypeReader {
  const defs: Defs = {};

  function define(declaration: ts.InterfaceDeclaration): Schema {
    const key = nameOf(declaration, resources);
    if (!defs[key]) {
      defs[key] = {};
      defs[key] = objectOf(collect(declaration));
    }
    return refTo(key);
  }

  function collect(declaration: ts.InterfaceDeclaration): ts.TypeElement[] {
    const parents = (declaration.heritageClauses ?? [])
      .flatMap((clause) => Array.from(clause.types))
      .map((type) => declarationOf(checker, type.expression))
      .filter((parent) => parent !== undefined && ts.isInterfaceDeclaration(parent));
    return [
      ...parents.flatMap((parent) => collect(parent as ts.InterfaceDeclaration)),
      ...declaration.members,
    ];
  }

  function objectOf(members: readonly ts.TypeElement[]): Schema {
    const properties: Record<string, Schema> = {};
    const required = new Set<string>();
    const schema: Schema = { type: 'object', properties };
    for (const member of members) {
      if (ts.isIndexSignatureDeclaration(member)) schema.additionalProperties = schemaOf(member.type);
      if (!ts.isPropertySignature(member) || !member.type) continue;
      // `deleted?: void` only says that the field is absent on the living object.
      if (member.type.kind === ts.SyntaxKind.VoidKeyword) continue;
      const name = propertyName(member);
      properties[name] = schemaOf(member.type, name);
      if (member.questionToken) required.delete(name);
      else required.add(name);
    }
    return required.size > 0 ? { ...schema, required: [...required] } : schema;
  }

  function reference(node: ts.TypeReferenceNode, name: string): Schema {
    const generic = genericOf(node, (inner) => schemaOf(inner, name));
    if (generic) return generic;
    const declaration = declarationOf(checker, node.typeName);
    if (!declaration) return OPEN;
    if (ts.isInterfaceDeclaration(declaration)) return define(declaration);
    // The union of all events would pull every resource into each list of events; events are judged one by one instead.
    if (declaration.name.text === 'Event') return OPEN;
    return schemaOf(declaration.type, name);
  }

  function schemaOf(node: ts.TypeNode, name = ''): Schema {
    if (ts.isParenthesizedTypeNode(node)) return schemaOf(node.type, name);
    if (ts.isLiteralTypeNode(node)) return literal(node.literal);
    if (ts.isArrayTypeNode(node)) return { type: 'array', items: schemaOf(node.elementType, name) };
    if (ts.isTypeLiteralNode(node)) return objectOf(node.members);
    if (ts.isUnionTypeNode(node)) return unite(node.types.map((type) => schemaOf(type, name)));
    if (ts.isTypeReferenceNode(node)) return reference(node, name);
    return keyword(node.kind, name);
  }

  return { defs, schemaOf, define };
}

type Generic = (...args: Schema[]) => Schema;

/** Types of the package that stand for a shape of their own; arguments that are missing count as open. */
const GENERICS: Record<string, Generic> = {
  Array: (item = OPEN) => ({ type: 'array', items: item }),
  Promise: (inner = OPEN) => inner,
  Response: (inner = OPEN) => inner,
  Emptyable: (inner = OPEN) => unite([{ type: 'null' }, { const: '' }, inner]),
  Partial: (whole = OPEN) => (whole.$ref ? { type: 'object', partialOf: whole.$ref } : { type: 'object' }),
  Record: (_key, value = OPEN) => ({ type: 'object', additionalProperties: value }),
  Decimal: () => ({ type: 'string', format: 'Decimal' }),
  Date: () => ({ type: 'string', format: 'Date' }),
  OtherString: () => ({ type: 'string', format: 'OtherString' }),
};

function genericOf(node: ts.TypeReferenceNode, read: (inner: ts.TypeNode) => Schema): Schema | undefined {
  const last = node.typeName.getText().split('.').pop() ?? '';
  if (LIST_TYPE.test(last))
    return listOf(last.replace('Promise', ''), ...(node.typeArguments ?? []).map(read));
  return GENERICS[last]?.(...(node.typeArguments ?? []).map(read));
}

function keyword(kind: ts.SyntaxKind, name: string): Schema {
  switch (kind) {
    case ts.SyntaxKind.StringKeyword:
      return { type: 'string' };
    case ts.SyntaxKind.BooleanKeyword:
      return { type: 'boolean' };
    case ts.SyntaxKind.NumberKeyword:
      return { type: DECIMAL_NAME.test(name) ? 'number' : 'integer' };
    case ts.SyntaxKind.BigIntKeyword:
      return { type: 'string', pattern: '^-?\\d+$' };
    default:
      return OPEN;
  }
}

function literal(node: ts.LiteralTypeNode['literal']): Schema {
  if (node.kind === ts.SyntaxKind.NullKeyword) return { type: 'null' };
  if (node.kind === ts.SyntaxKind.TrueKeyword) return { const: true };
  if (node.kind === ts.SyntaxKind.FalseKeyword) return { const: false };
  if (ts.isStringLiteral(node)) return { const: node.text };
  return { const: Number(node.getText()) };
}

/** Constants become one enum; the `OtherString` that leaves an enum open is dropped, so an invented value is noticed. */
function unite(members: readonly Schema[]): Schema {
  const flat = members.flatMap((member) => member.anyOf ?? [member]);
  const values = flat.flatMap((member) => member.enum ?? (member.const === undefined ? [] : [member.const]));
  const others = flat.filter(
    (member) => member.enum === undefined && member.const === undefined && member.format !== 'OtherString',
  );
  const distinct = [...new Map(others.map((member) => [JSON.stringify(member), member])).values()];
  const branches = values.length > 0 ? [{ enum: [...new Set(values)] }, ...distinct] : distinct;
  const [only] = branches;
  return branches.length === 1 && only ? only : { anyOf: branches };
}

function listOf(kind: string, item: Schema = OPEN): Schema {
  const text: Schema = { type: 'string' };
  const maybe: Schema = { type: ['string', 'null'] };
  const data: Schema = { type: 'array', items: item };
  if (kind.startsWith('V2')) {
    const pages = { data, next_page_url: maybe, previous_page_url: maybe };
    return { type: 'object', properties: pages, required: ['data'] };
  }
  const isSearch = kind === 'ApiSearchResult';
  const searchOnly: Record<string, Schema> = isSearch
    ? { next_page: maybe, total_count: { type: 'integer' } }
    : {};
  const object: Schema = { const: isSearch ? 'search_result' : 'list' };
  return {
    type: 'object',
    properties: { object, data, has_more: { type: 'boolean' }, url: text, ...searchOnly },
    required: ['object', 'data', 'has_more', 'url'],
  };
}

function declarationOf(checker: ts.TypeChecker, node: ts.Node): Named | undefined {
  const symbol = checker.getSymbolAtLocation(node);
  const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return target?.declarations?.find(
    (found): found is Named => ts.isInterfaceDeclaration(found) || ts.isTypeAliasDeclaration(found),
  );
}

/** `Invoice.PaymentSettings`, with the folder in front where the declaration does not name it itself. */
function nameOf(declaration: Named, resources: string): string {
  const parts: string[] = [];
  for (let node: ts.Node = declaration; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isInterfaceDeclaration(node) || ts.isModuleDeclaration(node)) parts.unshift(node.name.text);
  }
  const folder = namespaceOf(declaration.getSourceFile().fileName, resources);
  const name = parts.join('.');
  return folder === '' || name.startsWith(`${folder}.`) ? name : `${folder}.${name}`;
}

/** `Billing` for a file in resources/Billing. */
export function namespaceOf(file: string, resources: string): string {
  return relative(resources, dirname(file))
    .split(sep)
    .filter((part) => part !== '' && part !== '..')
    .join('.');
}

function propertyName(member: ts.PropertySignature): string {
  return ts.isIdentifier(member.name) || ts.isStringLiteral(member.name)
    ? member.name.text
    : member.name.getText();
}
