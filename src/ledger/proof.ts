// Proof: what the ledger says was captured, refunded and disputed, object by object, beside the movements of the gateway's balance.
import { addDays, dayOf } from './calendar.ts';
import type { BalanceTransaction, DisputeStatus, EntityKind, Instant, RefundStatus } from './entities.ts';
import type { Entry } from './fold.ts';
import type { Ledger } from './ledger.ts';

/** The kinds of row that a proof needs. */
export const PROVEN: readonly EntityKind[] = ['payment', 'refund', 'dispute', 'balanceTransaction'];

export const PROOF_KINDS = ['captured', 'refunded', 'disputed'] as const;
export type ProofKind = (typeof PROOF_KINDS)[number];

/** Something of which the ledger and the balance say different amounts; each is positive where it is money of its kind. */
export type Gap = {
  account: string;
  entity: BalanceTransaction['source'];
  id: string;
  paymentId: string;
  kind: ProofKind;
  /** `unproven`: no movement of the balance is known for it. */
  state: 'unproven' | 'different';
  at: Instant;
  currency: string;
  ledgerMinor: number;
  gatewayMinor: number;
};

type Claim = Omit<Gap, 'state' | 'ledgerMinor' | 'gatewayMinor'> & {
  /** What the ledger says; where a state leaves it open, whatever else may be true as well. */
  said: readonly number[];
};

type Movement = Entry<'balanceTransaction'>;

/** @param ledger all there is of some payers, of the kinds of `PROVEN` */
export function gapsOf(ledger: Ledger): Gap[] {
  const moved = Map.groupBy(ledger.balanceTransaction, sourceKey);
  const claims = [
    ...ledger.payment.map(ofPayment),
    ...ledger.refund.map(ofRefund),
    ...ledger.dispute.map(ofDispute),
  ];
  const known = new Set(claims.map(claimKey));
  const strangers = [...moved].flatMap(([key, [first]]) =>
    first && !known.has(key) ? [ofNothing(first)] : [],
  );
  return [...claims, ...strangers].flatMap((claim) => gapOf(claim, moved.get(claimKey(claim)) ?? []));
}

const sourceKey = ({ account, body }: Movement): string => `${account}|${body.source}|${body.sourceId}`;
const claimKey = ({ account, entity, id }: Claim): string => `${account}|${entity}|${id}`;

function gapOf(claim: Claim, movements: readonly Movement[]): Gap[] {
  const { said, ...about } = claim;
  const [ledgerMinor = 0] = said;
  const sum = movements
    .filter(({ body }) => body.presentedCurrency === claim.currency)
    .reduce((total, { body }) => total + body.presentedMinor, 0);
  const gatewayMinor = claim.kind === 'captured' ? sum : 0 - sum;
  const isForeign = movements.some(({ body }) => body.presentedCurrency !== claim.currency);
  if (said.includes(gatewayMinor) && !isForeign) return [];
  const state = movements.length === 0 ? 'unproven' : 'different';
  return [{ ...about, state, at: movements[0]?.body.createdAt ?? claim.at, ledgerMinor, gatewayMinor }];
}

function ofPayment({ account, id, body }: Entry<'payment'>): Claim {
  const { status, capturedMinor, failedLateMinor, currency, succeededAt, createdAt } = body;
  const net = status === 'succeeded' ? capturedMinor - failedLateMinor : 0;
  const about = { account, entity: 'payment', id, paymentId: id, kind: 'captured' } as const;
  return { ...about, at: succeededAt ?? createdAt, currency, said: [net] };
}

/** What is pending may have left the balance already. */
const REFUNDED: Record<RefundStatus, (amount: number) => number[]> = {
  succeeded: (amount) => [amount],
  pending: (amount) => [0, amount],
  requires_action: (amount) => [0, amount],
  failed: () => [0],
  canceled: () => [0],
};

function ofRefund({ account, id, body }: Entry<'refund'>): Claim {
  const { status, amountMinor, paymentId, currency, createdAt } = body;
  const about = { account, entity: 'refund', id, paymentId, kind: 'refunded' } as const;
  return { ...about, at: createdAt, currency, said: REFUNDED[status](amountMinor) };
}

/** Inquiries take nothing; one that was prevented may have. */
const DISPUTED: Record<DisputeStatus, (amount: number) => number[]> = {
  warning: () => [0],
  needs_response: (amount) => [amount],
  under_review: (amount) => [amount],
  prevented: (amount) => [0, amount],
  lost: (amount) => [amount],
  won: () => [0],
};

