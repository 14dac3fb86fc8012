// What records of ours should say in a CRM that has an object of ours for each: subscriptions, invoices, payments and what happened to them.
import { dayOf } from '../ledger/calendar.ts';
import type { EntityKind } from '../ledger/entities.ts';
import type { Row } from '../ledger/facts.ts';
import type { Entry } from '../ledger/fold.ts';
import { invoiceFigures, paymentTotals, type InvoiceFigures } from '../ledger/invoice-figures.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import { methodText } from '../ledger/method-text.ts';
import type { Money } from '../money/money.ts';
import type { LinkEnd, MirrorKind, WholeState, WholeValues } from './desired-state.ts';
import {
  isMirrored,
  ownedInvoice,
  paymentWord,
  peopleOf,
  sorted,
  type MirrorContext,
  type Source,
} from './mirror.ts';
import { mirrorsTouched, nameOf, type Touched } from './touched.ts';

/**
 * States of everything that a change touched.
 * @param changed rows as they are now; @param rows everything known, those included
 */
export function wholeStates(
  changed: readonly Row[],
  rows: readonly Row[],
  context: MirrorContext,
): WholeState[] {
  const targets = context.mirrors.filter(({ whole }) => whole);
  if (targets.length === 0 || changed.length === 0) return [];
  const ledger = ledgerOf(rows);
  const touched = mirrorsTouched(changed, ledger);
  const figures = invoiceFigures(ledger, context.asOf, context.zone);
  return targets.flatMap((target) => {
    const counts = ({ account }: { account: string }): boolean =>
      context.counts(account, target.installationId);
    const source = { ledger, target, zone: context.zone };
    const invoices = figures.filter((one) => counts(one) && isMirrored(one));
    const payments = ledger.payment.filter((one) => counts(one) && paymentWord(one, ledger) !== null);
    const subscriptions = ledger.subscription.filter(
      (one) => counts(one) && touched.subscriptions.has(nameOf(one)),
    );
    const changedInvoices = invoices.filter((one) => touched.invoices.has(nameOf(one)));
    const changedPayments = payments.filter((one) => touched.payments.has(nameOf(one)));
    return [
      ...subscriptions.map((one) => subscriptionState(source, one)),
      ...changedInvoices.flatMap((one) => [invoiceState(source, one), ...linesOf(source, one, touched)]),
      ...changedPayments.flatMap((one) => [paymentState(source, one), ...afterPayment(source, one)]),
      ...allocationsOf(source, { invoices, payments, touched }),
    ];
  });
}

type Named = { account: string; id: string };

const state = ({ target }: Source, { account, id }: Named, values: WholeValues): WholeState => ({
  kind: 'whole',
  installationId: target.installationId,
  account,
  id,
  presence: 'present',
  values,
});

const parent = (mirror: MirrorKind, account: string, id: string): LinkEnd => ({ mirror, account, id });

function invoiceState(source: Source, invoice: InvoiceFigures): WholeState {
  const { body, flags, owedMinor } = invoice;
  const { currency } = body;
  return state(source, invoice, {
    of: 'invoice',
    fields: {
      number: body.number ?? invoice.id,
      status: flags[0] ?? body.status,
      state: body.status,
      currency,
      total: { amountMinor: body.totalMinor, currency },
      due: { amountMinor: owedMinor, currency },
      issued_on: dayOf(body.finalizedAt ?? body.createdAt, source.zone),
      due_date: body.dueAt ? dayOf(body.dueAt, source.zone) : null,
    },
    refs: sorted([
      ...peopleOf(source, ownedInvoice(source.ledger, invoice)).to,
      ...subscriptionOf(source, invoice),
    ]),
  });
}

/** One that was not read yet is not in the CRM either, and an invoice must not wait for it. */
const subscriptionOf = ({ ledger }: Source, { account, body }: InvoiceFigures): LinkEnd[] =>
  ledger.subscription
    .filter((one) => one.account === account && one.id === body.subscriptionId)
    .map(({ id }) => parent('subscription', account, id));

function subscriptionState(source: Source, subscription: Entry<'subscription'>): WholeState {
  const { account, id, owner, body } = subscription;
  const { status, currency, amountMinor, period } = body;
  const made = source.ledger.invoice.find(
    (one) => one.account === account && one.body.subscriptionId === id && one.body.record !== null,
  );
  return state(source, subscription, {
    of: 'subscription',
    fields: {
      reference: id,
      status,
      currency,
      ...(amountMinor === null
        ? { amount: null, amount_minor: null, amount_text: null }
        : { amount: { amountMinor, currency } }),
      period_unit: period?.unit ?? null,
      period_count: period ? String(period.count) : null,
      started_at: body.createdAt,
      period_ends_at: body.periodEndsAt,
      cancel_at: body.cancelAt,
      ended_at: body.endedAt,
    },
    refs: sorted(peopleOf(source, { account, owner, record: made?.body.record ?? null }).to),
  });
}

