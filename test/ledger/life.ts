// Lives out a plan: every fact the gateway would state on the way, and apart from the ledger what must be true in the end.
import type {
  DisputeStatus,
  EntityBody,
  EntityKind,
  InvoiceStatus,
  PaymentStatus,
  RefundStatus,
} from '../../src/ledger/entities.ts';
import type { Fact, FactOf } from '../../src/ledger/facts.ts';
import type { DisputePlan, InvoicePlan, NotePlan, PayerPlan, PaymentPlan, RefundPlan } from './plans.ts';

export const ACCOUNT = 'acct_sample';
export const INSTALLATION = 'hubspot-1';
/** Noon of the sample day, in UTC; due days are counted from here. */
export const NOON = Date.UTC(2026, 2, 10, 12);

const DAY_MS = 86_400_000;

export type PartTruth = {
  invoiceId: string;
  allocationId: string;
  paid: number;
  refunded: number;
  atRisk: number;
  reversed: number;
};

export type PaymentTruth = {
  id: string;
  currency: string;
  status: PaymentStatus;
  captured: number;
  refunded: number;
  atRisk: number;
  reversed: number;
  succeededAt: string | null;
  parts: PartTruth[];
};

export type InvoiceTruth = {
  id: string;
  currency: string;
  status: InvoiceStatus;
  total: number;
  credited: number;
  paid: number;
  dueAt: string | null;
  replacesId: string | null;
  isProcessing: boolean;
  deal: string | null;
};

export type Life = {
  facts: Fact[];
  customerId: string;
  invoices: InvoiceTruth[];
  payments: PaymentTruth[];
  credit: { amountMinor: number; currency: string } | null;
  /** Whether each link holds in the end. */
  links: boolean[];
};

type Named<K extends EntityKind> = Pick<FactOf<K>, 'entity' | 'id' | 'body'> & Partial<FactOf<K>>;

/** A fact as the gateway's own words would give it, with what is the same for all of them filled in. */
export function stated<K extends EntityKind>(named: Named<K>): Fact {
  const base = { account: ACCOUNT, aspect: named.entity, owner: null, source: 'gateway', number: 0 };
  return { ...base, ...named } as unknown as Fact;
}

export const totalOf = (amounts: readonly number[]): number => amounts.reduce((sum, one) => sum + one, 0);

/** @param name tells this payer's ids from those of others */
export function live(plan: PayerPlan, name: string): Life {
  const life: Life = {
    facts: [],
    customerId: `cus_${name}`,
    invoices: [],
    payments: [],
    credit: null,
    links: [],
  };
  const world: World = { life, name, reads: 0 };
  liveCustomer(world, plan);
  plan.invoices.forEach((invoice, index) => liveInvoice(world, invoice, `${name}${index}`));
  if (plan.joint) liveJoint(world, plan.joint);
  plan.invoices.forEach((invoice, index) => liveReplacement(world, invoice, `${name}${index}`));
  return life;
}

type World = { life: Life; name: string; reads: number };

const read = (world: World): number => (world.reads += 1);
const at = (minutes: number): string => new Date(NOON + minutes * 60_000).toISOString();

function liveCustomer(world: World, { credits, isDeleted, links }: PayerPlan): void {
  const { life } = world;
  const base = { entity: 'customer', id: life.customerId, owner: life.customerId } as const;
  for (const creditMinor of credits) {
    life.facts.push(stated({ ...base, number: read(world), body: { currency: 'EUR', creditMinor } }));
  }
  const last = credits.at(-1);
  if (last && !isDeleted) life.credit = { amountMinor: last, currency: 'EUR' };
  if (isDeleted) {
    life.facts.push(stated({ ...base, aspect: 'deletion', number: read(world), body: { deleted: true } }));
  }
  links.forEach((statements, index) => {
    const record = {
      installationId: INSTALLATION,
      objectType: 'contacts',
      recordId: `${world.name}${index}`,
    };
    for (const said of statements) {
      const stands = { active: said === 'holds', released: said === 'released' };
      const body = { customerId: life.customerId, record, reason: 'email', ...stands } as const;
      const link = { entity: 'link', id: `${life.customerId}>${index}`, owner: life.customerId } as const;
      life.facts.push(stated({ ...link, source: 'payside', number: read(world), body }));
    }
    life.links.push(statements.at(-1) === 'holds');
  });
}

