// Makes, changes, upserts, removes and merges records, keeping unique values and the recycle bin right.
import type { FieldDefinition } from './definitions.ts';
import { fullId, makeId } from './ids.ts';
import { noSuchField, notFound, RecordRefusal } from './refusal.ts';
import { afterSave } from './triggers.ts';
import type { Fields } from './types.ts';
import { checkedValues, keyOf } from './values.ts';
import { definitionOf, tableOf, type Org, type SfRecord, type World } from './world.ts';

/** Where a write happens. */
export type Place = { world: World; org: Org };

type Given = Record<string, unknown>;

export function createRecord({ world, org }: Place, type: string, given: Given): SfRecord {
  const definition = definitionOf(org, type);
  const values = checkedValues({ org, definition, creating: true }, given);
  requireUnique(org, type, values);
  const now = world.clock.now().toISOString();
  const id = makeId(definition.keyPrefix, world.nextNumber());
  const record = {
    id,
    type,
    values: { ...defaults(org, type), ...numbered(org, type), ...values },
    createdAt: now,
    modifiedAt: now,
    deleted: false,
  };
  tableOf(org, type).set(id, record);
  noteUnique(org, record, values);
  afterSave(world, org, record, null);
  return record;
}

/** Checkboxes are never empty, and in an org of several currencies no record is without one. */
function defaults(org: Org, type: string): Fields {
  const { fields } = definitionOf(org, type);
  const unset = [...fields.values()].filter((field) => field.type === 'boolean' && !field.readOnly);
  return {
    ...Object.fromEntries(unset.map(({ name }) => [name, false])),
    ...(fields.has('CurrencyIsoCode') ? { CurrencyIsoCode: org.seed.currency } : {}),
  };
}

/** `INV-{000000}` counts up within its type. */
function numbered(org: Org, type: string): Fields {
  const name = definitionOf(org, type).fields.get('Name');
  if (!name?.readOnly || name.formula === undefined) return {};
  const next = (org.numbers.get(type) ?? 0) + 1;
  org.numbers.set(type, next);
  return {
    Name: name.formula.replace(/\{(0+)\}/, (_, zeros: string) => String(next).padStart(zeros.length, '0')),
  };
}

export function updateRecord({ world, org }: Place, type: string, id: string, given: Given): SfRecord {
  const record = existing(org, type, id);
  if (world.faults.take('unable-to-lock-row'))
    throw new RecordRefusal(
      'UNABLE_TO_LOCK_ROW',
      'unable to obtain exclusive access to this record or 1 records: ' + id,
    );
  if (world.faults.take('crm-refuses'))
    throw new RecordRefusal('FIELD_CUSTOM_VALIDATION_EXCEPTION', 'A validation rule refused the record.');
  const values = checkedValues({ org, definition: definitionOf(org, type), creating: false }, given);
  requireUnique(org, type, values, record.id);
  forgetUnique(org, record, Object.keys(values));
  const before = record.values;
  record.values = { ...before, ...values };
  stamp(world, record);
  noteUnique(org, record, values);
  afterSave(world, org, record, before);
  return record;
}

/** Whatever happens to a record moves its `SystemModstamp`. */
function stamp(world: World, record: SfRecord): void {
  record.modifiedAt = world.clock.now().toISOString();
}

export type Upserted = { record: SfRecord; created: boolean };

/** By the value of a field that is an external id. */
export function upsertRecord(place: Place, type: string, field: string, given: Given): Upserted {
  const { org, world } = place;
  const definition = definitionOf(org, type).fields.get(field);
  if (!definition?.externalId) throw noSuchField(field, type);
  const value = given[field];
  if (typeof value !== 'string' || value === '')
    throw new RecordRefusal('MISSING_ARGUMENT', `${field} not specified`, [field]);
  const { [field]: _key, ...rest } = given;
  const known = org.unique.get(`${type}.${field}`)?.get(keyOf(definition, value));
  if (known) return { record: updateRecord(place, type, known, rest), created: false };
  if (world.faults.take('duplicate-value'))
    throw new RecordRefusal('DUPLICATE_VALUE', `duplicate value found: ${field} duplicates value on record`, [
      field,
    ]);
  return { record: createRecord(place, type, given), created: true };
}

