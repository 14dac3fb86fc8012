// The records of a list view: filtered as the view's own metadata says, worded as the screen shows them.
import type { FieldDefinition } from './definitions.ts';
import type { Filter, ListViewFile } from './host-layout.ts';
import { nameOf, written } from './host-records.ts';
import { valueOf } from './shown.ts';
import type { FieldValue } from './types.ts';
import { definitionOf, tableOf, type Org, type SfRecord } from './world.ts';

type Place = { org: Org; now: Date };
type Wish = { fields: string[]; pageSize: number };

type ShownField = { value: unknown; displayValue: string | null };
export type ListRecords = {
  count: number;
  nextPageToken: string | null;
  records: { id: string; apiName: string; fields: Record<string, ShownField> }[];
};

export function listRecords(place: Place, view: ListViewFile, { fields, pageSize }: Wish): ListRecords {
  const all = [...tableOf(place.org, view.type).values()].filter((record) =>
    view.filters.every((filter) => fits(place, record, filter)),
  );
  const paths = fields.map((field) => field.split('.').slice(1));
  const records = all.slice(0, pageSize).map((record) => ({
    id: record.id,
    apiName: record.type,
    fields: Object.fromEntries(
      paths.map(([name = '', ...rest]) => [name, shown(place, record, { name, rest })]),
    ),
  }));
  return { count: records.length, nextPageToken: all.length > pageSize ? String(pageSize) : null, records };
}

const DAY_MS = 86_400_000;

const today = ({ org, now }: Place): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: org.seed.timeZone, dateStyle: 'short' }).format(now);

/** The stand-in works no formulas out; these are the ones that lists ask for. */
const FORMULAS: Record<string, (place: Place, record: SfRecord) => FieldValue> = {
  Overdue__c: (place, { values }) =>
    values['State__c'] === 'open' &&
    Number(values['Due_Minor__c'] ?? 0) > 0 &&
    String(values['Due_Date__c'] ?? '9999') < today(place),
  Days_Overdue__c: (place, { values }) =>
    Math.max(
      0,
      (Date.parse(today(place)) - Date.parse(String(values['Due_Date__c'] ?? today(place)))) / DAY_MS,
    ),
};

function current(place: Place, record: SfRecord, name: string): FieldValue {
  const formula = FORMULAS[name];
  if (formula) return formula(place, record);
  const field = definitionOf(place.org, record.type).fields.get(name);
  return field ? valueOf(place.org, record, field) : null;
}

function fits(place: Place, record: SfRecord, { field, operation, value }: Filter): boolean {
  const found = current(place, record, field);
  const recent = /^LAST_N_DAYS:(\d+)$/.exec(value);
  if (recent) return Date.parse(String(found)) >= place.now.getTime() - Number(recent[1]) * DAY_MS;
  const wanted = new Set(value.split(',').map((one) => one.trim()));
  const isOne = typeof found === 'boolean' ? wanted.has(found ? '1' : '0') : wanted.has(String(found));
  return operation === 'notEqual' ? !isOne : isOne;
}

function shown(place: Place, record: SfRecord, { name, rest }: { name: string; rest: string[] }): ShownField {
  if (name === 'Name') return { value: nameOf(place.org, record), displayValue: null };
  if (rest.length > 0) return { value: parentOf(place, record, name), displayValue: null };
  const value = current(place, record, name);
  const field = definitionOf(place.org, record.type).fields.get(name);
  return { value, displayValue: field ? worded(value, field, place.org) : null };
}

const worded = (value: FieldValue, field: FieldDefinition, org: Org): string | null =>
  written(value, field, org.seed.timeZone) || null;

/** A record above, as far as its name. */
function parentOf({ org }: Place, record: SfRecord, relation: string): object | null {
  const field = [...definitionOf(org, record.type).fields.values()].find(
    ({ relationshipName }) => relationshipName === relation,
  );
  const id = field && record.values[field.name];
  const parent = field?.referenceTo ? org.tables.get(field.referenceTo)?.get(String(id)) : undefined;
  return parent ? { fields: { Name: { value: nameOf(org, parent), displayValue: null } } } : null;
}
