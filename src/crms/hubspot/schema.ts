// Our property groups and properties in a portal: made when missing, upgraded in place, never retyped.
import type { Client } from '@hubspot/api-client';
import fields from '../../../manifests/crm-fields.json' with { type: 'json' };
import type { CrmConnection } from '../crm.ts';
import type { Ask, AskFor } from './client.ts';

/** HubSpot's name of a canonical summary field. */
export const propertyNames: ReadonlyMap<string, string> = new Map(
  fields.summary.map(({ field, name }) => [field, name]),
);

/** The property of ours by which mirrored records are found again. */
export const OWN_ID = fields.owned.name;

type PropertyCreate = Parameters<Client['crm']['properties']['coreApi']['create']>[1];
type Option = { value: string; label: string };
type Field = {
  name: string;
  label: string;
  type: string;
  description: string;
  options?: Option[];
  unique?: boolean;
};

const SUMMARY: readonly Field[] = fields.summary;
const OWNED: readonly Field[] = [{ ...fields.owned, unique: true }];

/** What each object type gets. */
const SCHEMAS = {
  summary: [
    { objectType: 'contacts', fields: SUMMARY },
    { objectType: 'companies', fields: SUMMARY },
    { objectType: 'deals', fields: SUMMARY },
  ],
  invoices: [
    { objectType: 'invoices', fields: [...OWNED, ...(fields.invoice as Field[])] },
    { objectType: 'line_items', fields: OWNED },
  ],
  payments: [{ objectType: 'commerce_payments', fields: OWNED }],
};

const KINDS: Record<string, Pick<PropertyCreate, 'type' | 'fieldType'>> = {
  number: { type: 'number', fieldType: 'number' },
  string: { type: 'string', fieldType: 'text' },
  enumeration: { type: 'enumeration', fieldType: 'select' },
  datetime: { type: 'datetime', fieldType: 'date' },
  date: { type: 'date', fieldType: 'date' },
} as Record<string, Pick<PropertyCreate, 'type' | 'fieldType'>>;

export type Provision = (
  connection: CrmConnection,
  schema: keyof typeof SCHEMAS,
  currency: string,
) => Promise<number>;

/** @returns how many groups and properties were made */
export const createProvision =
  (askFor: AskFor): Provision =>
  async (connection, schema, currency) => {
    const ask = askFor(connection);
    let created = 0;
    for (const { objectType, fields: wanted } of SCHEMAS[schema]) {
      created += await ensureGroup(ask, objectType);
      const known = await ask((client) => client.crm.properties.coreApi.getAll(objectType));
      const present = new Map(known.results.map((property) => [property.name, property]));
      const missing = wanted.filter(({ name }) => !present.has(name));
      if (missing.length > 0) await create(ask, objectType, missing, currency);
      created += missing.length;
      for (const field of wanted)
        await addOptions(ask, objectType, field, present.get(field.name)?.options ?? []);
    }
    return created;
  };

export type Lacks = (connection: CrmConnection, schema: keyof typeof SCHEMAS) => Promise<string[]>;

/** @returns `object.field`, or `object.field: option` */
export const createLacks =
  (askFor: AskFor): Lacks =>
  async (connection, schema) => {
    const ask = askFor(connection);
    const lacking: string[] = [];
    for (const { objectType, fields: wanted } of SCHEMAS[schema]) {
      const known = await ask((client) => client.crm.properties.coreApi.getAll(objectType));
      const present = new Map(known.results.map((property) => [property.name, property]));
      for (const field of wanted)
        lacking.push(...lackingOf(`${objectType}.${field.name}`, field, present.get(field.name)));
    }
    return lacking;
  };

function lackingOf(name: string, { options = [] }: Field, property?: { options?: Option[] }): string[] {
  if (!property) return [name];
  const known = new Set((property.options ?? []).map(({ value }) => value));
  return options.filter(({ value }) => !known.has(value)).map(({ value }) => `${name}: ${value}`);
}

async function ensureGroup(ask: Ask, objectType: string): Promise<number> {
  const groups = await ask((client) => client.crm.properties.groupsApi.getAll(objectType));
  if (groups.results.some(({ name }) => name === fields.group.name)) return 0;
  await ask((client) =>
    client.crm.properties.groupsApi.create(objectType, { ...fields.group, displayOrder: -1 }),
  );
  return 1;
}

async function create(ask: Ask, objectType: string, missing: Field[], currency: string): Promise<void> {
  const inputs = missing.map((field) => ({
    name: field.name,
    label: field.label.replace('{currency}', currency),
    description: field.description,
    groupName: fields.group.name,
    ...kindOf(field),
    ...(field.unique ? { hasUniqueValue: true } : {}),
    ...(field.options ? { options: optionsOf(field) } : {}),
  }));
  await ask((client) =>
    client.crm.properties.batchApi.create(objectType, { inputs: inputs as PropertyCreate[] }),
  );
}

function kindOf(field: Field): Pick<PropertyCreate, 'type' | 'fieldType'> {
  const kind = KINDS[field.type];
  if (!kind) throw new Error(`no HubSpot kind for ${field.type}`);
  return kind;
}

type PropertyOption = { label: string; value: string; displayOrder: number; hidden: boolean };

const optionsOf = ({ options = [] }: Field): PropertyOption[] =>
  options.map((option, displayOrder) => ({ ...option, displayOrder, hidden: false }));

/** An option an admin removed, or a newer version brought, is added back; what an admin added stays. */
async function addOptions(
  ask: Ask,
  objectType: string,
  field: Field,
  present: { label: string; value: string; hidden: boolean }[],
): Promise<void> {
  const known = new Set(present.map(({ value }) => value));
  const added = optionsOf(field).filter(({ value }) => !known.has(value));
  if (present.length === 0 || added.length === 0) return;
  const options = [...present, ...added].map(({ label, value, hidden }, displayOrder) => ({
    label,
    value,
    hidden,
    displayOrder,
  }));
  await ask((client) => client.crm.properties.coreApi.update(objectType, field.name, { options }));
}
