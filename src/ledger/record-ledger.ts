// What a CRM record shows of the ledger: its own money, and who pays there.
import type { Ledger } from './ledger.ts';
import { compareText } from './rank.ts';

/**
 * The ledger of a record, and everything of its payers: the same, except on a deal. There only its own invoices count, but
 * what its payers have saved and hold as credit is theirs wherever it came from.
 */
export type RecordLedger = Ledger & { payers: Ledger };

/**
 * The customer an invoice of a record is for: of several, the one who got the newest one here.
 * @param account the gateway account the invoice is made on
 * @returns null where nobody is known there yet
 */
export function payerChoice({ invoice, payers }: RecordLedger, account: string): string | null {
  const customers = payers.customer.filter((one) => one.account === account && !one.body.deleted);
  const newest = (id: string): string =>
    invoice
      .flatMap((one) => (one.account === account && one.body.customerId === id ? [one.body.createdAt] : []))
      .sort()
      .at(-1) ?? '';
  const [first] = customers
    .map(({ id }) => ({ id, newest: newest(id) }))
    .sort((a, b) => compareText(b.newest, a.newest) || compareText(a.id, b.id));
  return first?.id ?? null;
}
