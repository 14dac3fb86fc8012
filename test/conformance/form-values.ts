// Gives the strings of a form body or query the types their schema asks for, before they are judged.
import qs from 'qs';
import { isObject, resolve, type Defs, type JsonObject, type Schema } from './contract.ts';

const DEEPEST = 12;
const LONGEST_LIST = 1000;

/** Nested values of `a[b][0]=c`; throws when the text is nested deeper than Stripe's parameters ever are. */
export function parseForm(text: string): JsonObject {
  return qs.parse(text, {
    depth: DEEPEST,
    strictDepth: true,
    arrayLimit: LONGEST_LIST,
    parameterLimit: 20_000,
  }) as JsonObject;
}

/** A value that fits no branch is left as it is, so that the check after this names it as it was sent. */
export function typed(schema: Schema, value: unknown, defs: Defs): unknown {
  const meant = branchFor(resolve(schema, defs), value, defs);
  if (Array.isArray(value))
    return meant.type === 'array' ? value.map((item) => typed(meant.items ?? {}, item, defs)) : value;
  if (isObject(value)) return typedObject(meant, value, defs);
  return typeof value === 'string' ? typedText(meant, value) : value;
}

function typedObject(schema: Schema, value: JsonObject, defs: Defs): unknown {
  if (schema.type === 'array')
    return Object.values(value).map((item) => typed(schema.items ?? {}, item, defs));
  const others = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    typed(schema.properties?.[key] ?? others, item, defs),
  ]);
  return Object.fromEntries(entries) as JsonObject;
}

function typedText(schema: Schema, text: string): unknown {
  const same = valuesOf(schema).find((value) => value !== null && String(value) === text);
  return same ?? readAs(schema.type, text);
}

const READERS: Record<string, (text: string) => unknown> = {
  null: (text) => (text === '' ? null : text),
  integer: (text) => (/^-?\d+$/.test(text) ? Number(text) : text),
  number: (text) => (text !== '' && Number.isFinite(Number(text)) ? Number(text) : text),
  boolean: (text) => (text === 'true' || text === 'false' ? text === 'true' : text),
};

function readAs(type: Schema['type'], text: string): unknown {
  const read = READERS[String(type)];
  return read ? read(text) : text;
}

/** In a union, the branch of the value's shape; for text, the first one that names it or reads it as something else. */
function branchFor(schema: Schema, value: unknown, defs: Defs): Schema {
  if (!schema.anyOf) return schema;
  const branches = schema.anyOf.map((branch) => resolve(branch, defs));
  const ofTypes = (...types: string[]) =>
    types
      .map((type) => branches.find((branch) => branch.type === type))
      .find((branch) => branch !== undefined);
  if (typeof value === 'string') return branchForText(branches, value) ?? schema;
  const isList = Array.isArray(value) || (isObject(value) && isIndexed(value));
  return (isList ? ofTypes('array', 'object') : ofTypes('object')) ?? schema;
}

function branchForText(branches: readonly Schema[], text: string): Schema | undefined {
  return (
    branches.find((branch) => valuesOf(branch).some((known) => String(known) === text)) ??
    branches.find((branch) => typedText(branch, text) !== text) ??
    branches.find((branch) => branch.type === 'string')
  );
}

const isIndexed = (value: JsonObject) => Object.keys(value).every((key) => /^\d+$/.test(key));

function valuesOf(schema: Schema): NonNullable<Schema['enum']> {
  return schema.enum ?? (schema.const === undefined ? [] : [schema.const]);
}
