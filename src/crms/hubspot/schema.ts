// Our property group and properties in a portal: made when missing, upgraded in place, never retyped.
import type { Client } from '@hubspot/api-client';
import fields from '../../../manifests/crm-fields.json' with { type: 'json' };
import type { CrmConnection } from '../crm.ts';
import type { Ask, AskFor } from './client.ts';

export const SUMMARY_OBJECTS = ['contacts', 'companies', 'deals'] as const;

/** HubSpot's name of a canonical summary field. */
export const propertyNames: ReadonlyMap<string, string> = new Map(
  fields.summary.map(({ field, name }) => [field, name]),
);

type PropertyCreate = Parameters<Client['crm']['properties']['coreApi']['create']>[1];
type Field = (typeof fields.summary)[number];

const KINDS: Record<string, { type: PropertyCreate['type']; fieldType: PropertyCreate['fieldType'] }> = {
  number: { type: 'number', fieldType: 'number' },
  string: { type: 'string', fieldType: 'text' },
  enumeration: { type: 'enumeration', fieldType: 'select' },
  datetime: { type: 'datetime', fieldType: 'date' },
  date: { type: 'date', fieldType: 'date' },
} as Record<string, { type: PropertyCreate['type']; fieldType: PropertyCreate['fieldType'] }>;

export const createProvision =
  (askFor: AskFor) =>
  async (connection: CrmConnection, currency: string): Promise<number> => {
    const ask = askFor(connection);
    let created = 0;
    for (const objectType of SUMMARY_OBJECTS) {
      created += await ensureGroup(ask, objectType);
      const known = await ask((client) => client.crm.properties.coreApi.getAll(objectType));
      const present = new Map(known.results.map((property) => [property.name, property]));
      const missing = fields.summary.filter(({ name }) => !present.has(name));
      if (missing.length > 0) await create(ask, objectType, missing, currency);
      created += missing.length;
      for (const field of fields.summary)
        await addOptions(ask, objectType, field, present.get(field.name)?.options ?? []);
    }
    return created;
  };

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
    ...('options' in field && field.options ? { options: optionsOf(field) } : {}),
  }));
  await ask((client) =>
    client.crm.properties.batchApi.create(objectType, { inputs: inputs as PropertyCreate[] }),
  );
}

function kindOf(field: Field): { type: PropertyCreate['type']; fieldType: PropertyCreate['fieldType'] } {
  const kind = KINDS[field.type];
  if (!kind) throw new Error(`no HubSpot kind for ${field.type}`);
  return kind;
}

const optionsOf = (field: Field): { label: string; value: string; displayOrder: number; hidden: boolean }[] =>
  (('options' in field && field.options) || []).map((option, displayOrder) => ({
    ...option,
    displayOrder,
    hidden: false,
  }));

/** An option an admin removed, or a newer version brought, is added back; what an admin added stays. */
async function addOptions(
  ask: Ask,
  objectType: string,
  field: Field,
  present: { value: string }[],
): Promise<void> {
  const wanted = optionsOf(field);
  if (present.length === 0 || wanted.every(({ value }) => present.some((option) => option.value === value)))
    return;
  const kept = present as { label: string; value: string; displayOrder?: number; hidden: boolean }[];
  const added = wanted.filter(({ value }) => !present.some((option) => option.value === value));
  const options = [...kept, ...added].map(({ label, value, hidden }, displayOrder) => ({
    label,
    value,
    hidden,
    displayOrder,
  }));
  await ask((client) => client.crm.properties.coreApi.update(objectType, field.name, { options }));
}
