// What a card sends to start an operation: one strict schema a kind; amounts are text until `money` reads them.
import { z } from 'zod';

const operationId = z.uuid();
const invoiceId = z.string().regex(/^[A-Za-z0-9_]{3,64}$/);
const customerId = z.string().regex(/^[A-Za-z0-9_]{3,64}$/);
const typedAmount = z.string().max(40);
const currency = z.string().regex(/^[A-Z]{3}$/);
const day = z.iso.date();
const memo = z.string().max(500);

const line = z.strictObject({
  description: z.string().min(1).max(250),
  quantity: z.int().min(1).max(100_000),
  amount: typedAmount,
});

export const operationRequests = {
  'create-invoice': z.strictObject({
    operationId,
    currency,
    /** `record`: the deal's own line items; otherwise the lines typed in. */
    lines: z.union([z.literal('record'), z.array(line).min(1).max(50)]),
    dueDate: day,
    memo: memo.optional(),
    taxRateId: z
      .string()
      .regex(/^[A-Za-z0-9_]{3,64}$/)
      .optional(),
    send: z.boolean(),
    /** Invoice whose reversed amount this one collects. */
    replaces: invoiceId.optional(),
  }),
  'send-invoice': z.strictObject({ operationId, invoiceId }),
  'void-invoice': z.strictObject({ operationId, invoiceId }),
  'create-link': z.strictObject({
    operationId,
    currency,
    amount: typedAmount,
    description: z.string().min(1).max(250),
    memo: memo.optional(),
  }),
  'charge-saved-method': z
    .strictObject({
      operationId,
      invoiceId,
      methodId: z.string().regex(/^[A-Za-z0-9_]{3,64}$/),
      /** What the person was shown, in minor units: whatever else the gateway would take by now is not taken. */
      amountMinor: z.int().positive().optional(),
      /** The same in major units of the invoice's currency, for who cannot count in minor ones. */
      amount: typedAmount.optional(),
    })
    .refine(({ amountMinor, amount }) => (amountMinor === undefined) !== (amount === undefined), {
      error: 'Say the amount once, as amountMinor or as amount.',
    }),
  'return-credit': z.strictObject({ operationId, currency, amount: typedAmount }),
  'assign-payer': z.strictObject({ operationId, customerId }),
  'release-payer': z.strictObject({ operationId, customerId }),
} as const;

export type OperationRequests = {
  [K in keyof typeof operationRequests]: z.infer<(typeof operationRequests)[K]>;
};