function liveInvoice(world: World, plan: InvoicePlan, name: string): void {
  const total = totalOf(plan.lines);
  const truth: InvoiceTruth = {
    id: `in_${name}`,
    currency: plan.currency,
    status: 'draft',
    total,
    credited: 0,
    paid: 0,
    dueAt: plan.dueIn === null ? null : new Date(NOON + plan.dueIn * DAY_MS).toISOString(),
    replacesId: null,
    isProcessing: false,
    deal: plan.onDeal ? `deal${world.name}` : null,
  };
  world.life.invoices.push(truth);
  const reads = plan.end === 'draft' || plan.end === 'deleted' ? plan.draftReads + 1 : plan.draftReads;
  for (let index = 0; index < reads; index += 1)
    sayInvoice(world, truth, read(world), { memo: `text ${index}` });
  plan.lines.forEach((amountMinor, index) => {
    const body = { invoiceId: truth.id, description: 'Work', amountMinor, currency: plan.currency };
    const owner = index % 2 === 0 ? world.life.customerId : null;
    world.life.facts.push(stated({ entity: 'line', id: `li_${name}${index}`, owner, body }));
  });
  if (plan.end === 'draft') return;
  if (plan.end === 'deleted') return become(world, truth, 'deleted');
  become(world, truth, 'open');
  if (plan.end !== 'payments') return become(world, truth, plan.end);
  liveMoney(world, truth, plan, name);
}

/** Credit notes come, and go again, between the payments. */
function liveMoney(world: World, truth: InvoiceTruth, plan: InvoicePlan, name: string): void {
  const notes = plan.notes.map((note, index) => ({ ...note, id: `cn_${name}${index}`, amount: 0 }));
  for (let tried = 0; tried <= MOST_TRIES; tried += 1) {
    for (const note of notes) {
      if (note.after === tried) issueNote(world, truth, note);
      if (note.voidedAfter === tried) voidNote(world, truth, note);
    }
    const payment = plan.payments[tried];
    if (payment) livePayment(world, payment, [truth], `${name}${tried}`);
  }
}

/** As many payments as a plan may have. */
const MOST_TRIES = 3;

function become(world: World, truth: InvoiceTruth, status: InvoiceStatus): void {
  truth.status = status;
  sayInvoice(world, truth, 0);
}

export const remainingOf = (truth: InvoiceTruth): number => truth.total - truth.credited - truth.paid;

function sayInvoice(world: World, truth: InvoiceTruth, number: number, more: { memo?: string } = {}): void {
  const { id, currency, status, total, credited, paid, dueAt, replacesId, deal } = truth;
  const record = deal ? { installationId: INSTALLATION, objectType: 'deals', recordId: deal } : null;
  const remainingMinor = remainingOf(truth);
  const body: Partial<EntityBody['invoice']> = {
    customerId: world.life.customerId,
    currency,
    status,
    totalMinor: total,
    dueMinor: total - credited,
    paidMinor: paid,
    remainingMinor,
    creditedMinor: credited,
    dueAt,
    replacesId,
    record,
    ...more,
  };
  world.life.facts.push(stated({ entity: 'invoice', id, owner: world.life.customerId, number, body }));
}

type Note = NotePlan & { id: string; amount: number };

function issueNote(world: World, truth: InvoiceTruth, note: Note): void {
  if (truth.status !== 'open') return;
  note.amount = Math.min(Math.floor((truth.total * note.share) / 100), remainingOf(truth));
  if (note.amount === 0) return;
  truth.credited += note.amount;
  sayNote(world, truth, note, 'issued');
}

function voidNote(world: World, truth: InvoiceTruth, note: Note): void {
  if (note.amount === 0 || truth.status !== 'open') return;
  truth.credited -= note.amount;
  sayNote(world, truth, note, 'void');
  note.amount = 0;
}

/** What was credited goes up and down, so the invoice is told by event and then read. */
function sayNote(world: World, truth: InvoiceTruth, note: Note, status: 'issued' | 'void'): void {
  const body = { invoiceId: truth.id, amountMinor: note.amount, currency: truth.currency, status };
  world.life.facts.push(stated({ entity: 'creditNote', id: note.id, body }));
  become(world, truth, remainingOf(truth) === 0 ? 'paid' : 'open');
  if (truth.status === 'open') sayInvoice(world, truth, read(world));
}

function liveJoint(world: World, plan: PaymentPlan): void {
  const open = world.life.invoices.filter((invoice) => invoice.status === 'open');
  const [first] = open;
  const both = open.filter((invoice) => invoice.currency === first?.currency).slice(0, 2);
  if (both.length === 2) livePayment(world, plan, both, `${world.name}j`);
}

