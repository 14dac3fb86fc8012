// Which mirrored records a change of rows can have altered.
import type { Row } from '../ledger/facts.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** Names (`account|id`) of invoices and payments; `lines` names invoices whose lines are to be looked at. */
export type Touched = { invoices: Set<string>; payments: Set<string>; lines: Set<string> };

export const nameOf = ({ account, id }: { account: string; id: string }): string => `${account}|${id}`;

export function mirrorsTouched(changed: readonly Row[], ledger: Ledger): Touched {
  const touched: Touched = { invoices: new Set(), payments: new Set(), lines: new Set() };
  const owners = new Set<string>();
  for (const row of changed) {
    const parent = row.parent === null ? null : nameOf({ account: row.account, id: row.parent });
    if (row.entity === 'invoice') add(touched.invoices, nameOf(row), touched.lines);
    if (row.entity === 'payment') touched.payments.add(nameOf(row));
    if (row.entity === 'link') owners.add(`${row.account}|${row.owner}`);
    if (!parent) continue;
    if (row.entity === 'line') add(touched.invoices, parent, touched.lines);
    if (row.entity === 'refund' || row.entity === 'dispute') touched.payments.add(parent);
    if (row.entity === 'allocation' || row.entity === 'creditNote') touched.invoices.add(parent);
  }
  addOwned(touched, owners, ledger);
  addAllocated(touched, changed, ledger);
  addReplaced(touched, ledger);
  return touched;
}

const add = (names: Set<string>, name: string, also: Set<string>): void => {
  names.add(name);
  also.add(name);
};

/** A payer who moved takes along everything that is theirs. */
function addOwned(touched: Touched, owners: ReadonlySet<string>, ledger: Ledger): void {
  if (owners.size === 0) return;
  const isTheirs = ({ account, owner }: { account: string; owner: string | null }): boolean =>
    owners.has(`${account}|${owner}`);
  for (const invoice of ledger.invoice.filter(isTheirs)) touched.invoices.add(nameOf(invoice));
  for (const payment of ledger.payment.filter(isTheirs)) touched.payments.add(nameOf(payment));
}

/** What happens to a payment shows on its invoices, and a paid invoice is linked with its payments. */
function addAllocated(touched: Touched, changed: readonly Row[], ledger: Ledger): void {
  const direct = new Set(changed.filter(({ entity }) => entity === 'allocation').map(nameOf));
  const invoices = new Set(touched.invoices);
  const payments = new Set(touched.payments);
  for (const { account, id, body } of ledger.allocation) {
    const invoice = nameOf({ account, id: body.invoiceId });
    const payment = nameOf({ account, id: body.paymentId });
    if (direct.has(nameOf({ account, id })) || invoices.has(invoice)) touched.payments.add(payment);
    if (payments.has(payment)) touched.invoices.add(invoice);
  }
}

/** What is owed of a reversed invoice depends on the one that replaces it. */
function addReplaced(touched: Touched, ledger: Ledger): void {
  for (const { account, id, body } of ledger.invoice)
    if (body.replacesId && touched.invoices.has(nameOf({ account, id })))
      touched.invoices.add(nameOf({ account, id: body.replacesId }));
}
