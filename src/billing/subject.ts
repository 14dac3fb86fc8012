// The invoice an operation is about, as the ledger knows it at this record.
import type { Entry } from '../ledger/fold.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Refusal } from './operation.ts';

export const invoiceIn = (ledger: Ledger, invoiceId: string): Entry<'invoice'> | undefined =>
  ledger.invoice.find(({ id }) => id === invoiceId);

/** The same answer for an invoice of somebody else as for one that never was. */
export const UNKNOWN_INVOICE: Refusal = { code: 'not_found', message: 'This record has no such invoice.' };

const NOT_OPEN: Record<string, string> = {
  paid: 'This invoice is already paid.',
  void: 'This invoice is void.',
  draft: 'This invoice is still a draft.',
  uncollectible: 'This invoice was written off.',
};

export function openRefusal(ledger: Ledger, invoiceId: string): Refusal | null {
  const invoice = invoiceIn(ledger, invoiceId);
  if (!invoice) return UNKNOWN_INVOICE;
  if (invoice.body.status === 'open') return null;
  return { code: 'invoice_not_open', message: NOT_OPEN[invoice.body.status] ?? 'This invoice is not open.' };
}
