// Routes for property definitions: create, read, list, update, archive, and several at a time.
import { z } from 'zod';
import type { Route } from '../stand-in/server.ts';
import { api, bodyOf, kindIn, type ApiCall, type ApiRoom, type ScopeNeed } from './api.ts';
import { batchAnswer } from './batch.ts';
import type { PropertyType } from './builtin-properties.ts';
import type { Kind } from './kinds.ts';
import { batchProblem, invalid, notFound, Refusal, type BatchProblem } from './refusal.ts';
import { tableOf, type Portal, type PropertyDefinition } from './world.ts';

const BASE = '/crm/properties/2026-03/:objectType';
const MOST_UNIQUE = 10;
const STRICT_SCHEMAS: ReadonlySet<Kind> = new Set(['contacts', 'companies', 'deals']);

const optionSchema = z.strictObject({
  label: z.string().min(1),
  value: z.string().min(1),
  hidden: z.boolean(),
  displayOrder: z.int().optional(),
  description: z.string().optional(),
});
const shared = {
  label: z.string().min(1),
  type: z.enum(['string', 'number', 'date', 'datetime', 'enumeration', 'bool']),
  fieldType: z.enum([
    'textarea',
    'text',
    'date',
    'file',
    'number',
    'select',
    'radio',
    'checkbox',
    'booleancheckbox',
    'calculation_equation',
  ]),
  groupName: z.string().min(1),
  options: z.array(optionSchema).optional(),
  description: z.string().optional(),
  displayOrder: z.int().optional(),
  hidden: z.boolean().optional(),
  formField: z.boolean().optional(),
};
const createSchema = z.strictObject({
  name: z.string(),
  hasUniqueValue: z.boolean().optional(),
  externalOptions: z.boolean().optional(),
  ...shared,
});
const updateSchema = z.strictObject(shared).partial();
const batchSchema = z.strictObject({ inputs: z.array(createSchema).min(1).max(100) });
const namesSchema = z
  .array(z.strictObject({ name: z.string() }))
  .min(1)
  .max(100);
const readSchema = z.strictObject({ inputs: namesSchema, archived: z.boolean() });
const archiveSchema = z.strictObject({ inputs: namesSchema });

type Wish = z.infer<typeof createSchema>;

const FIELDS: Record<PropertyType, readonly string[]> = {
  string: ['text', 'textarea', 'file', 'calculation_equation'],
  number: ['number', 'calculation_equation'],
  date: ['date'],
  datetime: ['date'],
  enumeration: ['select', 'radio', 'checkbox', 'booleancheckbox'],
  bool: ['booleancheckbox', 'calculation_equation'],
};

/** Contacts, companies and deals have schema scopes of their own; the commerce types make do with the object's. */
export function schemaScopes(verb: 'read' | 'write'): (call: ApiCall) => ScopeNeed {
  return (call) => {
    const { scope, kind } = kindIn(call);
    const write = [`crm.schemas.${scope}.write`];
    if (!STRICT_SCHEMAS.has(kind)) write.push(`crm.objects.${scope}.write`, 'e-commerce');
    if (verb === 'write') return [write];
    return [[`crm.schemas.${scope}.read`, `crm.objects.${scope}.read`, ...write]];
  };
}

export function propertyRoutes(room: ApiRoom): Route[] {
  const read = { needs: schemaScopes('read') };
  const write = { needs: schemaScopes('write') };
  return [
    { method: 'POST', path: `${BASE}/batch/create`, handler: api(room, write, createMany) },
    { method: 'POST', path: `${BASE}/batch/read`, handler: api(room, read, readMany) },
    { method: 'POST', path: `${BASE}/batch/archive`, handler: api(room, write, archiveMany) },
    { method: 'GET', path: BASE, handler: api(room, read, list) },
    { method: 'POST', path: BASE, handler: api(room, write, createOne) },
    { method: 'GET', path: `${BASE}/:name`, handler: api(room, read, readOne) },
    { method: 'PATCH', path: `${BASE}/:name`, handler: api(room, write, updateOne) },
    { method: 'DELETE', path: `${BASE}/:name`, handler: api(room, write, archiveOne) },
  ];
}

/** A definition as HubSpot shows it. */
export function propertyShown({ readOnly, ...definition }: PropertyDefinition): object {
  return {
    ...definition,
    calculated: false,
    externalOptions: false,
    archived: false,
    modificationMetadata: {
      archivable: !definition.hubspotDefined,
      readOnlyDefinition: definition.hubspotDefined,
      readOnlyValue: readOnly,
    },
  };
}

function create(call: ApiCall, kind: Kind, wish: Wish): PropertyDefinition {
  const { portal } = call;
  const table = tableOf(portal.properties, kind);
  checkName(wish.name);
  if (table.has(wish.name))
    throw new Refusal(409, 'OBJECT_ALREADY_EXISTS', `A property named '${wish.name}' already exists.`, {
      subCategory: 'Properties.PROPERTY_EXISTS',
      context: { propertyName: [wish.name] },
    });
  checkShape(wish);
  checkGroup(portal, kind, wish.groupName);
  const uniques = [...table.values()].filter((p) => p.hasUniqueValue && !p.hubspotDefined).length;
  if (wish.hasUniqueValue && uniques >= MOST_UNIQUE)
    throw invalid(`The limit of ${MOST_UNIQUE} properties with unique values is reached for ${kind}`);
  const now = call.world.clock.now().toISOString();
  const definition: PropertyDefinition = {
    name: wish.name,
    label: wish.label,
    type: wish.type,
    fieldType: wish.fieldType,
    groupName: wish.groupName,
    description: wish.description ?? '',
    options: (wish.options ?? []).map(cleanOption),
    displayOrder: wish.displayOrder ?? -1,
    hasUniqueValue: wish.hasUniqueValue ?? false,
    hidden: wish.hidden ?? false,
    formField: wish.formField ?? false,
    hubspotDefined: false,
    readOnly: false,
    createdAt: now,
    updatedAt: now,
  };
  table.set(wish.name, definition);
  return definition;
}

