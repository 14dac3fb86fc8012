// The card view's contract: everything a card shows, ready to lay out. The cards' types are generated from it.
import { z } from 'zod';
import { amountSchema } from './amount.ts';

/** Kinds of operations a card can start. */
export const operationKinds = [
  'create-invoice',
  'send-invoice',
  'void-invoice',
  'create-link',
  'charge-saved-method',
  'return-credit',
  'assign-payer',
  'release-payer',
] as const;

export const operationKindSchema = z.enum(operationKinds);

export const toneSchema = z.enum(['default', 'info', 'success', 'warning', 'danger']);

export const payerSchema = z.strictObject({ name: z.string().nullable(), email: z.string().nullable() });

const invoiceViewSchema = z.strictObject({
  id: z.string(),
  number: z.string(),
  /** draft · open · paid · void · uncollectible; unknown words are shown by `statusText`. */
  state: z.string(),
  flags: z.array(z.string()),
  statusText: z.string(),
  tone: toneSchema,
  total: amountSchema,
  due: amountSchema,
  /** YYYY-MM-DD in the workspace's zone. */
  dueDate: z.string().nullable(),
  dueText: z.string().nullable(),
  memo: z.string().nullable(),
  /** Who is asked to pay it; null where nobody is, or the gateway has named nobody. */
  payer: payerSchema.nullable(),
  payUrl: z.string().nullable(),
  /** What the payer is doing on the pay page now: opened · typing · authenticating · processing · paid. */
  live: z.string().nullable(),
  liveText: z.string().nullable(),
  /** Ids among the card's `methods`: those of its payer that may be charged for it now. */
  methodIds: z.array(z.string()),
  /** What a new invoice asks for where a payment of this one was reversed, ready to be typed; null where there is nothing. */
  again: z.strictObject({ description: z.string(), amount: z.string(), currency: z.string() }).nullable(),
  actions: z.array(operationKindSchema),
  /** What a charge of a saved method takes: less than `due` where a reversed amount waits for another invoice; null where none is offered. */
  charge: amountSchema.nullable(),
});

const paymentViewSchema = z.strictObject({
  id: z.string(),
  state: z.string(),
  statusText: z.string(),
  tone: toneSchema,
  amount: amountSchema,
  /** Refunded, disputed: shown below the amount; null when there is nothing to say. */
  note: z.string().nullable(),
  at: z.string(),
  dateText: z.string(),
  methodText: z.string(),
});

const methodViewSchema = z.strictObject({
  id: z.string(),
  text: z.string(),
  expiresText: z.string().nullable(),
  /** True when the payer's recorded consent allows charging it while they are away. */
  chargeable: z.boolean(),
});

const payerViewSchema = z.strictObject({
  customerId: z.string(),
  /** Name; or else the address, or else the gateway's id. */
  name: z.string(),
  /** null where none is known, or it stands as the name. */
  email: z.string().nullable(),
  /** Why the customer belongs to the record. */
  reasonText: z.string(),
  /** Where else a mistake is undone; null when there is nothing to say. */
  note: z.string().nullable(),
  actions: z.array(operationKindSchema),
});

const warningViewSchema = z.strictObject({
  code: z.enum([
    'reconnect_gateway',
    'reconnect_crm',
    'not_connected',
    'write_back_delayed',
    'several_payers',
    'no_payer',
    'no_email',
    'overpaid',
    'disputed',
  ]),
  tone: toneSchema,
  text: z.string(),
});

const unfinishedViewSchema = z.strictObject({
  operationId: z.string(),
  kind: operationKindSchema,
  state: z.enum(['running', 'checking']),
  text: z.string(),
});

export const composerSchema = z.strictObject({
  currency: z.string(),
  currencies: z.array(z.string()),
  dueDate: z.string(),
  /** Who a new invoice is for; null where the record's contact is not known to the gateway yet. */
  payer: payerSchema.nullable(),
  taxRates: z.array(z.strictObject({ id: z.string(), text: z.string() })),
});

export const cardViewSchema = z.strictObject({
  mode: z.enum(['live', 'test']),
  record: z.strictObject({ objectType: z.string(), recordId: z.string() }),
  role: z.enum(['viewer', 'rep', 'finance', 'admin']),
  /** ready; or why there is nothing to show, with `message` saying what to do. */
  state: z.enum(['ready', 'empty', 'not_connected', 'reconnect']),
  message: z.string().nullable(),
  owed: z.array(amountSchema),
  overdue: z.array(amountSchema),
  credit: z.array(amountSchema),
  collected: z.array(amountSchema),
  statusText: z.string(),
  tone: toneSchema,
  invoices: z.array(invoiceViewSchema),
  payments: z.array(paymentViewSchema),
  methods: z.array(methodViewSchema),
  /** Customers of the gateway that are linked to the record; `payersNote` says how many more there are. */
  payers: z.array(payerViewSchema),
  payersNote: z.string().nullable(),
  actions: z.array(operationKindSchema),
  unfinished: z.array(unfinishedViewSchema),
  warnings: z.array(warningViewSchema),
  importing: z.strictObject({ done: z.int(), total: z.int().nullable(), text: z.string() }).optional(),
  composer: composerSchema,
  verifiedAt: z.string().nullable(),
  verifiedText: z.string(),
  /** Query text of the next page of invoices; absent on the last page. */
  next: z.string().optional(),
});

export type CardView = z.infer<typeof cardViewSchema>;
export type InvoiceView = z.infer<typeof invoiceViewSchema>;
export type PaymentView = z.infer<typeof paymentViewSchema>;
export type MethodView = z.infer<typeof methodViewSchema>;
export type PayerView = z.infer<typeof payerViewSchema>;
export type WarningView = z.infer<typeof warningViewSchema>;
export type OperationKind = z.infer<typeof operationKindSchema>;
export type Tone = z.infer<typeof toneSchema>;

/** Result of an operation that a rep acts on: a link to pass on, an invoice that was made. */
export const outcomeSchema = z.strictObject({
  operationId: z.uuid(),
  kind: operationKindSchema,
  state: z.enum(['done', 'checking', 'refused']),
  result: z.strictObject({
    message: z.string(),
    invoiceId: z.string().optional(),
    number: z.string().optional(),
    payUrl: z.string().optional(),
    /** The pay link as a QR code, `data:image/png;base64,…`. */
    qr: z.string().optional(),
    code: z.string().optional(),
  }),
});

export const operationAnswerSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), outcome: outcomeSchema, view: cardViewSchema }),
  z.strictObject({
    ok: z.literal(false),
    code: z.string(),
    message: z.string(),
    retry: z.enum(['never', 'later', 'after-reauth']),
    view: cardViewSchema.optional(),
  }),
]);

export const viewAnswerSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), view: cardViewSchema }),
  z.strictObject({
    ok: z.literal(false),
    code: z.string(),
    message: z.string(),
    retry: z.enum(['never', 'later', 'after-reauth']),
  }),
]);

export type Outcome = z.infer<typeof outcomeSchema>;
export type OperationAnswer = z.infer<typeof operationAnswerSchema>;
export type ViewAnswer = z.infer<typeof viewAnswerSchema>;