function livePayment(world: World, plan: PaymentPlan, invoices: InvoiceTruth[], name: string): void {
  const asked = invoices.map((invoice) => Math.floor((remainingOf(invoice) * plan.share) / 100));
  const amount = totalOf(asked) + plan.extra;
  if (amount === 0) return;
  const paid = plan.outcome === 'succeeded';
  const payment: PaymentTruth = {
    id: `pi_${name}`,
    currency: invoices[0]!.currency,
    status: plan.outcome,
    captured: paid ? amount : 0,
    refunded: 0,
    atRisk: 0,
    reversed: 0,
    succeededAt: null,
    parts: [],
  };
  world.life.payments.push(payment);
  sayAttempts(world, plan, payment, amount);
  invoices.forEach((invoice, index) => {
    liveAllocation(world, plan, { payment, invoice, amount: asked[index]!, id: `ip_${name}${index}` });
  });
  if (paid) liveAfterwards(world, plan, payment, name);
}

/** Everything before a final state is only ever read from the gateway; the final one comes as events. */
function sayAttempts(world: World, plan: PaymentPlan, payment: PaymentTruth, amount: number): void {
  const say = (status: PaymentStatus, number: number, more: object = {}): void => {
    const body = {
      customerId: world.life.customerId,
      status,
      amountMinor: amount,
      currency: payment.currency,
    };
    world.life.facts.push(
      stated({
        entity: 'payment',
        id: payment.id,
        aspect: 'intent',
        owner: world.life.customerId,
        number,
        body: { ...body, capturedMinor: 0, ...more },
      }),
    );
  };
  say('requires_action', read(world));
  for (let decline = 0; decline < plan.declines; decline += 1) {
    say('failed', read(world), { failure: 'card_declined' });
    say('processing', read(world));
  }
  if (plan.outcome !== 'succeeded') {
    say(plan.outcome, plan.outcome === 'canceled' ? 0 : read(world));
    return;
  }
  payment.succeededAt = at((world.life.payments.length * 7) % 10);
  const charge = stated({
    entity: 'payment',
    id: payment.id,
    aspect: 'charge',
    owner: world.life.customerId,
    body: {
      status: 'succeeded',
      capturedMinor: amount,
      currency: payment.currency,
      succeededAt: payment.succeededAt,
    },
  });
  const intent = (): void => say('succeeded', 0, { capturedMinor: amount });
  if (plan.chargeFirst) world.life.facts.push(charge);
  intent();
  if (!plan.chargeFirst) world.life.facts.push(charge);
  for (let again = 0; again < plan.rereads; again += 1)
    say('succeeded', read(world), { capturedMinor: amount });
}

type Allocated = { payment: PaymentTruth; invoice: InvoiceTruth; amount: number; id: string };

function liveAllocation(world: World, plan: PaymentPlan, { payment, invoice, amount, id }: Allocated): void {
  const say = (status: 'open' | 'paid' | 'canceled', owner: string | null): void => {
    const body = {
      invoiceId: invoice.id,
      paymentId: payment.id,
      amountMinor: amount,
      currency: payment.currency,
    };
    world.life.facts.push(stated({ entity: 'allocation', id, owner, body: { ...body, status } }));
  };
  say('open', null);
  say('open', world.life.customerId);
  if (plan.outcome === 'processing') invoice.isProcessing = true;
  if (plan.outcome === 'canceled') say('canceled', null);
  if (plan.outcome !== 'succeeded') return;
  say('paid', null);
  payment.parts.push({
    invoiceId: invoice.id,
    allocationId: id,
    paid: amount,
    refunded: 0,
    atRisk: 0,
    reversed: 0,
  });
  invoice.paid += amount;
  become(world, invoice, remainingOf(invoice) === 0 ? 'paid' : 'open');
}

function liveAfterwards(world: World, plan: PaymentPlan, payment: PaymentTruth, name: string): void {
  let refundable = payment.captured;
  plan.refunds.forEach((refund, index) => {
    const amount = Math.floor((refundable * refund.share) / 100);
    const kept = liveRefund(world, refund, payment, { id: `re_${name}${index}`, amount });
    if (kept) refundable -= amount;
    if (kept && refund.path === 'succeeded') payment.refunded += amount;
  });
  if (plan.dispute) liveDispute(world, plan.dispute, payment, `dp_${name}`);
  if (plan.lateShare > 0) liveLateFailure(world, plan, payment);
  share(payment);
}

