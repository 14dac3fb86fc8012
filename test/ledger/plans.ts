// Arbitrary plans of what happens to payers: invoices with payments, refunds, disputes and credit notes, as choices.
import * as fc from 'fast-check';

export type RefundPlan = {
  share: number;
  path: 'pending' | 'asked' | 'succeeded' | 'failed' | 'returned' | 'canceled';
};

export type DisputePlan = {
  share: number;
  path: 'warning' | 'open' | 'review' | 'won' | 'lost' | 'prevented' | 'appealed';
};

export type PaymentPlan = {
  /** Percent of what is still open that this payment is for. */
  share: number;
  /** Minor units that came on top of what was asked for. */
  extra: number;
  declines: number;
  outcome: 'succeeded' | 'processing' | 'failed' | 'canceled' | 'requires_action';
  chargeFirst: boolean;
  rereads: number;
  refunds: RefundPlan[];
  dispute: DisputePlan | null;
  /** Percent of the payment that the bank took back later, outside a dispute. */
  lateShare: number;
};

export type ReplacementPlan = { share: number; status: 'draft' | 'open' | 'paid' | 'void' | 'deleted' };

export type NotePlan = {
  /** Percent of the total that the credit note takes off, up to what is still open. */
  share: number;
  /** How many payments were tried before it was issued. */
  after: number;
  /** And before it was voided; null where it stays. A note is voided only while its invoice is open. */
  voidedAfter: number | null;
};

export type InvoicePlan = {
  currency: string;
  lines: number[];
  /** Days from the sample day to the due day, or none. */
  dueIn: number | null;
  draftReads: number;
  notes: NotePlan[];
  end: 'payments' | 'draft' | 'deleted' | 'void' | 'uncollectible';
  payments: PaymentPlan[];
  replacement: ReplacementPlan | null;
  onDeal: boolean;
};

export type LinkPlan = 'holds' | 'ended' | 'released';

export type PayerPlan = {
  invoices: InvoicePlan[];
  /** What each read of the customer said it held as credit. */
  credits: number[];
  isDeleted: boolean;
  /** For each link, what each statement in turn said of it. */
  links: LinkPlan[][];
  /** One payment over the first two invoices that still ask for money. */
  joint: PaymentPlan | null;
};

const percent = fc.integer({ min: 0, max: 100 });

const refundPlan: fc.Arbitrary<RefundPlan> = fc.record({
  share: percent,
  path: fc.constantFrom('pending', 'asked', 'succeeded', 'succeeded', 'failed', 'returned', 'canceled'),
});

const disputePlan: fc.Arbitrary<DisputePlan> = fc.record({
  share: fc.constantFrom(100, 100, 40, 1),
  path: fc.constantFrom('warning', 'open', 'review', 'won', 'lost', 'lost', 'prevented', 'appealed'),
});

const paymentPlan: fc.Arbitrary<PaymentPlan> = fc.record({
  share: fc.constantFrom(100, 100, 50, 33, 1),
  extra: fc.constantFrom(0, 0, 0, 1, 500),
  declines: fc.integer({ min: 0, max: 2 }),
  outcome: fc.constantFrom(
    'succeeded',
    'succeeded',
    'succeeded',
    'processing',
    'failed',
    'canceled',
    'requires_action',
  ),
  chargeFirst: fc.boolean(),
  rereads: fc.integer({ min: 0, max: 2 }),
  refunds: fc.array(refundPlan, { maxLength: 3 }),
  dispute: fc.option(disputePlan, { freq: 2 }),
  lateShare: fc.constantFrom(0, 0, 0, 0, 100, 30),
});

const notePlan: fc.Arbitrary<NotePlan> = fc.record({
  share: fc.constantFrom(10, 10, 40, 100),
  after: fc.nat(2),
  voidedAfter: fc.option(fc.nat(3), { freq: 2 }),
});

const invoicePlan: fc.Arbitrary<InvoicePlan> = fc.record({
  currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'JPY', 'KWD'),
  lines: fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 4 }),
  dueIn: fc.option(fc.integer({ min: -3, max: 3 }), { freq: 4 }),
  draftReads: fc.integer({ min: 0, max: 2 }),
  notes: fc.array(notePlan, { maxLength: 2 }),
  end: fc.constantFrom(
    'payments',
    'payments',
    'payments',
    'payments',
    'payments',
    'draft',
    'deleted',
    'void',
    'uncollectible',
  ),
  payments: fc.array(paymentPlan, { maxLength: 3 }),
  replacement: fc.option(
    fc.record({
      share: fc.constantFrom(100, 100, 50, 120),
      status: fc.constantFrom('draft', 'open', 'paid', 'void', 'deleted'),
    }),
    { freq: 4 },
  ),
  onDeal: fc.boolean(),
});

const linkPlan = fc.constantFrom<LinkPlan>('holds', 'holds', 'ended', 'released');

export const payerPlan: fc.Arbitrary<PayerPlan> = fc.record({
  invoices: fc.array(invoicePlan, { minLength: 1, maxLength: 3 }),
  credits: fc.array(fc.constantFrom(0, 0, 700, 12), { maxLength: 3 }),
  isDeleted: fc.boolean(),
  links: fc.array(fc.array(linkPlan, { minLength: 1, maxLength: 3 }), { maxLength: 2 }),
  joint: fc.option(paymentPlan, { freq: 2 }),
});
