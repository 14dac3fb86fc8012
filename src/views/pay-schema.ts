// The pay page's contract: what the page shows and what its script may ask for.
import { z } from 'zod';
import { amountSchema } from './amount.ts';

export const payStates = [
  'ready',
  'processing',
  'paid',
  'expired',
  'void',
  'superseded',
  'unavailable',
] as const;

export const payViewSchema = z.strictObject({
  state: z.enum(payStates),
  testMode: z.boolean(),
  merchant: z.strictObject({
    name: z.string(),
    logoUrl: z.string().nullable(),
    color: z.string().regex(/^#[0-9a-f]{6}$/i),
  }),
  number: z.string(),
  memo: z.string().nullable(),
  lines: z.array(z.strictObject({ description: z.string(), quantity: z.string(), amount: amountSchema })),
  tax: amountSchema.nullable(),
  total: amountSchema,
  due: amountSchema,
  dueDate: z.string().nullable(),
  overdue: z.boolean(),
  receipt: z
    .strictObject({ amount: amountSchema, paidAt: z.string().nullable(), methodText: z.string().nullable() })
    .nullable(),
  /** null where the gateway cannot keep a method for this invoice. */
  saveForLater: z.strictObject({ text: z.string() }).nullable(),
  /** The gateway's own page, offered when ours cannot collect. */
  hostedUrl: z.string().nullable(),
});

export type PayView = z.infer<typeof payViewSchema>;

/** `POST /pay/:token/session`: asks for the one payment open for this invoice. */
export const sessionRequestSchema = z.strictObject({ saveForLater: z.boolean() });

export const sessionAnswerSchema = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    clientSecret: z.string(),
    publishableKey: z.string(),
    /** Amount the gateway will take, in the gateway's own smallest unit is never used: this is ours. */
    amount: amountSchema,
  }),
  z.strictObject({ ok: z.literal(false), view: payViewSchema }),
]);

export type SessionAnswer = z.infer<typeof sessionAnswerSchema>;

/** `POST /pay/:token/progress`: what the payer is doing, for the rep who watches. */
export const progressRequestSchema = z.strictObject({
  stage: z.enum(['opened', 'typing', 'authenticating', 'submitted', 'declined']),
});
