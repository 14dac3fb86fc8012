// What a field of a record shows: stored values, what the platform keeps, and what it computes.
import type { FieldDefinition } from './definitions.ts';
import type { Fields, FieldValue } from './types.ts';
import { definitionOf, type Org, type SfRecord } from './world.ts';

/** `2031-03-01T10:00:00.000+0000`, as Salesforce writes it. */
const salesforceTime = (iso: string): string => new Date(iso).toISOString().replace('Z', '+0000');

const words = (...parts: (FieldValue | undefined)[]): string => parts.filter(Boolean).join(' ');

type Compute = (record: SfRecord, org: Org) => FieldValue;

const SYSTEM: Record<string, Compute> = {
  Id: ({ id }) => id,
  IsDeleted: ({ deleted }) => deleted,
  CreatedDate: ({ createdAt }) => salesforceTime(createdAt),
  LastModifiedDate: ({ modifiedAt }) => salesforceTime(modifiedAt),
  SystemModstamp: ({ modifiedAt }) => salesforceTime(modifiedAt),
};

const COMPUTED: Record<string, Compute> = {
  'Contact.Name': ({ values }) => words(values['FirstName'], values['LastName']),
  'Individual.Name': ({ values }) => words(values['FirstName'], values['LastName']),
  'Opportunity.IsWon': ({ values }) => values['StageName'] === 'Closed Won',
  'OpportunityLineItem.Name': ({ values }, org) =>
    words(nameIn(org, 'Opportunity', values['OpportunityId']), nameIn(org, 'Product2', values['Product2Id'])),
  'OpportunityLineItem.TotalPrice': ({ values }) => {
    const [quantity, price, discount] = ['Quantity', 'UnitPrice', 'Discount'].map((name) =>
      Number(values[name] ?? 0),
    );
    const full = (quantity ?? 0) * (price ?? 0);
    return Number((full * (1 - (discount ?? 0) / 100)).toFixed(2));
  },
};

const nameIn = (org: Org, type: string, id: FieldValue | undefined): FieldValue =>
  org.tables.get(type)?.get(String(id))?.values['Name'] ?? null;

export function valueOf(org: Org, record: SfRecord, field: FieldDefinition): FieldValue {
  const compute = SYSTEM[field.name] ?? COMPUTED[`${record.type}.${field.name}`];
  if (compute) return compute(record, org);
  const value = record.values[field.name] ?? null;
  return field.type === 'datetime' && typeof value === 'string' ? salesforceTime(value) : value;
}

/** Every field of a record, as the screen shows it. */
export const fieldsShown = (org: Org, record: SfRecord): Fields =>
  Object.fromEntries(
    [...definitionOf(org, record.type).fields.values()].map((field) => [
      field.name,
      valueOf(org, record, field),
    ]),
  );
