// The parts of Stripe's objects Payside reads, checked at the border; everything else is left alone.
import { z } from 'zod';
import type { RecordRef } from '../../../ledger/entities.ts';
import { fromGatewayMinor } from '../../../money/gateway-amounts.ts';
import { MoneyError } from '../../../money/money.ts';

const named = z.union([z.string(), z.object({ id: z.string() })]);
const idOf = (value: z.infer<typeof named>): string => (typeof value === 'string' ? value : value.id);
const reference = named.nullish().transform((value) => (value ? idOf(value) : null));

/** Absent and null are the same thing in Stripe's objects. */
const orNull = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null);

const metadata = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});

export const lineShape = z.object({
  id: z.string(),
  amount: z.int(),
  currency: z.string(),
  description: orNull(z.string()),
  quantity: z.union([z.number(), z.string()]).nullish(),
});

export const invoicePaymentShape = z.object({
  id: z.string(),
  invoice: reference,
  amount_paid: z.int().nullish(),
  amount_requested: z.int(),
  currency: z.string(),
  status: z.string(),
  payment: z.object({ type: z.string(), payment_intent: reference, charge: reference }),
});

export const invoiceShape = z.object({
  id: z.string(),
  customer: reference,
  number: orNull(z.string()),
  status: z.string().nullish(),
  currency: z.string(),
  total: z.int(),
  amount_due: z.int(),
  amount_paid: z.int(),
  amount_remaining: z.int(),
  amount_overpaid: z.int().nullish(),
  pre_payment_credit_notes_amount: z.int().nullish(),
  total_taxes: z.array(z.object({ amount: z.int() })).nullish(),
  created: z.int(),
  due_date: orNull(z.int()),
  status_transitions: z
    .object({ finalized_at: orNull(z.int()), paid_at: orNull(z.int()) })
    .default({ finalized_at: null, paid_at: null }),
  description: orNull(z.string()),
  hosted_invoice_url: orNull(z.string()),
  attempt_count: z.int().default(0),
  metadata,
  parent: z.object({ subscription_details: z.object({ subscription: reference }).nullish() }).nullish(),
  lines: z.object({ data: z.array(lineShape), has_more: z.boolean().default(false) }).nullish(),
  payments: z.object({ data: z.array(invoicePaymentShape), has_more: z.boolean().default(false) }).nullish(),
});

const last4 = z.object({
  last4: z.string().nullish(),
  brand: z.string().nullish(),
  bank_name: z.string().nullish(),
});

export const methodDetails = z.object({
  type: z.string(),
  card: last4.nullish(),
  us_bank_account: last4.nullish(),
  sepa_debit: last4.nullish(),
});

export const chargeShape = z.object({
  id: z.string(),
  payment_intent: reference,
  customer: reference,
  status: z.string(),
  amount: z.int(),
  amount_captured: z.int(),
  currency: z.string(),
  created: z.int(),
  payment_method: z.string().nullish(),
  payment_method_details: methodDetails.nullish(),
  failure_code: z.string().nullish(),
  failure_balance_transaction: reference,
});

export const intentShape = z.object({
  id: z.string(),
  customer: reference,
  status: z.string(),
  amount: z.int(),
  amount_received: z.int().nullish(),
  currency: z.string(),
  created: z.int(),
  payment_method: reference,
  last_payment_error: z.object({ code: z.string().nullish(), decline_code: z.string().nullish() }).nullish(),
  latest_charge: z.union([z.string(), z.looseObject({ id: z.string() })]).nullish(),
  metadata,
});

export const refundShape = z.object({
  id: z.string(),
  payment_intent: reference,
  charge: reference,
  amount: z.int(),
  currency: z.string(),
  status: z.string().nullish(),
  created: z.int(),
  metadata,
});

export const disputeShape = z.object({
  id: z.string(),
  payment_intent: reference,
  charge: reference,
  amount: z.int(),
  currency: z.string(),
  status: z.string(),
  created: z.int(),
});

export const creditNoteShape = z.object({
  id: z.string(),
  invoice: reference,
  customer: reference,
  amount: z.int(),
  post_payment_amount: z.int().nullish(),
  currency: z.string(),
  status: z.string(),
});

