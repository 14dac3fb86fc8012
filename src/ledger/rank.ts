// Which of two facts about the same aspect wins: by the rank of what they state, or by the number of the fetch.
import type {
  Allocation,
  DisputeStatus,
  EntityBody,
  EntityKind,
  Invoice,
  InvoiceStatus,
  Payment,
  PaymentStatus,
  Payout,
  RefundStatus,
} from './entities.ts';
import { canonical } from '../canonical-json.ts';
import type { Fact } from './facts.ts';

const INVOICE: Record<InvoiceStatus, number> = {
  draft: 0,
  deleted: 1,
  open: 2,
  uncollectible: 3,
  void: 4,
  paid: 5,
};

/** Only what cannot be undone is ranked; among the rest the later fetch decides. */
const PAYMENT: Record<PaymentStatus, number> = {
  requires_action: 0,
  failed: 0,
  processing: 0,
  canceled: 1,
  succeeded: 2,
};

/** A refund may fail after it succeeded, so failure outranks success. */
const REFUND: Record<RefundStatus, number> = {
  pending: 0,
  requires_action: 1,
  succeeded: 2,
  canceled: 3,
  failed: 4,
};

const DISPUTE: Record<DisputeStatus, number> = {
  warning: 0,
  needs_response: 1,
  under_review: 2,
  prevented: 3,
  lost: 4,
  won: 5,
};

const ALLOCATION: Record<Allocation['status'], number> = { open: 0, canceled: 1, paid: 2 };

/** A payout may come back after the gateway called it paid. */
const PAYOUT: Record<Payout['status'], number> = { pending: 0, paid: 1, canceled: 2, failed: 3 };

type Rank = readonly number[];

function invoiceRank(body: Partial<Invoice>): Rank {
  const status = INVOICE[body.status ?? 'draft'];
  // Drafts change freely, so only a fetch orders them; afterwards payments only add up. What was credited does not:
  // a credit note of an open invoice can be voided, so the later fetch decides what remains.
  return status === 0 ? [0] : [status, body.paidMinor ?? 0, body.overpaidMinor ?? 0];
}

const paymentRank = (body: Partial<Payment>): Rank => [
  PAYMENT[body.status ?? 'requires_action'],
  body.failedLateMinor ?? 0,
  body.capturedMinor ?? 0,
];

type Ranked = { [K in EntityKind]?: (body: Partial<EntityBody[K]>) => Rank };

const RANKS: Ranked = {
  invoice: invoiceRank,
  payment: paymentRank,
  refund: (body) => [REFUND[body.status ?? 'pending']],
  dispute: (body) => [DISPUTE[body.status ?? 'warning']],
  allocation: (body) => [ALLOCATION[body.status ?? 'open'], body.amountMinor ?? 0],
  creditNote: (body) => [body.status === 'void' ? 1 : 0],
  payout: (body) => [PAYOUT[body.status ?? 'pending']],
};

/** Kinds without a rank of their own are only ever fetched: the number alone decides. */
function rankOf<K extends EntityKind>(entity: K, body: Partial<EntityBody[K]>): Rank {
  return RANKS[entity]?.(body) ?? [];
}

/** Kinds that are never folded from what an event carries: an event only marks them stale. */
export const FETCHED: ReadonlySet<EntityKind> = new Set<EntityKind>([
  'customer',
  'subscription',
  'method',
  'mandate',
]);

/** Negative when `a` loses against `b`; 0 only for facts that state the same. */
export function compareFacts(a: Fact, b: Fact): number {
  return (
    compareStrength(a, b) ||
    a.number - b.number ||
    // The same object says whose it is in one message and leaves it out in another.
    Number(a.owner !== null) - Number(b.owner !== null) ||
    // Same rank and number, other text: any fixed order will do, as long as it does not depend on arrival.
    compareText(canonical(a), canonical(b))
  );
}

/** Negative when what `a` states is weaker than what `b` states, whenever each was read. */
export function compareStrength(a: Fact, b: Fact): number {
  const right = rankOf(b.entity, b.body);
  return (
    rankOf(a.entity, a.body)
      .map((step, index) => step - (right[index] ?? 0))
      .find((difference) => difference !== 0) ?? 0
  );
}

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
