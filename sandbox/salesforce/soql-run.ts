// Runs a parsed query over an org's records.
import type { FieldDefinition, ObjectDefinition } from './definitions.ts';
import { fullId } from './ids.ts';
import { noSuchField, Refusal } from './refusal.ts';
import { valueOf } from './shown.ts';
import type { Condition, Query } from './soql-parse.ts';
import type { FieldValue } from './types.ts';
import { definitionOf, tableOf, type Org, type SfRecord } from './world.ts';

/** A path of a query, resolved against the object it starts from: relationships, then a field. */
type Path = { over: FieldDefinition[]; field: FieldDefinition };

type Row = { [name: string]: FieldValue | Row };

/** @param bin also what lies in the recycle bin @returns rows as the API shows them */
export function runQuery(
  org: Org,
  query: Query,
  { bin, version }: { bin: boolean; version: string },
): object[] {
  const definition = definitionOf(org, query.from);
  const paths = query.fields.map((name) => resolve(org, definition, name));
  const fits = query.where ? conditionOf(org, definition, query.where) : () => true;
  const gone = bin ? [...org.bin.values()].filter(({ type }) => type === query.from) : [];
  const found = [...tableOf(org, query.from).values(), ...gone].filter(fits);
  for (const { field, down } of [...query.order].reverse()) {
    const path = resolve(org, definition, field);
    found.sort((a, b) => compare(read(org, a, path), read(org, b, path)) * (down ? -1 : 1));
  }
  const url = (record: SfRecord): string => `/services/data/${version}/sobjects/${record.type}/${record.id}`;
  return found.slice(0, query.limit).map((record) => {
    const row: Row = { attributes: { type: record.type, url: url(record) } };
    for (const path of paths) put(org, record, path, row);
    return row;
  });
}

function resolve(org: Org, definition: ObjectDefinition, name: string): Path {
  const steps = name.split('.');
  const last = steps.pop() ?? '';
  let current = definition;
  const over = steps.map((step) => {
    const field = [...current.fields.values()].find(({ relationshipName }) => relationshipName === step);
    if (!field)
      throw new Refusal(400, 'INVALID_FIELD', `Didn't understand relationship '${step}' in field path.`);
    current = definitionOf(org, field.referenceTo ?? '');
    return field;
  });
  const field = current.fields.get(last);
  if (!field) throw noSuchField(last, current.name);
  return { over, field };
}

function parentOf(org: Org, record: SfRecord, field: FieldDefinition): SfRecord | undefined {
  return org.tables.get(field.referenceTo ?? '')?.get(String(record.values[field.name]));
}

function read(org: Org, record: SfRecord, { over, field }: Path): FieldValue {
  const end = over.reduce<SfRecord | undefined>((at, step) => at && parentOf(org, at, step), record);
  return end ? valueOf(org, end, field) : null;
}

/** A parent's fields stand in an object of their own; a missing parent is null. */
function put(org: Org, record: SfRecord, { over, field }: Path, row: Row): void {
  const [step, ...rest] = over;
  if (!step) {
    row[field.name] = valueOf(org, record, field);
    return;
  }
  const name = step.relationshipName ?? '';
  const parent = parentOf(org, record, step);
  if (!parent) {
    row[name] = null;
    return;
  }
  const nested = (row[name] ?? { attributes: { type: parent.type } }) as Row;
  row[name] = nested;
  put(org, parent, { over: rest, field }, nested);
}

type Fits = (record: SfRecord) => boolean;

function conditionOf(org: Org, definition: ObjectDefinition, condition: Condition): Fits {
  if ('all' in condition) {
    const parts = condition.all.map((part) => conditionOf(org, definition, part));
    return (record) => parts.every((part) => part(record));
  }
  if ('any' in condition) {
    const parts = condition.any.map((part) => conditionOf(org, definition, part));
    return (record) => parts.some((part) => part(record));
  }
  const path = resolve(org, definition, condition.field);
  const wanted = ('values' in condition ? condition.values : [condition.value]).map((value) =>
    comparable(path.field, value),
  );
  const test = TESTS[condition.test];
  return (record) => test(comparable(path.field, read(org, record, path)), wanted);
}

type Test = (value: FieldValue, wanted: FieldValue[]) => boolean;

const TESTS: Record<Extract<Condition, { test: string }>['test'], Test> = {
  '=': (value, wanted) => value === wanted[0],
  '!=': (value, wanted) => value !== wanted[0],
  '<': (value, wanted) => value !== null && compare(value, wanted[0] ?? null) < 0,
  '<=': (value, wanted) => value !== null && compare(value, wanted[0] ?? null) <= 0,
  '>': (value, wanted) => value !== null && compare(value, wanted[0] ?? null) > 0,
  '>=': (value, wanted) => value !== null && compare(value, wanted[0] ?? null) >= 0,
  in: (value, wanted) => wanted.includes(value),
  'not in': (value, wanted) => !wanted.includes(value),
};

/** Ids compare in full length, times as times, and text without regard to case. */
function comparable(field: FieldDefinition, value: FieldValue): FieldValue {
  if (typeof value !== 'string') return value;
  if (field.type === 'id' || field.type === 'reference') {
    const id = fullId(value);
    if (!id) throw new Refusal(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${value}`);
    return id;
  }
  if (field.type === 'datetime') return new Date(value).toISOString();
  return field.caseSensitive ? value : value.toLowerCase();
}

function compare(a: FieldValue, b: FieldValue): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}
