// The settings page's contract: what it shows to whom, and what an admin may change.
import { z } from 'zod';
import { joinCodeSchema, otherCrmSchema } from './other-crm-schema.ts';

export const roleSchema = z.enum(['viewer', 'rep', 'finance', 'admin']);
export const payPageSchema = z.enum(['embedded', 'hosted']);
export const crmEditsSchema = z.enum(['repair', 'keep']);

const brandSchema = z.strictObject({
  name: z.string(),
  logoUrl: z.string().nullable(),
  /** `#rrggbb` */
  color: z.string(),
});

const accountSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  mode: z.enum(['live', 'test']),
  state: z.enum(['importing', 'connected', 'disconnected']),
  stateText: z.string(),
  tone: z.enum(['info', 'success', 'warning']),
  importing: z
    .strictObject({
      done: z.int(),
      total: z.int().nullable(),
      paused: z.boolean(),
      /** How it is with the import, in a word or two. */
      word: z.string(),
    })
    .nullable(),
  connectedAt: z.string(),
  verifiedAt: z.string().nullable(),
  verifiedText: z.string(),
});

const personSchema = z.strictObject({
  userId: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  role: roleSchema,
  isYou: z.boolean(),
});

/** What only an admin sees. */
const adminPartSchema = z.strictObject({
  people: z.array(personSchema),
  /** Why the list of people is not whole; null when it is. */
  peopleNote: z.string().nullable(),
  timeZones: z.array(z.string()),
  /** Signed and short-lived: opens the connect page in a tab of its own. */
  connectUrl: z.url(),
  installation: z.strictObject({
    portalId: z.string(),
    installedAt: z.string(),
    installedText: z.string(),
    /** Optional permissions the portal did not grant. */
    missingScopes: z.array(z.string()),
    mirrorsInvoices: z.boolean(),
  }),
  otherCrm: otherCrmSchema,
  /** What was given up on and waits for a person, of every kind; null when there is nothing. */
  givenUp: z.strictObject({ count: z.int(), title: z.string(), text: z.string() }).nullable(),
  /** What somebody edited in this CRM and is left so, those that have been there longest by name; null when there is nothing. */
  keptEdits: z
    .strictObject({
      count: z.int(),
      title: z.string(),
      text: z.string(),
      records: z.array(z.strictObject({ id: z.string(), text: z.string() })),
    })
    .nullable(),
});

export const settingsViewSchema = z.strictObject({
  role: roleSchema,
  brand: brandSchema,
  timeZone: z.string(),
  payPage: payPageSchema,
  linkOnRecord: z.boolean(),
  /** Whether edits of what Payside wrote to the CRM are put right, or kept and shown. */
  crmEdits: crmEditsSchema,
  /** test: nothing is written back; test_portal: test money in a portal made for trying. */
  mode: z.enum(['live', 'test_portal', 'test', 'not_connected']),
  modeText: z.string(),
  accounts: z.array(accountSchema),
  admin: adminPartSchema.nullable(),
});

/** Fields left out stay as they are. Whether a value makes sense is judged field by field, so that each can be told. */
export const settingsRequestSchema = z.strictObject({
  operationId: z.uuid(),
  brand: z
    .strictObject({
      name: z.string().max(200),
      logoUrl: z.string().max(2_000).nullable(),
      color: z.string().max(20),
    })
    .optional(),
  timeZone: z.string().max(64).optional(),
  payPage: payPageSchema.optional(),
  linkOnRecord: z.boolean().optional(),
  crmEdits: crmEditsSchema.optional(),
  /** Puts right now what was edited in the CRM of whoever asks, and kept. */
  putRight: z.literal(true).optional(),
  /** What an admin wants of the import of an account. */
  history: z
    .strictObject({ account: z.string().max(64), wish: z.enum(['pause', 'resume', 'again']) })
    .optional(),
  roles: z
    .array(z.strictObject({ userId: z.string().regex(/^(\d{1,20}|005[a-zA-Z0-9]{15})$/), role: roleSchema }))
    .min(1)
    .max(200)
    .optional(),
});

export const settingsFieldSchema = z.enum([
  'brand.name',
  'brand.logoUrl',
  'brand.color',
  'timeZone',
  'roles',
]);

export const settingsAnswerSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), view: settingsViewSchema }),
  z.strictObject({
    ok: z.literal(false),
    code: z.string(),
    message: z.string(),
    retry: z.enum(['never', 'later', 'after-reauth']),
    problems: z.array(z.strictObject({ field: settingsFieldSchema, message: z.string() })).optional(),
  }),
]);

export const otherCrmAnswerSchema = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    view: settingsViewSchema,
    message: z.string(),
    code: joinCodeSchema.nullable(),
  }),
  z.strictObject({
    ok: z.literal(false),
    code: z.string(),
    message: z.string(),
    retry: z.enum(['never', 'later', 'after-reauth']),
  }),
]);

export type OtherCrmAnswer = z.infer<typeof otherCrmAnswerSchema>;
export type SettingsView = z.infer<typeof settingsViewSchema>;
export type SettingsRequest = z.infer<typeof settingsRequestSchema>;
export type SettingsAnswer = z.infer<typeof settingsAnswerSchema>;
export type SettingsProblem = { field: z.infer<typeof settingsFieldSchema>; message: string };
