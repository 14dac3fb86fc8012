// Stripe's invoices, their lines, payments and credit notes as facts.
import type { z } from 'zod';
import type { EntityBody, InvoiceStatus } from '../../../ledger/entities.ts';
import type { Fact } from '../../../ledger/facts.ts';
import {
  at,
  atOrNull,
  creditNoteShape,
  invoicePaymentShape,
  invoiceShape,
  iso,
  type lineShape,
  minor,
  recordRef,
} from './shapes.ts';

export type Context = { account: string; number: number };

const STATUSES: readonly InvoiceStatus[] = ['draft', 'open', 'paid', 'void', 'uncollectible'];

/** A status we do not know yet asks nothing of the customer until someone has looked. */
const statusOf = (text: string | null | undefined): InvoiceStatus =>
  STATUSES.find((status) => status === text) ?? 'draft';

/** An invoice with the lines and payments it carries. @param deleted the event says the draft is gone */
export const invoiceFacts = (raw: unknown, context: Context, deleted = false): Fact[] =>
  factsOf(invoiceShape.parse(raw), context, deleted);

function factsOf(invoice: Shape, context: Context, deleted: boolean): Fact[] {
  const owner = invoice.customer;
  const fact: Fact = {
    entity: 'invoice',
    id: invoice.id,
    aspect: 'invoice',
    owner,
    source: 'gateway',
    ...context,
    body: { ...figures(invoice), ...story(invoice), status: deleted ? 'deleted' : statusOf(invoice.status) },
  };
  const lines = (invoice.lines?.data ?? []).map((line) => lineFact(line, invoice.id, owner, context));
  const payments = (invoice.payments?.data ?? []).flatMap((link) => linkFacts(link, context, owner));
  return [fact, ...lines, ...payments];
}

/** A draft that is no longer there. Nothing else can be gone, so this ranks below every later state. */
export const goneInvoiceFacts = (id: string, context: Context): Fact[] => [
  {
    entity: 'invoice',
    id,
    aspect: 'deletion',
    owner: null,
    source: 'gateway',
    ...context,
    body: { status: 'deleted' },
  },
];

export type ToldInvoice = {
  /** None where the invoice does not decide. */
  facts: Fact[];
  /** Its state is known and does not change freely. */
  decides: boolean;
  /** All lines and payments are in the object. */
  whole: boolean;
  isPaid: boolean;
};

/** An invoice as an event tells of it. */
export function toldInvoice(raw: unknown, context: Context): ToldInvoice {
  const invoice = invoiceShape.parse(raw);
  const { status, lines, payments } = invoice;
  const decides = status !== 'draft' && STATUSES.some((known) => known === status);
  return {
    facts: decides ? factsOf(invoice, context, false) : [],
    decides,
    whole: !lines?.has_more && !payments?.has_more,
    isPaid: status === 'paid',
  };
}

type Shape = z.infer<typeof invoiceShape>;
type Body = Partial<EntityBody['invoice']>;

function figures(invoice: Shape): Body {
  const of = (amount: number | null | undefined): number => minor(amount ?? 0, invoice.currency);
  const taxes = (invoice.total_taxes ?? []).reduce((sum, tax) => sum + tax.amount, 0);
  return {
    currency: iso(invoice.currency),
    totalMinor: of(invoice.total),
    taxMinor: of(taxes),
    dueMinor: of(invoice.amount_due),
    paidMinor: of(invoice.amount_paid),
    remainingMinor: of(invoice.amount_remaining),
    overpaidMinor: of(invoice.amount_overpaid),
    creditedMinor: of(invoice.pre_payment_credit_notes_amount),
  };
}

function story(invoice: Shape): Body {
  return {
    customerId: invoice.customer,
    lineIds: (invoice.lines?.data ?? []).map(({ id }) => id),
    number: invoice.number,
    createdAt: at(invoice.created),
    finalizedAt: atOrNull(invoice.status_transitions.finalized_at),
    paidAt: atOrNull(invoice.status_transitions.paid_at),
    dueAt: atOrNull(invoice.due_date),
    memo: invoice.description,
    hostedUrl: invoice.hosted_invoice_url,
    attemptCount: invoice.attempt_count,
    record: recordRef(invoice.metadata['payside_record']),
    operationId: invoice.metadata['payside_op'] ?? null,
    replacesId: invoice.metadata['payside_replaces'] ?? null,
    subscriptionId: invoice.parent?.subscription_details?.subscription ?? null,
  };
}

function lineFact(
  raw: z.infer<typeof lineShape>,
  invoiceId: string,
  owner: string | null,
  context: Context,
): Fact {
  return {
    entity: 'line',
    id: raw.id,
    aspect: 'line',
    owner,
    source: 'gateway',
    ...context,
    body: {
      invoiceId,
      description: raw.description ?? '',
      quantity: String(raw.quantity ?? 1),
      amountMinor: minor(raw.amount, raw.currency),
      currency: iso(raw.currency),
    },
  };
}

/** Invoice and payment are linked only through this object; other kinds of payment are not ours to show yet. */
export const allocationFacts = (raw: unknown, context: Context): Fact[] =>
  linkFacts(invoicePaymentShape.parse(raw), context, null);

function linkFacts(
  link: z.infer<typeof invoicePaymentShape>,
  context: Context,
  owner: string | null,
): Fact[] {
  const paymentId = link.payment.payment_intent ?? link.payment.charge;
  if (!link.invoice || !paymentId) return [];
  const status = link.status === 'paid' || link.status === 'canceled' ? link.status : 'open';
  const amount = status === 'paid' ? (link.amount_paid ?? link.amount_requested) : link.amount_requested;
  const body = {
    invoiceId: link.invoice,
    paymentId,
    amountMinor: minor(amount, link.currency),
    currency: iso(link.currency),
    status,
  } as const;
  return [
    { entity: 'allocation', id: link.id, aspect: 'allocation', owner, source: 'gateway', ...context, body },
  ];
}

export function creditNoteFacts(raw: unknown, context: Context): Fact[] {
  const note = creditNoteShape.parse(raw);
  if (!note.invoice) return [];
  return [
    {
      entity: 'creditNote',
      id: note.id,
      aspect: 'creditNote',
      owner: note.customer,
      source: 'gateway',
      ...context,
      body: {
        invoiceId: note.invoice,
        amountMinor: minor(note.amount, note.currency),
        paidOutMinor: minor(note.post_payment_amount ?? 0, note.currency),
        currency: iso(note.currency),
        status: note.status === 'void' ? 'void' : 'issued',
      },
    },
  ];
}

/** The invoice a credit note takes something off before it is paid; null for one that only gives back what was paid. */
export function loweredInvoice(raw: unknown): string | null {
  const { invoice, amount, post_payment_amount: after } = creditNoteShape.parse(raw);
  return amount > (after ?? 0) ? invoice : null;
}