/** A record by id in either length; says whether it is deleted or never was. */
export function existing(org: Org, type: string, id: string): SfRecord {
  const full = fullId(id);
  const { keyPrefix } = definitionOf(org, type);
  if (!full?.startsWith(keyPrefix))
    throw new RecordRefusal('MALFORMED_ID', `bad id ${id} for ${type}`, ['Id']);
  const found = tableOf(org, type).get(full);
  if (found) return found;
  if (org.bin.has(full)) throw new RecordRefusal('ENTITY_IS_DELETED', 'entity is deleted');
  throw new RecordRefusal('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
}

/** Puts a record into the recycle bin; details go along, and lookups to it are emptied. */
export function removeRecord(place: Place, type: string, id: string): SfRecord {
  const { org, world } = place;
  const record = existing(org, type, id);
  tableOf(org, type).delete(record.id);
  forgetUnique(org, record, Object.keys(record.values));
  record.deleted = true;
  stamp(world, record);
  org.bin.set(record.id, record);
  for (const [child, field] of pointersTo(org, record.id)) {
    if (field.masterDetail) removeRecord(place, child.type, child.id);
    else child.values[field.name] = null;
  }
  return record;
}

/** The loser goes into the bin with the survivor's id, and what pointed at it points at the survivor. */
export function mergeRecords({ org, world }: Place, type: string, masterId: string, otherId: string): void {
  if (!definitionOf(org, type).fields.has('MasterRecordId')) throw notFound(`${type} cannot be merged`);
  const [master, other] = [existing(org, type, masterId), existing(org, type, otherId)];
  for (const [child, field] of pointersTo(org, other.id)) {
    child.values[field.name] = master.id;
    stamp(world, child);
  }
  tableOf(org, type).delete(other.id);
  forgetUnique(org, other, Object.keys(other.values));
  other.deleted = true;
  other.values['MasterRecordId'] = master.id;
  for (const record of [master, other]) stamp(world, record);
  org.bin.set(other.id, other);
}

function pointersTo(org: Org, id: string): [SfRecord, FieldDefinition][] {
  return [...org.definitions.values()].flatMap(({ name, fields }) => {
    const references = [...fields.values()].filter(({ type }) => type === 'reference');
    return [...tableOf(org, name).values()].flatMap((record) =>
      references
        .filter((field) => record.values[field.name] === id)
        .map((field): [SfRecord, FieldDefinition] => [record, field]),
    );
  });
}

const uniqueFields = (org: Org, type: string): FieldDefinition[] =>
  [...definitionOf(org, type).fields.values()].filter((field) => field.unique || field.externalId);

function requireUnique(org: Org, type: string, values: Fields, own?: string): void {
  for (const field of uniqueFields(org, type)) {
    const value = values[field.name];
    if (typeof value !== 'string' || !field.unique) continue;
    const holder = org.unique.get(`${type}.${field.name}`)?.get(keyOf(field, value));
    if (holder !== undefined && holder !== own)
      throw new RecordRefusal(
        'DUPLICATE_VALUE',
        `duplicate value found: ${field.name} duplicates value on record with id: ${holder}`,
        [field.name],
      );
  }
}

function noteUnique(org: Org, record: SfRecord, values: Fields): void {
  for (const field of uniqueFields(org, record.type)) {
    const value = values[field.name];
    if (typeof value !== 'string') continue;
    const name = `${record.type}.${field.name}`;
    const known = org.unique.get(name) ?? new Map<string, string>();
    org.unique.set(name, known.set(keyOf(field, value), record.id));
  }
}

function forgetUnique(org: Org, record: SfRecord, changed: readonly string[]): void {
  for (const field of uniqueFields(org, record.type)) {
    const value = record.values[field.name];
    if (typeof value === 'string' && changed.includes(field.name))
      org.unique.get(`${record.type}.${field.name}`)?.delete(keyOf(field, value));
  }
}