export const customerShape = z.object({
  id: z.string(),
  deleted: z.boolean().nullish(),
  name: orNull(z.string()),
  email: orNull(z.string()),
  phone: orNull(z.string()),
  balance: z.int().default(0),
  currency: orNull(z.string()),
  invoice_credit_balance: z.record(z.string(), z.int()).nullish(),
  metadata,
  invoice_settings: z.object({ default_payment_method: reference }).nullish(),
});

export const methodShape = methodDetails.extend({
  id: z.string(),
  customer: reference,
  card: last4.extend({ exp_month: z.int().nullish(), exp_year: z.int().nullish() }).nullish(),
});

export const payoutShape = z.object({
  id: z.string(),
  amount: z.int(),
  currency: z.string(),
  status: z.string(),
  arrival_date: z.int(),
});

/** Where it is no object, the movement has no source that was expanded: a payout, a fee of Stripe's own. */
export const balanceShape = z.object({
  id: z.string(),
  amount: z.int(),
  currency: z.string(),
  fee: z.int(),
  exchange_rate: z.number().nullish(),
  reporting_category: z.string(),
  created: z.int(),
  source: z
    .union([
      z.string(),
      z.object({
        id: z.string(),
        object: z.string(),
        amount: z.int().nullish(),
        amount_captured: z.int().nullish(),
        currency: z.string().nullish(),
        payment_intent: reference,
        charge: reference,
      }),
    ])
    .nullish(),
});

const recurring = z.object({ interval: z.string(), interval_count: z.int() });

/** Since 2025-03-31 periods stand on the items: each may have its own. */
export const subscriptionItemShape = z.object({
  id: z.string(),
  current_period_end: z.int().nullish(),
  quantity: z.int().nullish(),
  price: z.object({
    unit_amount: z.int().nullish(),
    /** Set where the amount is one of a pack, not of a piece. */
    transform_quantity: z.looseObject({}).nullish(),
    recurring: recurring.nullish(),
  }),
});

export const subscriptionShape = z.object({
  id: z.string(),
  customer: named.transform(idOf),
  status: z.string(),
  currency: z.string(),
  created: z.int(),
  cancel_at: orNull(z.int()),
  canceled_at: orNull(z.int()),
  ended_at: orNull(z.int()),
  pause_collection: z.looseObject({}).nullish(),
  items: z.object({ data: z.array(subscriptionItemShape), has_more: z.boolean().default(false) }),
});

/** True for an object that is not what Stripe documents, or whose currency or amount has no exact form here. */
export const isUnreadable = (error: unknown): boolean =>
  error instanceof z.ZodError || error instanceof MoneyError;

/** Unix seconds -> ISO. */
export const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
export const atOrNull = (seconds: number | null | undefined): string | null =>
  seconds === null || seconds === undefined ? null : at(seconds);

/** Stripe's integer in our minor units. Throws MoneyError for currencies and remainders we cannot represent. */
export const minor = (amount: number, currency: string): number =>
  fromGatewayMinor('stripe', amount, currency).amountMinor;
export const iso = (currency: string): string => currency.toUpperCase();

export type MethodDetails = z.infer<typeof methodDetails>;

export function methodText(details: MethodDetails): {
  type: string;
  brand: string | null;
  last4: string | null;
} {
  const part = details.card ?? details.us_bank_account ?? details.sepa_debit;
  return { type: details.type, brand: part?.brand ?? part?.bank_name ?? null, last4: part?.last4 ?? null };
}

/** A CRM record as Stripe's metadata carries it. */
export const recordText = (ref: RecordRef): string =>
  `${ref.installationId}|${ref.objectType}|${ref.recordId}`;

/** The reverse of `recordText`; null for text we did not write. */
export function recordRef(text: string | undefined): RecordRef | null {
  const [, installationId, objectType, recordId] = /^([^|]+)\|([^|]+)\|([^|]+)$/.exec(text ?? '') ?? [];
  return installationId && objectType && recordId ? { installationId, objectType, recordId } : null;
}
