// Derives Stripe's contract from the installed stripe package: request paths from its code, shapes from its declarations.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Schema, StripeContract } from './contract.ts';
import { packageFolder, packageVersion } from './contract-cache.ts';
import { createTypeReader, namespaceOf, type TypeReader } from './derive-stripe-types.ts';

/** Fields that the client adds to an error on its side of the wire. */
const NOT_ON_THE_WIRE = ['headers', 'statusCode', 'requestId', 'detail', 'exception'];

type Request = { verb: string; path: string };

export function deriveStripe(): StripeContract {
  const cjs = join(packageFolder('stripe'), 'cjs');
  const resources = join(cjs, 'resources');
  const files = globSync('**/*.d.ts', { cwd: resources })
    .sort()
    .map((file) => join(resources, file));
  const errorFile = join(cjs, 'Types.d.ts');
  const program = ts.createProgram([...files, errorFile], {
    skipLibCheck: true,
    noEmit: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  });
  const reader = createTypeReader(program.getTypeChecker(), resources);
  const operations = files.flatMap((file) =>
    operationsOf(sourceOf(program, file), requestsOf(file), reader, namespaceOf(file, resources)),
  );
  return {
    source: `stripe ${packageVersion('stripe')}`,
    apiVersion: apiVersionOf(cjs),
    operations: firstOfEach(operations),
    events: eventsOf(sourceOf(program, join(resources, 'Events.d.ts')), reader),
    error: errorOf(sourceOf(program, errorFile), reader),
    $defs: reader.defs,
  };
}

type StripeOperation = StripeContract['operations'][number];

/** The compiled methods say verb and path: `this._makeRequest('POST', `/v1/invoices/${encodeURIComponent(id)}`, …)`. */
function requestsOf(declarationFile: string): Map<string, Request> {
  const file = declarationFile.replace(/\.d\.ts$/, '.js');
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = new Map<string, Request>();
  const visit = (node: ts.Node, owner: string): void => {
    if (ts.isClassDeclaration(node)) owner = node.name?.text ?? '';
    if (ts.isMethodDeclaration(node)) owner = `${owner}.${node.name.getText()}`;
    const request = ts.isCallExpression(node) ? requestOf(node) : undefined;
    if (request && !found.has(owner)) found.set(owner, request);
    ts.forEachChild(node, (child) => visit(child, owner));
  };
  visit(source, '');
  return found;
}

function requestOf(call: ts.CallExpression): Request | undefined {
  const [verb, path] = call.arguments;
  if (call.expression.getText() !== 'this._makeRequest' || !verb || !path) return undefined;
  const template = pathTemplate(path);
  return ts.isStringLiteral(verb) && template ? { verb: verb.text, path: template } : undefined;
}

function pathTemplate(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.templateSpans.reduce((path, span) => {
    const parameter = ts.isCallExpression(span.expression)
      ? span.expression.arguments[0]?.getText()
      : undefined;
    return `${path}{${parameter ?? 'id'}}${span.literal.text}`;
  }, node.head.text);
}

function operationsOf(
  source: ts.SourceFile,
  requests: Map<string, Request>,
  reader: TypeReader,
  namespace: string,
): StripeOperation[] {
  return source.statements.filter(ts.isClassDeclaration).flatMap((owner) =>
    owner.members.filter(ts.isMethodDeclaration).flatMap((method) => {
      const owned = `${owner.name?.text ?? ''}.${method.name.getText()}`;
      const request = requests.get(owned);
      return request ? [operationOf(method, request, reader, [namespace, owned].join(' ').trim())] : [];
    }),
  );
}

function operationOf(
  method: ts.MethodDeclaration,
  { verb, path }: Request,
  reader: TypeReader,
  id: string,
): StripeOperation {
  const declared = method.parameters.find((parameter) => parameter.name.getText() === 'params')?.type;
  const params: Schema = declared ? reader.schemaOf(declared) : { type: 'object', properties: {} };
  const response = method.type ? reader.schemaOf(method.type) : {};
  const base = { id: id.replace('Resource.', '.'), method: verb, path, response };
  if (verb !== 'POST') return { ...base, query: params };
  const contentType = path.startsWith('/v2/') ? 'application/json' : 'application/x-www-form-urlencoded';
  return { ...base, body: params, contentType };
}

/** Two methods may send the same request (an alias); the first one decides. */
function firstOfEach(operations: StripeOperation[]): StripeOperation[] {
  const seen = new Map<string, StripeOperation>();
  for (const operation of operations) {
    const key = `${operation.method} ${operation.path}`;
    if (!seen.has(key)) seen.set(key, operation);
  }
  return [...seen.values()];
}

function eventsOf(source: ts.SourceFile, reader: TypeReader): Record<string, string> {
  const events: Record<string, string> = {};
  for (const node of source.statements.filter(ts.isInterfaceDeclaration)) {
    const type = node.members
      .filter(ts.isPropertySignature)
      .find((member) => member.name.getText() === 'type')?.type;
    if (!type || !ts.isLiteralTypeNode(type) || !ts.isStringLiteral(type.literal)) continue;
    events[type.literal.text] = reader.define(node).$ref?.slice('#/$defs/'.length) ?? '';
  }
  return events;
}

function errorOf(source: ts.SourceFile, reader: TypeReader): Schema {
  const alias = source.statements
    .filter(ts.isTypeAliasDeclaration)
    .find((statement) => statement.name.text === 'StripeRawError');
  if (!alias) throw new Error('the stripe package no longer declares StripeRawError');
  const error = reader.schemaOf(alias.type);
  const properties = { ...error.properties };
  for (const name of NOT_ON_THE_WIRE) delete properties[name];
  return {
    type: 'object',
    properties: { error: { type: 'object', properties, required: ['type'] } },
    required: ['error'],
  };
}

function sourceOf(program: ts.Program, file: string): ts.SourceFile {
  const source = program.getSourceFile(file);
  if (!source) throw new Error(`the stripe package has no ${file}`);
  return source;
}

function apiVersionOf(cjs: string): string {
  const version = /ApiVersion = '([^']+)'/.exec(readFileSync(join(cjs, 'apiVersion.js'), 'utf8'))?.[1];
  if (!version) throw new Error('the stripe package no longer names its API version');
  return version;
}