const REFUNDS: Record<RefundPlan['path'], RefundStatus[]> = {
  pending: ['pending'],
  asked: ['pending', 'requires_action'],
  succeeded: ['pending', 'succeeded'],
  failed: ['pending', 'failed'],
  returned: ['pending', 'succeeded', 'failed'],
  canceled: ['requires_action', 'canceled'],
};

/** @returns whether the refund still holds money */
function liveRefund(
  world: World,
  plan: RefundPlan,
  payment: PaymentTruth,
  { id, amount }: { id: string; amount: number },
): boolean {
  const body = { paymentId: payment.id, amountMinor: amount, currency: payment.currency };
  for (const status of REFUNDS[plan.path]) {
    world.life.facts.push(stated({ entity: 'refund', id, body: { ...body, status } }));
  }
  return plan.path === 'pending' || plan.path === 'asked' || plan.path === 'succeeded';
}

const DISPUTES: Record<DisputePlan['path'], DisputeStatus[]> = {
  warning: ['warning'],
  open: ['warning', 'needs_response'],
  review: ['needs_response', 'under_review'],
  won: ['needs_response', 'under_review', 'won'],
  lost: ['needs_response', 'under_review', 'lost'],
  prevented: ['needs_response', 'prevented'],
  appealed: ['needs_response', 'lost', 'won'],
};

function liveDispute(world: World, plan: DisputePlan, payment: PaymentTruth, id: string): void {
  const amountMinor = Math.floor((payment.captured * plan.share) / 100);
  const body = { paymentId: payment.id, amountMinor, currency: payment.currency };
  for (const status of DISPUTES[plan.path]) {
    world.life.facts.push(stated({ entity: 'dispute', id, body: { ...body, status } }));
  }
  if (plan.path === 'open' || plan.path === 'review') payment.atRisk = amountMinor;
  if (plan.path === 'lost') payment.reversed = amountMinor;
}

function liveLateFailure(world: World, plan: PaymentPlan, payment: PaymentTruth): void {
  const failedLateMinor = Math.floor((payment.captured * plan.lateShare) / 100);
  const said = { status: 'succeeded', capturedMinor: payment.captured, currency: payment.currency } as const;
  const succeededAt = payment.succeededAt;
  const body = { ...said, succeededAt, failedLateMinor };
  const owner = world.life.customerId;
  world.life.facts.push(stated({ entity: 'payment', id: payment.id, aspect: 'charge', owner, body }));
  payment.reversed = Math.min(payment.captured, payment.reversed + failedLateMinor);
}

/** Each part takes what it can, in the order of the allocations' ids. */
function share(payment: PaymentTruth): void {
  for (const field of ['refunded', 'atRisk', 'reversed'] as const) {
    let left = payment[field];
    for (const part of payment.parts) {
      part[field] = left > part.paid ? part.paid : left;
      left -= part[field];
    }
  }
}

export const partsOn = (life: Life, invoiceId: string): PartTruth[] =>
  life.payments.flatMap((payment) => payment.parts.filter((part) => part.invoiceId === invoiceId));

/** What a person who lost money to a charge-back does: asks for it again. */
function liveReplacement(world: World, plan: InvoicePlan, name: string): void {
  const replaced = world.life.invoices.find((invoice) => invoice.id === `in_${name}`);
  const reversed = totalOf(partsOn(world.life, `in_${name}`).map((part) => part.reversed));
  if (!plan.replacement || !replaced || reversed === 0) return;
  const { share: part, status } = plan.replacement;
  const total = Math.max(1, Math.floor((reversed * part) / 100));
  const truth = {
    ...replaced,
    id: `in_${name}r`,
    total,
    credited: 0,
    replacesId: replaced.id,
    isProcessing: false,
  };
  truth.paid = status === 'paid' ? total : 0;
  truth.status = status;
  world.life.invoices.push(truth);
  sayInvoice(world, truth, status === 'draft' ? read(world) : 0);
}

/** What the model says is owed for an invoice, from the truth alone. */
export function owedOf(life: Life, truth: InvoiceTruth): number {
  const rest = truth.status === 'open' ? remainingOf(truth) : 0;
  const reversed = totalOf(partsOn(life, truth.id).map((part) => part.reversed));
  const asked = life.invoices
    .filter((other) => other.replacesId === truth.id && other.status !== 'void' && other.status !== 'deleted')
    .map((other) => other.total);
  const again = reversed - totalOf(asked);
  return again > 0 ? rest + again : rest;
}
