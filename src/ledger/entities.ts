// The entities of the ledger: what the gateway, Payside and the CRM can state about money and the people who owe it.

/** ISO time with zone, for example 2026-03-01T10:00:00.000Z. */
export type Instant = string;

/** A CRM record of one installation; object types are the CRM's own plural names (`contacts`, `Account`). */
export type RecordRef = { installationId: string; objectType: string; recordId: string };

export type InvoiceStatus = 'draft' | 'deleted' | 'open' | 'paid' | 'void' | 'uncollectible';
export type PaymentStatus = 'requires_action' | 'processing' | 'succeeded' | 'failed' | 'canceled';
export type RefundStatus = 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';
export type DisputeStatus = 'needs_response' | 'under_review' | 'won' | 'lost' | 'prevented' | 'warning';

/** A payer as one gateway account knows it. Personal data never stands here: see `Personal`. */
export type Customer = {
  deleted: boolean;
  currency: string | null;
  /** What the gateway holds for the payer in minor units; positive = credit they can use up. */
  creditMinor: number;
  /** Id of the CRM's contact, where a merchant's own system wrote it on the customer; used for matching. */
  externalId: string | null;
  defaultMethodId: string | null;
  /** Whoever it is was erased on request: what tells who they are is neither kept nor taken in again. */
  erased: boolean;
};

export type Invoice = {
  customerId: string | null;
  number: string | null;
  status: InvoiceStatus;
  currency: string;
  totalMinor: number;
  taxMinor: number;
  /** Asked for so far, paid so far and still open, as the gateway says. */
  dueMinor: number;
  paidMinor: number;
  remainingMinor: number;
  overpaidMinor: number;
  creditedMinor: number;
  createdAt: Instant;
  finalizedAt: Instant | null;
  paidAt: Instant | null;
  dueAt: Instant | null;
  memo: string | null;
  hostedUrl: string | null;
  attemptCount: number;
  /** The CRM record the invoice was made from. */
  record: RecordRef | null;
  operationId: string | null;
  /** Invoice whose reversed amount this one collects. */
  replacesId: string | null;
  subscriptionId: string | null;
  /** Its lines in the order people see them; a line that was taken out is no longer named. */
  lineIds: string[];
  /** Pay links of an older version are revoked. */
  linkVersion: number;
};

export type Line = {
  invoiceId: string;
  description: string;
  quantity: string;
  amountMinor: number;
  currency: string;
};

export type PaymentMethodText = { type: string; brand: string | null; last4: string | null };

export type Payment = {
  customerId: string | null;
  status: PaymentStatus;
  amountMinor: number;
  capturedMinor: number;
  currency: string;
  createdAt: Instant;
  succeededAt: Instant | null;
  failure: string | null;
  operationId: string | null;
  methodId: string | null;
  method: PaymentMethodText | null;
  /** Withdrawn by the bank after it had succeeded, outside a dispute. */
  failedLateMinor: number;
};

export type Allocation = {
  invoiceId: string;
  paymentId: string;
  amountMinor: number;
  currency: string;
  status: 'open' | 'paid' | 'canceled';
};

export type Refund = {
  paymentId: string;
  amountMinor: number;
  currency: string;
  status: RefundStatus;
  createdAt: Instant;
  operationId: string | null;
};

export type CreditNote = {
  invoiceId: string;
  amountMinor: number;
  /** Part that was paid back or credited instead of lowering what is owed. */
  paidOutMinor: number;
  currency: string;
  status: 'issued' | 'void';
};

/** One movement of the customer's balance at the gateway; positive = credit given. */
export type BalanceEntry = {
  customerId: string;
  amountMinor: number;
  currency: string;
  kind: string;
  invoiceId: string | null;
  createdAt: Instant;
};

export type Dispute = {
  paymentId: string;
  amountMinor: number;
  currency: string;
  status: DisputeStatus;
  createdAt: Instant;
};

export type Method = {
  customerId: string | null;
  type: string;
  brand: string | null;
  last4: string | null;
  /** YYYY-MM or null where a method does not expire. */
  expires: string | null;
  attached: boolean;
};

/** What the payer agreed to when they paid and let the method be kept, in the words they saw. */
export type Mandate = {
  customerId: string;
  paymentId: string;
  text: string;
  agreedAt: Instant;
  active: boolean;
};

/** What a payer is charged for again and again; the gateway makes its invoices. */
export type Subscription = {
  customerId: string;
  /** `paused` also where it runs on and nothing is collected meanwhile. */
  status: 'trialing' | 'active' | 'past_due' | 'unpaid' | 'incomplete' | 'paused' | 'canceled';
  currency: string;
  /** Charged each period before discount and tax; null where it depends on use, or parts of it are charged at other times. */
  amountMinor: number | null;
  /** Length of a period: so many days, weeks, months or years; null where its parts differ. */
  period: { unit: 'day' | 'week' | 'month' | 'year'; count: number } | null;
  createdAt: Instant;
  /** End of the running period: what is charged next is charged then. */
  periodEndsAt: Instant | null;
  /** When it ends by itself, where that is decided. */
  cancelAt: Instant | null;
  endedAt: Instant | null;
};

export type SubscriptionChange = {
  subscriptionId: string;
  kind: string;
  effectiveAt: Instant;
  operationId: string | null;
};

/** One movement of the merchant's balance at the gateway; signed from the merchant's side. */
export type BalanceTransaction = {
  /** What moved it; a refund and a dispute are of the payment as well. */
  source: 'payment' | 'refund' | 'dispute';
  sourceId: string;
  paymentId: string;
  /** In the currency it was paid in. */
  presentedMinor: number;
  presentedCurrency: string;
  /** In the currency it is settled in, before the fee. */
  amountMinor: number;
  feeMinor: number;
  currency: string;
  /** Rate from the payment's currency to the settlement currency, as decimal text. */
  rate: string | null;
  createdAt: Instant;
};

export type Payout = {
  amountMinor: number;
  currency: string;
  status: 'pending' | 'paid' | 'failed' | 'canceled';
  arrivesAt: Instant;
};

/** A person or company that pays; several gateway customers may be the same party. */
export type Party = { merchantOwned: boolean };

/** Says that a gateway customer belongs to a CRM record, why we think so, and whether it still holds. */
export type Link = {
  customerId: string;
  record: RecordRef;
  reason: 'record' | 'external_id' | 'email' | 'primary_company' | 'person' | 'operation';
  active: boolean;
  /** A person took it back: the payer does not belong to that record, and only a person links them again. */
  released: boolean;
};

export type EntityBody = {
  customer: Customer;
  invoice: Invoice;
  line: Line;
  payment: Payment;
  allocation: Allocation;
  refund: Refund;
  creditNote: CreditNote;
  balanceEntry: BalanceEntry;
  dispute: Dispute;
  method: Method;
  mandate: Mandate;
  subscription: Subscription;
  subscriptionChange: SubscriptionChange;
  balanceTransaction: BalanceTransaction;
  payout: Payout;
  party: Party;
  link: Link;
};

export type EntityKind = keyof EntityBody;

/** Personal data of a payer, kept apart from facts under a key of its own so that it can be forgotten. */
export type Personal = {
  name: string | null;
  email: string | null;
  phone: string | null;
  /** Nothing is known of them any more, and nothing will be: see `erasure.ts`. */
  erased?: true;
};
