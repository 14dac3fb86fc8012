// What a CRM record should say: absolute and whole, by canonical field, before any CRM's own words.
import type { RecordRef } from '../ledger/entities.ts';
import { recordKey } from '../ledger/facts.ts';
import type { Money } from '../money/money.ts';

type Presence = 'present' | 'absent';

/** On contact, company, deal (account, opportunity): records the CRM owns, only ever updated. */
export type SummaryValues = {
  owed: Money[];
  overdue: Money[];
  collected: Money[];
  status: string;
  lastPaymentAt: string | null;
  /** YYYY-MM-DD */
  nextDue: string | null;
  /** Invoice behind the link a record shows, where the admin allows links. */
  nextInvoice: { account: string; id: string } | null;
};

/** Rows that were stored before there was a mirror have no kind. */
export type SummaryState = {
  kind?: 'summary';
  record: RecordRef;
  presence: Presence;
  values: SummaryValues;
};

/** Records that Payside makes in the CRM and finds again by its own id. */
export type MirrorKind =
  'subscription' | 'invoice' | 'line' | 'payment' | 'allocation' | 'refund' | 'dispute';

type Mirrored<Kind, Values> = {
  kind: Kind;
  installationId: string;
  account: string;
  /** Id of the gateway's object. */
  id: string;
  presence: Presence;
  values: Values;
};

export type InvoiceValues = {
  number: string | null;
  status: string;
  total: Money;
  due: Money;
  /** YYYY-MM-DD */
  dueOn: string | null;
};

export type LineValues = { description: string; quantity: string; amount: Money };

export const PAYMENT_WORDS = [
  'processing',
  'succeeded',
  'failed',
  'refunding',
  'partially_refunded',
  'refunded',
  'disputed',
  'reversed',
] as const;

export type PaymentValues = {
  status: (typeof PAYMENT_WORDS)[number];
  amount: Money;
  refunded: Money;
  startedAt: string;
};

/** A record of the CRM by its id, or one of ours. */
export type LinkEnd =
  { objectType: string; recordId: string } | { mirror: MirrorKind; account: string; id: string };

/** Kept apart from the fields of a record, so that links are written only when they change. */
export type LinkValues = { of: MirrorKind; to: LinkEnd[]; drop: LinkEnd[] };

/**
 * A record of ours in a CRM that has an object of ours for each: fields by canonical name, and what it hangs on. A date is
 * text already; an amount stands for its minor units, its text, and a number where it is in the CRM's currency.
 */
export type WholeValues = {
  of: MirrorKind;
  fields: Record<string, string | Money | null>;
  refs: LinkEnd[];
};

export type InvoiceState = Mirrored<'invoice', InvoiceValues>;
export type LineState = Mirrored<'line', LineValues>;
export type PaymentState = Mirrored<'payment', PaymentValues>;
export type LinksState = Mirrored<'links', LinkValues>;
export type WholeState = Mirrored<'whole', WholeValues>;
export type MirrorState = InvoiceState | LineState | PaymentState;

export type DesiredState = SummaryState | MirrorState | LinksState | WholeState;

export const isSummary = (state: DesiredState): state is SummaryState =>
  state.kind === undefined || state.kind === 'summary';

/** One desired state per key: a record of the CRM by its `recordKey`, one of ours by the gateway's object. */
export function desiredKey(state: DesiredState): string {
  if (isSummary(state)) return recordKey(state.record);
  const { installationId, account, id } = state;
  return [installationId, kindOf(state), account, id].join('|');
}

/** What goes into one write: `summary contacts`, `invoice`, `links of invoice` …; told from a key alone. */
export function kindOfKey(key: string): string {
  const [, kind = '', ...rest] = key.split('|');
  return rest.length > 1 ? kind : `summary ${kind}`;
}

function kindOf(state: Exclude<DesiredState, SummaryState>): string {
  if (state.kind === 'links') return `links of ${state.values.of}`;
  return state.kind === 'whole' ? state.values.of : state.kind;
}

/** Our id of a mirrored record, the same in every release: records already made are found by it. */
export const paysideId = ({ account, id }: { account: string; id: string }): string => `${account}:${id}`;
