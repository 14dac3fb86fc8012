// The declaration of what Payside keeps in Salesforce, read once from `manifests/salesforce-objects.json`.
import { z } from 'zod';
import objects from '../../../manifests/salesforce-objects.json' with { type: 'json' };

const role = z.enum(['viewer', 'rep', 'finance', 'admin', 'integration']);

const said = z.string().min(1);
const sentence = z.string().regex(/^[A-Z“].*\.$/s);
const canonical = z.string().regex(/^[a-z][a-z_]*$/);
const label = z.string().min(1).max(40);

const common = {
  field: canonical,
  name: z.string().regex(/^[A-Z][A-Za-z]*(_[A-Z][A-Za-z]*)*__c$/),
  label,
  required: z.literal(true).optional(),
  /** Whether Salesforce keeps the history of the field. */
  history: z.literal(true).optional(),
  unit: said,
  description: sentence,
  source: said,
  access: z.enum(['kept', 'computed', 'published']),
};

const digits = { precision: z.int().max(18), scale: z.int().max(8) };
const formula = said.optional();
const reference = { to: z.string(), relationship: z.string().regex(/^[A-Z][A-Za-z_]*$/) };
const option = z.strictObject({ value: canonical, label });

const fieldSchema = z.discriminatedUnion('type', [
  z.strictObject({
    ...common,
    type: z.literal('Text'),
    length: z.int().max(255),
    unique: z.literal(true).optional(),
  }),
  z.strictObject({ ...common, type: z.literal('Number'), ...digits, formula }),
  z.strictObject({ ...common, type: z.literal('Currency'), ...digits }),
  z.strictObject({ ...common, type: z.literal('Checkbox'), formula: said }),
  z.strictObject({ ...common, type: z.enum(['Date', 'DateTime', 'Url']) }),
  z.strictObject({ ...common, type: z.literal('Picklist'), options: z.array(option).min(1) }),
  z.strictObject({ ...common, type: z.literal('Lookup'), ...reference }),
  z.strictObject({ ...common, type: z.literal('MasterDetail'), ...reference, order: z.int().max(1) }),
]);

const nameField = z.discriminatedUnion('type', [
  z.strictObject({
    field: canonical,
    label,
    type: z.literal('Text'),
    description: sentence,
    source: said,
  }),
  z.strictObject({
    label,
    type: z.literal('AutoNumber'),
    format: z.string().regex(/^[A-Z]+-\{0+\}$/),
    description: sentence,
    source: said,
  }),
]);

const named = { kind: canonical, label, plural: label, description: sentence };

const objectSchema = z.strictObject({
  ...named,
  name: z.string().regex(/^Payside_[A-Za-z_]+__c$/),
  nameField,
  sharing: z.enum(['Private', 'ControlledByParent']),
  activities: z.boolean(),
  history: z.boolean(),
  search: z.boolean(),
  /** What lists, searches and the head of a page show. */
  columns: z.array(z.string()).min(1),
  fields: z.array(fieldSchema).min(1),
});

const declarationSchema = z.strictObject({
  schemaVersion: z.int().min(1),
  /** Of the managed package; empty where the source is deployed as it is. */
  namespace: z.string(),
  /** Where the connector puts the token that this org calls it with. */
  credential: z.strictObject({
    namedCredential: said,
    externalCredential: said,
    principal: said,
    parameter: said,
  }),
  access: z.record(
    z.enum(['kept', 'computed', 'published']),
    z.strictObject({ read: z.array(role), write: z.array(role) }),
  ),
  summary: z.strictObject({
    objects: z.array(z.enum(['Contact', 'Account', 'Opportunity'])),
    fields: z.array(fieldSchema).min(1),
  }),
  objects: z.array(objectSchema).min(1),
  event: z.strictObject({
    ...named,
    name: z.string().regex(/^Payside_[A-Za-z_]+__e$/),
    fields: z.array(fieldSchema).min(1),
  }),
});

export type Role = z.infer<typeof role>;
export type Field = z.infer<typeof fieldSchema>;
export type OwnObject = z.infer<typeof objectSchema>;
export type Declaration = z.infer<typeof declarationSchema>;

export const ROLES = role.options;
export const declaration: Declaration = declarationSchema.parse(objects);
