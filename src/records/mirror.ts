// What the mirrored invoices, line items and payments of a CRM should say, and what they are linked with.
import { dayOf } from '../ledger/calendar.ts';
import { recordKey, type Row } from '../ledger/facts.ts';
import { invoiceFigures, paymentTotals, type InvoiceFigures } from '../ledger/invoice-figures.ts';
import type { RecordRef } from '../ledger/entities.ts';
import type { Entry } from '../ledger/fold.ts';
import { ledgerOf, type Ledger } from '../ledger/ledger.ts';
import type {
  DesiredState,
  InvoiceState,
  LinkEnd,
  LinksState,
  LinkValues,
  MirrorKind,
  PaymentValues,
} from './desired-state.ts';
import type { SummaryContext } from './summary.ts';
import { mirrorsTouched, nameOf, type Touched } from './touched.ts';

/** An installation that takes copies of invoices, and perhaps of payments. */
export type MirrorTarget = {
  installationId: string;
  payments: boolean;
  /** The CRM has an object of ours for each kind of thing, and links stand among its fields; see `wholeStates`. */
  whole?: boolean;
};

export type MirrorContext = SummaryContext & { mirrors: readonly MirrorTarget[] };

/**
 * States of the invoices, lines and payments that a change touched.
 * @param changed rows as they are now; @param rows everything known, those included
 */
export function mirrorStates(
  changed: readonly Row[],
  rows: readonly Row[],
  context: MirrorContext,
): DesiredState[] {
  const targets = context.mirrors.filter(({ whole }) => !whole);
  if (targets.length === 0 || changed.length === 0) return [];
  const ledger = ledgerOf(rows);
  const touched = mirrorsTouched(changed, ledger);
  const figures = invoiceFigures(ledger, context.asOf, context.zone);
  return targets.flatMap((target) => {
    const counts = ({ account }: { account: string }): boolean =>
      context.counts(account, target.installationId);
    const source = { ledger, target, zone: context.zone };
    const invoices = figures.filter((one) => touched.invoices.has(nameOf(one)) && counts(one));
    const payments = ledger.payment.filter((one) => touched.payments.has(nameOf(one)) && counts(one));
    return [
      ...invoices.filter(isMirrored).flatMap((one) => statesOfInvoice(source, one, touched)),
      ...(target.payments ? payments.flatMap((one) => statesOfPayment(source, one)) : []),
    ];
  });
}

export type Source = { ledger: Ledger; target: MirrorTarget; zone: string };

/** Drafts change too often to be shown, and a deleted draft was never more than one. */
export const isMirrored = ({ body }: { body: InvoiceFigures['body'] }): boolean =>
  body.status !== 'draft' && body.status !== 'deleted';

function statesOfInvoice(source: Source, invoice: InvoiceFigures, touched: Touched): DesiredState[] {
  const { ledger, target } = source;
  const base = {
    installationId: target.installationId,
    account: invoice.account,
    presence: 'present',
  } as const;
  const links = linksOf(source, 'invoice', invoice, peopleOf(source, ownedInvoice(ledger, invoice)));
  const states: DesiredState[] = [invoiceState(source, invoice), ...links];
  if (!touched.lines.has(nameOf(invoice))) return states;
  const lines = ledger.line.filter(
    ({ account, body }) => account === invoice.account && body.invoiceId === invoice.id,
  );
  const end = { mirror: 'invoice', account: invoice.account, id: invoice.id } as const;
  const ofLines = lines.flatMap((line): DesiredState[] => {
    const { description, quantity, amountMinor, currency } = line.body;
    const values = { description, quantity, amount: { amountMinor, currency } };
    return [
      { ...base, kind: 'line', id: line.id, values },
      ...linksOf(source, 'line', line, { to: [end], drop: [] }),
    ];
  });
  return [...states, ...ofLines];
}

function invoiceState({ target, zone }: Source, invoice: InvoiceFigures): InvoiceState {
  const { body, flags, owedMinor, account, id } = invoice;
  return {
    kind: 'invoice',
    installationId: target.installationId,
    account,
    id,
    presence: 'present',
    values: {
      number: body.number,
      status: flags[0] ?? body.status,
      total: { amountMinor: body.totalMinor, currency: body.currency },
      due: { amountMinor: owedMinor, currency: body.currency },
      dueOn: body.dueAt ? dayOf(body.dueAt, zone) : null,
    },
  };
}

