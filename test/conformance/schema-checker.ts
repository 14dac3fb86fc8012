// Judges values by a contract's schemas with Ajv, and says what is wrong in one readable line each.
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { isObject, resolve, type Defs, type Problem, type Schema } from './contract.ts';
import { narrowUnion } from './narrow-unions.ts';

/** How strictly a schema is read: the same shape is closed for what we send and may be open for what we get. */
export type Reading = {
  /** Fields that the schema does not name are refused. */
  closed: boolean;
  /** A field that may be absent may also be null. */
  optionalMayBeNull: boolean;
};

export type SchemaChecker = { problems(schema: Schema, value: unknown): Problem[] };

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const isMoment = (text: string) => RFC3339.test(text) && !Number.isNaN(Date.parse(text));
const FORMATS = {
  int32: { type: 'number' as const, validate: (n: number) => Number.isInteger(n) && Math.abs(n) < 2 ** 31 },
  int64: { type: 'number' as const, validate: (n: number) => Number.isSafeInteger(n) },
  'date-time': isMoment,
  Date: isMoment,
  Decimal: /^-?\d+(\.\d+)?$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
};
const SHOWN = 80;

/** Schemas are compiled when first needed; one without a name is kept by identity, so callers hand in the same object. */
export function createSchemaChecker(defs: Defs, reading: Reading): SchemaChecker {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    verbose: true,
    inlineRefs: false,
    formats: FORMATS,
    logger: false,
  });
  const prepared = Object.entries(defs).map(([name, schema]) => [name, prepare(schema, defs, reading)]);
  ajv.addSchema({ $id: 'contract', $defs: Object.fromEntries(prepared) });
  const compiled = new WeakMap<Schema, ValidateFunction>();
  const validatorFor = (schema: Schema): ValidateFunction => {
    const known = schema.$ref ? ajv.getSchema(`contract${schema.$ref}`) : compiled.get(schema);
    if (known) return known;
    const validator = ajv.compile(prepare(schema, defs, reading));
    compiled.set(schema, validator);
    return validator;
  };
  return {
    problems(schema, value) {
      const validate = validatorFor(schema);
      return validate(value) ? [] : readable(validate.errors ?? []);
    },
  };
}

/** JSON Schema for Ajv: absolute references, closed objects, and unions that name the branch meant by the data. */
function prepare(schema: Schema, defs: Defs, reading: Reading): object {
  const inner = (part: Schema): object => prepare(part, defs, reading);
  if (schema.$ref) return { $ref: `contract${schema.$ref}` };
  if (schema.partialOf) return partial(resolve({ $ref: schema.partialOf }, defs));
  if (schema.anyOf) return narrowUnion(schema.anyOf, defs, inner);
  const { properties, items, not, ...plain } = schema;
  const prepared: Record<string, unknown> = { ...plain, ...othersAllowed(schema, inner, reading) };
  if (not) prepared['not'] = inner(not);
  if (items) prepared['items'] = inner(items);
  if (properties) prepared['properties'] = prepareProperties(schema, inner, reading);
  return prepared;
}

function othersAllowed(schema: Schema, inner: (part: Schema) => object, reading: Reading): object {
  const { additionalProperties: others } = schema;
  if (isObject(others)) return { additionalProperties: inner(others) };
  if (others !== undefined) return { additionalProperties: others };
  return schema.properties && reading.closed ? { additionalProperties: false } : {};
}

function prepareProperties(schema: Schema, inner: (part: Schema) => object, reading: Reading): object {
  const entries = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const nullable = reading.optionalMayBeNull && !schema.required?.includes(name);
    return [
      name,
      inner(nullable ? { anyOf: [...(property.anyOf ?? [property]), { type: 'null' }] } : property),
    ];
  });
  return Object.fromEntries(entries) as object;
}

/** Some of the fields an object has; their values are those of another moment and may be partial themselves. */
function partial(whole: Schema): object {
  const names = Object.keys(whole.properties ?? {});
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, {}])),
    additionalProperties: names.length === 0,
  };
}

function readable(errors: ErrorObject[]): Problem[] {
  const telling = errors.filter((error) => error.keyword !== 'if');
  const deeper = (error: ErrorObject) =>
    telling.some((other) => other !== error && other.instancePath.startsWith(error.instancePath));
  return telling
    .filter((error) => error.keyword !== 'anyOf' || !deeper(error))
    .map((error) => ({ at: placeOf(error), message: messageOf(error) }));
}

function placeOf(error: ErrorObject): string {
  const extra: unknown =
    error.keyword === 'additionalProperties' ? error.params['additionalProperty'] : undefined;
  return typeof extra === 'string' ? `${error.instancePath}/${extra}` : error.instancePath;
}

function messageOf(error: ErrorObject): string {
  if (error.keyword === 'additionalProperties') return 'unknown field';
  if (error.keyword === 'required') return `missing '${String(error.params['missingProperty'])}'`;
  const got = `(got ${shorten(error.data)})`;
  if (error.keyword === 'enum') return `must be one of ${shorten(error.params['allowedValues'])} ${got}`;
  if (error.keyword === 'const') return `must be ${shorten(error.params['allowedValue'])} ${got}`;
  return `${error.message ?? error.keyword} ${got}`;
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