function linesOf(source: Source, invoice: InvoiceFigures, touched: Touched): WholeState[] {
  if (!touched.lines.has(nameOf(invoice))) return [];
  const { account, id } = invoice;
  return source.ledger.line
    .filter((line) => line.account === account && line.body.invoiceId === id)
    .map((line) => {
      const { description, quantity, amountMinor, currency } = line.body;
      return state(source, line, {
        of: 'line',
        fields: { description, quantity, currency, amount: { amountMinor, currency } },
        refs: [parent('invoice', account, id)],
      });
    });
}

function paymentState(source: Source, payment: Entry<'payment'>): WholeState {
  const { ledger } = source;
  const { account, id, owner, body } = payment;
  const { currency, capturedMinor } = body;
  const { refundedMinor, reversedMinor, atRiskMinor } = paymentTotals(payment, ledger);
  const amount = (amountMinor: number): Money => ({ amountMinor, currency });
  return state(source, payment, {
    of: 'payment',
    fields: {
      reference: id,
      status: paymentWord(payment, ledger),
      currency,
      amount: amount(body.amountMinor),
      refunded: amount(refundedMinor),
      collected: amount(capturedMinor - refundedMinor - reversedMinor - atRiskMinor),
      method_text: methodText(body.method),
      failure: body.failure,
      started_at: body.createdAt,
      succeeded_at: body.succeededAt,
    },
    refs: sorted(peopleOf(source, { account, owner, record: recordOf(source, payment) }).to),
  });
}

/** The record that the first invoice it paid was made from. */
function recordOf({ ledger }: Source, payment: Entry<'payment'>) {
  const paid = new Set(
    ledger.allocation.flatMap(({ account, body }) =>
      account === payment.account && body.paymentId === payment.id ? [body.invoiceId] : [],
    ),
  );
  const invoices = ledger.invoice.filter(({ account, id }) => account === payment.account && paid.has(id));
  return invoices.find(({ body }) => body.record !== null)?.body.record ?? null;
}

/** What was paid back, and what the bank wants back. */
function afterPayment(source: Source, payment: Entry<'payment'>): WholeState[] {
  const { ledger } = source;
  const stateOf = <K extends Extract<EntityKind, 'refund' | 'dispute'>>(
    of: K,
    entry: Entry<K>,
  ): WholeState => {
    const { status, amountMinor, currency, createdAt } = entry.body;
    return state(source, entry, {
      of,
      fields: {
        reference: entry.id,
        status,
        currency,
        amount: { amountMinor, currency },
        started_at: createdAt,
      },
      refs: [parent('payment', payment.account, payment.id)],
    });
  };
  const isIts = ({ account, body }: { account: string; body: { paymentId: string } }): boolean =>
    account === payment.account && body.paymentId === payment.id;
  return [
    ...ledger.refund.filter(isIts).map((refund) => stateOf('refund', refund)),
    ...ledger.dispute.filter(isIts).map((dispute) => stateOf('dispute', dispute)),
  ];
}

type Shown = { invoices: InvoiceFigures[]; payments: Entry<'payment'>[]; touched: Touched };

/** Which part of a payment belongs to which invoice, where both are shown. */
function allocationsOf(source: Source, { invoices, payments, touched }: Shown): WholeState[] {
  const shownInvoices = new Set(invoices.map(nameOf));
  const shownPayments = new Set(payments.map(nameOf));
  return source.ledger.allocation.flatMap((allocation) => {
    const { account, body } = allocation;
    const invoice = nameOf({ account, id: body.invoiceId });
    const payment = nameOf({ account, id: body.paymentId });
    const isTouched = touched.invoices.has(invoice) || touched.payments.has(payment);
    if (!isTouched || !shownInvoices.has(invoice) || !shownPayments.has(payment)) return [];
    const { status, amountMinor, currency } = body;
    return [
      state(source, allocation, {
        of: 'allocation',
        fields: { status, currency, amount: { amountMinor, currency } },
        refs: [parent('invoice', account, body.invoiceId), parent('payment', account, body.paymentId)],
      }),
    ];
  });
}