function statesOfPayment(source: Source, payment: Entry<'payment'>): DesiredState[] {
  const status = paymentWord(payment, source.ledger);
  if (!status) return [];
  const { amountMinor, currency, createdAt } = payment.body;
  const { refundedMinor } = paymentTotals(payment, source.ledger);
  const { account, id } = payment;
  return [
    {
      kind: 'payment',
      installationId: source.target.installationId,
      account,
      id,
      presence: 'present',
      values: {
        status,
        amount: { amountMinor, currency },
        refunded: { amountMinor: refundedMinor, currency },
        startedAt: createdAt,
      },
    },
    ...linksOf(source, 'payment', payment, endsOfPayment(source, payment)),
  ];
}

/** null for what never was more than an attempt to begin; one that was given up after a try has failed. */
export function paymentWord(payment: Entry<'payment'>, ledger: Ledger): PaymentValues['status'] | null {
  const { status, capturedMinor, method } = payment.body;
  if (status === 'canceled') return method ? 'failed' : null;
  if (status === 'requires_action') return null;
  if (status !== 'succeeded') return status;
  const { refundedMinor, atRiskMinor, reversedMinor } = paymentTotals(payment, ledger);
  if (reversedMinor > 0) return 'reversed';
  if (atRiskMinor > 0) return 'disputed';
  if (refundedMinor > 0) return refundedMinor < capturedMinor ? 'partially_refunded' : 'refunded';
  const isRefunding = ledger.refund.some(
    ({ account, body }) =>
      account === payment.account && body.paymentId === payment.id && body.status === 'pending',
  );
  return isRefunding ? 'refunding' : 'succeeded';
}

type Ends = Omit<LinkValues, 'of'>;

/** A CRM calls an invoice paid once a payment hangs on it, so a payment is linked only with invoices that are. */
function endsOfPayment(source: Source, payment: Entry<'payment'>): Ends {
  const { ledger } = source;
  const people = peopleOf(source, { account: payment.account, owner: payment.owner, record: null });
  const isPaid = (id: string): boolean =>
    ledger.invoice.some(
      (one) => one.id === id && one.account === payment.account && one.body.status === 'paid',
    );
  const invoices = ledger.allocation.flatMap(({ account, body }): LinkEnd[] => {
    const isIts = account === payment.account && body.paymentId === payment.id && body.status === 'paid';
    return isIts && isPaid(body.invoiceId) ? [{ mirror: 'invoice', account, id: body.invoiceId }] : [];
  });
  return { to: [...people.to, ...invoices], drop: people.drop };
}

type Owned = { account: string; owner: string | null; record: RecordRef | null };

export const ownedInvoice = (ledger: Ledger, { account, id, body }: InvoiceFigures): Owned => ({
  account,
  owner: ledger.invoice.find((one) => one.account === account && one.id === id)?.owner ?? null,
  record: body.record,
});

/**
 * The records its payer is linked to, and the one it was made from unless a person took the payer off that one; `drop` has
 * those the payer was linked to before.
 */
export function peopleOf({ ledger, target }: Source, { account, owner, record }: Owned): Ends {
  const links = ledger.link.filter((link) => link.account === account && link.body.customerId === owner);
  const records = (active: boolean): RecordRef[] =>
    links.filter((link) => link.body.active === active).map((link) => link.body.record);
  const released = new Set(links.flatMap(({ body }) => (body.released ? [recordKey(body.record)] : [])));
  const mine = [...records(true), ...(record && !released.has(recordKey(record)) ? [record] : [])];
  const kept = new Set(mine.map(recordKey));
  const here = (list: RecordRef[]): LinkEnd[] =>
    unique(list.filter(({ installationId }) => installationId === target.installationId)).map(
      ({ objectType, recordId }) => ({ objectType, recordId }),
    );
  return { to: here(mine), drop: here(records(false).filter((one) => !kept.has(recordKey(one)))) };
}

const unique = (records: RecordRef[]): RecordRef[] => [
  ...new Map(records.map((record) => [recordKey(record), record])).values(),
];

/** Nothing is said about links of a record that never had any. */
function linksOf(
  { target }: Source,
  of: MirrorKind,
  { account, id }: { account: string; id: string },
  { to, drop }: Ends,
): LinksState[] {
  if (to.length === 0 && drop.length === 0) return [];
  return [
    {
      kind: 'links',
      installationId: target.installationId,
      account,
      id,
      presence: 'present',
      values: { of, to: sorted(to), drop: sorted(drop) },
    },
  ];
}

export const sorted = (ends: LinkEnd[]): LinkEnd[] =>
  [...ends].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
