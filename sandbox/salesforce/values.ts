// Judges and tidies the values of a write, field by field, as Salesforce does.
import type { FieldDefinition, ObjectDefinition } from './definitions.ts';
import { fullId } from './ids.ts';
import { noSuchField, RecordRefusal, Refusal } from './refusal.ts';
import type { Fields, FieldValue } from './types.ts';
import type { Org } from './world.ts';

export type Writing = { org: Org; definition: ObjectDefinition; creating: boolean };

/** @returns values by field name; throws a Refusal for the request, or a RecordRefusal for this record */
export function checkedValues(writing: Writing, given: Record<string, unknown>): Fields {
  const values: Fields = {};
  for (const [name, value] of Object.entries(given)) {
    if (name === 'attributes') continue;
    const [field, plain] = lookedUp(writing, name, value);
    values[field.name] = checkedValue(writing, field, plain);
  }
  if (writing.creating) requireAll(writing.definition, values);
  return values;
}

/** A parent may be named by its own external id: `Invoice__r: { Payside_Id__c: '…' }`. */
function lookedUp(writing: Writing, name: string, value: unknown): [FieldDefinition, unknown] {
  const { definition } = writing;
  const field = definition.fields.get(name);
  if (field) return [field, value];
  const parent = [...definition.fields.values()].find(({ relationshipName }) => relationshipName === name);
  if (!parent || typeof value !== 'object' || value === null) throw noSuchField(name, definition.name);
  return [parent, parentId(writing.org, parent, value as Record<string, unknown>)];
}

function parentId(org: Org, parent: FieldDefinition, named: Record<string, unknown>): string {
  const type = parent.referenceTo ?? '';
  const [[key, id] = ['', ''], ...more] = Object.entries(named).filter(([name]) => name !== 'attributes');
  const field = org.definitions.get(type)?.fields.get(key);
  if (!field?.externalId || more.length > 0) throw noSuchField(key, type);
  const found = org.unique.get(`${type}.${key}`)?.get(keyOf(field, String(id)));
  if (found) return found;
  throw new RecordRefusal(
    'INVALID_FIELD',
    `Foreign key external ID: ${String(id).toLowerCase()} not found for field ${key} in entity ${type}`,
  );
}

/** Unique values that differ in case only are the same, unless the field says otherwise. */
export const keyOf = (field: FieldDefinition, value: string): string =>
  field.caseSensitive ? value : value.toLowerCase();

function checkedValue(writing: Writing, field: FieldDefinition, value: unknown): FieldValue {
  const mayWrite = writing.creating || !field.masterDetail || field.reparentable;
  if (field.readOnly || !mayWrite)
    throw new RecordRefusal(
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      `Unable to create/update fields: ${field.name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
      [field.name],
    );
  if (value === null || value === '') return null;
  return CHECKS[field.type](field, value, writing.org);
}

function requireAll(definition: ObjectDefinition, values: Fields): void {
  const missing = [...definition.fields.values()].filter(
    ({ name, required }) => required && (values[name] ?? null) === null,
  );
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name);
  throw new RecordRefusal(
    'REQUIRED_FIELD_MISSING',
    `Required fields are missing: [${names.join(', ')}]`,
    names,
  );
}

type Check = (field: FieldDefinition, value: unknown, org: Org) => FieldValue;

const cannotRead = (field: FieldDefinition, value: unknown): Refusal =>
  new Refusal(
    400,
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${field.type} from value ${JSON.stringify(value)} for ${field.name}`,
  );

const asText: Check = (field, value) => {
  if (typeof value !== 'string') throw cannotRead(field, value);
  if (value.length > (field.length ?? 131_072))
    throw new RecordRefusal(
      'STRING_TOO_LONG',
      `${field.label}: data value too large: ${value} (max length=${field.length})`,
      [field.name],
    );
  return value;
};

const asEmail: Check = (field, value, org) => {
  const text = asText(field, value, org);
  if (/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(String(text))) return text;
  throw new RecordRefusal('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${String(text)}`, [
    field.name,
  ]);
};

const asNumber: Check = (field, value) => {
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw cannotRead(field, value);
  const { precision = 18, scale = 0 } = field;
  if (Math.abs(number) >= 10 ** (precision - scale))
    throw new RecordRefusal(
      'NUMBER_OUTSIDE_VALID_RANGE',
      `${field.label}: value outside of valid range on numeric field: ${number}`,
      [field.name],
    );
  return Number(number.toFixed(scale));
};

const asChoice: Check = (field, value, org) => {
  const text = asText({ ...field, length: 255 }, value, org);
  if (!field.restricted || field.options?.includes(String(text))) return text;
  throw new RecordRefusal(
    'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    `${field.label}: bad value for restricted picklist field: ${String(text)}`,
    [field.name],
  );
};

const asDay: Check = (field, value) => {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)))
    return value;
  throw cannotRead(field, value);
};

const asTime: Check = (field, value) => {
  const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value);
  const time = isTime ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw cannotRead(field, value);
  return new Date(time).toISOString();
};

const asFlag: Check = (field, value) => {
  if (typeof value !== 'boolean') throw cannotRead(field, value);
  return value;
};

const asReference: Check = (field, value, org) => {
  const id = typeof value === 'string' ? fullId(value) : undefined;
  const target = org.definitions.get(field.referenceTo ?? '');
  if (!id || !target || !id.startsWith(target.keyPrefix))
    throw new RecordRefusal('MALFORMED_ID', `${field.label}: id value of incorrect type: ${String(value)}`, [
      field.name,
    ]);
  if (org.bin.has(id)) throw new RecordRefusal('ENTITY_IS_DELETED', 'entity is deleted', [field.name]);
  if (org.tables.get(target.name)?.has(id) || target.name === 'User') return id;
  throw new RecordRefusal('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [field.name]);
};

const CHECKS: Record<FieldDefinition['type'], Check> = {
  id: asText,
  string: asText,
  textarea: asText,
  email: asEmail,
  phone: asText,
  url: asText,
  double: asNumber,
  currency: asNumber,
  percent: asNumber,
  boolean: asFlag,
  date: asDay,
  datetime: asTime,
  picklist: asChoice,
  reference: asReference,
};
