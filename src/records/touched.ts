// Which mirrored records a change of rows can have altered.
import type { EntityKind } from '../ledger/entities.ts';
import type { Row } from '../ledger/facts.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** Names (`account|id`) of what is mirrored; `lines` names invoices whose lines are to be looked at. */
export type Touched = {
  subscriptions: Set<string>;
  invoices: Set<string>;
  payments: Set<string>;
  lines: Set<string>;
};

export const nameOf = ({ account, id }: { account: string; id: string }): string => `${account}|${id}`;

export function mirrorsTouched(changed: readonly Row[], ledger: Ledger): Touched {
  const touched: Touched = {
    subscriptions: new Set(),
    invoices: new Set(),
    payments: new Set(),
    lines: new Set(),
  };
  for (const row of changed) {
    const name = nameOf(row);
    const parent = row.parent === null ? name : nameOf({ account: row.account, id: row.parent });
    for (const table of TABLES[row.entity] ?? []) touched[table].add(OWN.has(row.entity) ? name : parent);
  }
  addOwned(touched, changed, ledger);
  addSubscribed(touched, ledger);
  addAllocated(touched, changed, ledger);
  addReplaced(touched, ledger);
  return touched;
}

/** Kinds that are mirrored themselves; a line is looked at with its invoice. */
const OWN: ReadonlySet<EntityKind> = new Set(['subscription', 'invoice', 'payment']);

/** What a row of a kind alters: itself, or what it hangs on. */
const TABLES: Partial<Record<EntityKind, readonly (keyof Touched)[]>> = {
  subscription: ['subscriptions'],
  invoice: ['invoices', 'lines'],
  line: ['invoices', 'lines'],
  allocation: ['invoices'],
  creditNote: ['invoices'],
  payment: ['payments'],
  refund: ['payments'],
  dispute: ['payments'],
};

/** A payer who moved takes along everything that is theirs. */
function addOwned(touched: Touched, changed: readonly Row[], ledger: Ledger): void {
  const links = changed.filter(({ entity }) => entity === 'link');
  if (links.length === 0) return;
  const owners = new Set(links.map(({ account, owner }) => `${account}|${owner}`));
  const isTheirs = ({ account, owner }: { account: string; owner: string | null }): boolean =>
    owners.has(`${account}|${owner}`);
  for (const invoice of ledger.invoice.filter(isTheirs)) touched.invoices.add(nameOf(invoice));
  for (const payment of ledger.payment.filter(isTheirs)) touched.payments.add(nameOf(payment));
  for (const one of ledger.subscription.filter(isTheirs)) touched.subscriptions.add(nameOf(one));
}

/** An invoice names its subscription once that is known, and lends it the record it was made from. */
function addSubscribed(touched: Touched, ledger: Ledger): void {
  for (const { account, id, body } of ledger.invoice) {
    if (body.subscriptionId === null) continue;
    const invoice = nameOf({ account, id });
    const subscription = nameOf({ account, id: body.subscriptionId });
    if (touched.invoices.has(invoice)) touched.subscriptions.add(subscription);
    else if (touched.subscriptions.has(subscription)) touched.invoices.add(invoice);
  }
}

/**
 * What happens to a payment shows on its invoices, and a paid invoice is linked with its payments. What was refunded or
 * disputed is shared out over all invoices of a payment, so that a new part of it moves the others as well.
 */
function addAllocated(touched: Touched, changed: readonly Row[], ledger: Ledger): void {
  const direct = new Set(changed.filter(({ entity }) => entity === 'allocation').map(nameOf));
  const parts = ledger.allocation.map(({ account, id, body }) => ({
    invoice: nameOf({ account, id: body.invoiceId }),
    payment: nameOf({ account, id: body.paymentId }),
    isChanged: direct.has(nameOf({ account, id })),
  }));
  const invoices = new Set(touched.invoices);
  const shared = new Set(parts.filter(({ isChanged }) => isChanged).map(({ payment }) => payment));
  const payments = new Set([...touched.payments, ...shared]);
  for (const { invoice, payment, isChanged } of parts) {
    if (isChanged || invoices.has(invoice)) touched.payments.add(payment);
    if (payments.has(payment)) touched.invoices.add(invoice);
  }
}

/** What is owed of a reversed invoice depends on the one that replaces it. */
function addReplaced(touched: Touched, ledger: Ledger): void {
  for (const { account, id, body } of ledger.invoice)
    if (body.replacesId && touched.invoices.has(nameOf({ account, id })))
      touched.invoices.add(nameOf({ account, id: body.replacesId }));
}