const cleanOption = ({ label, value, hidden, displayOrder, description }: z.infer<typeof optionSchema>) => ({
  label,
  value,
  hidden,
  ...(displayOrder === undefined ? {} : { displayOrder }),
  ...(description === undefined ? {} : { description }),
});

function checkName(name: string): void {
  if (!/^[a-z][a-z0-9_]{0,99}$/.test(name))
    throw invalid(
      `Property name '${name}' is invalid: lower-case letters, digits and underscores, starting with a letter`,
    );
  if (name.startsWith('hs_')) throw invalid(`Property name '${name}' is invalid: the prefix hs_ is reserved`);
}

function checkShape(
  wish: Pick<Wish, 'type' | 'fieldType' | 'options'> & { hasUniqueValue?: boolean | undefined },
) {
  if (!FIELDS[wish.type].includes(wish.fieldType))
    throw invalid(`Property type ${wish.type} does not go with field type ${wish.fieldType}`);
  const values = (wish.options ?? []).map((option) => option.value);
  if (new Set(values).size !== values.length) throw invalid('Property option values must be unique');
  if (wish.type === 'enumeration' && values.length === 0)
    throw invalid('A property of type enumeration needs options');
  if (wish.hasUniqueValue && wish.type !== 'string' && wish.type !== 'number')
    throw invalid(`A property of type ${wish.type} cannot have unique values`);
}

function checkGroup(portal: Portal, kind: Kind, groupName: string): void {
  if (!tableOf(portal.groups, kind).has(groupName))
    throw invalid(`Property group '${groupName}' does not exist for ${kind}`);
}

function find(call: ApiCall): PropertyDefinition {
  const name = call.request.params['name'] ?? '';
  const found = tableOf(call.portal.properties, kindIn(call).kind).get(name);
  if (!found) throw notFound(`Property ${name} does not exist`);
  return found;
}

function list(call: ApiCall) {
  const table = tableOf(call.portal.properties, kindIn(call).kind);
  return { status: 200, body: { results: [...table.values()].map(propertyShown) } };
}

function createOne(call: ApiCall) {
  const wish = bodyOf(call.request, createSchema);
  return { status: 201, body: propertyShown(create(call, kindIn(call).kind, wish)) };
}

const readOne = (call: ApiCall) => ({ status: 200, body: propertyShown(find(call)) });

function updateOne(call: ApiCall) {
  const changes = bodyOf(call.request, updateSchema);
  const found = find(call);
  if (found.hubspotDefined)
    throw invalid(`Property ${found.name} is defined by HubSpot and cannot be changed`);
  const next = { ...found, ...defined(changes), updatedAt: call.world.clock.now().toISOString() };
  if (changes.groupName) checkGroup(call.portal, kindIn(call).kind, changes.groupName);
  checkShape({ ...bare(next), hasUniqueValue: next.hasUniqueValue });
  tableOf(call.portal.properties, kindIn(call).kind).set(found.name, next);
  return { status: 200, body: propertyShown(next) };
}

const bare = (definition: PropertyDefinition): Pick<Wish, 'type' | 'fieldType' | 'options'> => ({
  type: definition.type,
  fieldType: shared.fieldType.parse(definition.fieldType),
  options: definition.options,
});

function defined({ options, ...changes }: z.infer<typeof updateSchema>): Partial<PropertyDefinition> {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  return { ...given, ...(options ? { options: options.map(cleanOption) } : {}) };
}

function remove(call: ApiCall, name: string): void {
  const table = tableOf(call.portal.properties, kindIn(call).kind);
  if (table.get(name)?.hubspotDefined)
    throw invalid(`Property ${name} is defined by HubSpot and cannot be archived`);
  table.delete(name);
}

function archiveOne(call: ApiCall) {
  remove(call, find(call).name);
  return { status: 204 };
}

function archiveMany(call: ApiCall) {
  for (const { name } of bodyOf(call.request, archiveSchema).inputs) remove(call, name);
  return { status: 204 };
}

function createMany(call: ApiCall) {
  const { inputs } = bodyOf(call.request, batchSchema);
  const results: object[] = [];
  const problems: BatchProblem[] = [];
  for (const wish of inputs) {
    try {
      results.push(propertyShown(create(call, kindIn(call).kind, wish)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const category = error.answer.status === 409 ? 'OBJECT_ALREADY_EXISTS' : 'VALIDATION_ERROR';
      problems.push(batchProblem(category, error.message, { name: [wish.name] }));
    }
  }
  return batchAnswer(call, 201, results, problems);
}

function readMany(call: ApiCall) {
  const { inputs } = bodyOf(call.request, readSchema);
  const table = tableOf(call.portal.properties, kindIn(call).kind);
  const results = inputs.flatMap(({ name }) => table.get(name) ?? []).map(propertyShown);
  const problems = inputs
    .filter(({ name }) => !table.has(name))
    .map(({ name }) => batchProblem('OBJECT_NOT_FOUND', `Property ${name} does not exist`, { name: [name] }));
  return batchAnswer(call, 200, results, problems);
}