function ofDispute({ account, id, body }: Entry<'dispute'>): Claim {
  const { status, amountMinor, paymentId, currency, createdAt } = body;
  const about = { account, entity: 'dispute', id, paymentId, kind: 'disputed' } as const;
  return { ...about, at: createdAt, currency, said: DISPUTED[status](amountMinor) };
}

const KIND_OF = { payment: 'captured', refund: 'refunded', dispute: 'disputed' } as const;

/** A movement whose source the ledger does not have. */
function ofNothing({ account, body }: Movement): Claim {
  const { source, sourceId, paymentId, presentedCurrency, createdAt } = body;
  const about = { account, entity: source, id: sourceId, paymentId, kind: KIND_OF[source] };
  return { ...about, at: createdAt, currency: presentedCurrency, said: [0] };
}

/** What the balance of an account gained and lost on a day, in the currency it is settled in. */
export type SettledDay = {
  account: string;
  day: string;
  currency: string;
  capturedMinor: number;
  refundedMinor: number;
  disputedMinor: number;
  feesMinor: number;
};

/** Gaps of a day that are alike, in the currency that was paid in. */
export type GapDay = Pick<Gap, 'account' | 'currency' | 'kind' | 'state' | 'ledgerMinor' | 'gatewayMinor'> & {
  day: string;
  count: number;
};

/** What a workspace's proof comes to, payer by payer. */
export type Proof = {
  gaps: Map<string, GapDay>;
  settled: Map<string, SettledDay>;
  /** Accounts of which a movement is known: of the others nothing can be said. */
  moved: Set<string>;
};

export const newProof = (): Proof => ({ gaps: new Map(), settled: new Map(), moved: new Set() });

export type ProofScope = {
  zone: string;
  /** Up to when each account is known: what came later has no movement yet. */
  verifiedAt: ReadonlyMap<string, Instant | null>;
  /** First day whose movements are summed up; none where it is left out. */
  settledFrom?: string;
};

/** Adds some payers to a proof. */
export function addToProof(proof: Proof, ledger: Ledger, scope: ProofScope): void {
  const { zone, verifiedAt, settledFrom } = scope;
  for (const gap of gapsOf(ledger)) {
    if (gap.at < (verifiedAt.get(gap.account) ?? '')) addGap(proof, gap, dayOf(gap.at, zone));
  }
  for (const { account, body } of ledger.balanceTransaction) {
    proof.moved.add(account);
    const day = settledFrom === undefined ? '' : dayOf(body.createdAt, zone);
    if (settledFrom !== undefined && day >= settledFrom) addSettled(proof, account, day, body);
  }
}

function addGap({ gaps }: Proof, gap: Gap, day: string): void {
  const { account, currency, kind, state, ledgerMinor, gatewayMinor } = gap;
  const key = [account, day, currency, kind, state].join('|');
  const before = gaps.get(key) ?? { ledgerMinor: 0, gatewayMinor: 0, count: 0 };
  gaps.set(key, {
    account,
    day,
    currency,
    kind,
    state,
    ledgerMinor: before.ledgerMinor + ledgerMinor,
    gatewayMinor: before.gatewayMinor + gatewayMinor,
    count: before.count + 1,
  });
}

function addSettled({ settled }: Proof, account: string, day: string, body: BalanceTransaction): void {
  const { currency, source, amountMinor, feeMinor } = body;
  const key = [account, day, currency].join('|');
  const nothing = { capturedMinor: 0, refundedMinor: 0, disputedMinor: 0, feesMinor: 0 };
  const sum = settled.get(key) ?? { account, day, currency, ...nothing };
  settled.set(key, {
    ...sum,
    capturedMinor: sum.capturedMinor + (source === 'payment' ? amountMinor : 0),
    refundedMinor: sum.refundedMinor - (source === 'refund' ? amountMinor : 0),
    disputedMinor: sum.disputedMinor - (source === 'dispute' ? amountMinor : 0),
    feesMinor: sum.feesMinor + feeMinor,
  });
}

/** The last day up to which all of an account is proven, or null. */
export function provenUntil(proof: Proof, account: string, { zone, verifiedAt }: ProofScope): string | null {
  const known = verifiedAt.get(account);
  if (!known) return null;
  const own = [...proof.gaps.values()].filter((gap) => gap.account === account);
  const [first] = own.map(({ day }) => day).sort();
  if (first === undefined) return dayOf(known, zone);
  return proof.moved.has(account) ? addDays(first, -1) : null;
}
