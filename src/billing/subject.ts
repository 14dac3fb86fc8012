// The invoice an operation is about, as the ledger knows it at this record.
import type { InvoiceStatus } from '../ledger/entities.ts';
import type { Entry } from '../ledger/fold.ts';
import { invoiceFigures } from '../ledger/invoice-figures.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { About, Refusal } from './operation.ts';

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
  return invoice ? statusRefusal(invoice.body.status) : UNKNOWN_INVOICE;
}

export const statusRefusal = (status: InvoiceStatus): Refusal | null =>
  status === 'open'
    ? null
    : { code: 'invoice_not_open', message: NOT_OPEN[status] ?? 'This invoice is not open.' };

/** Refused as well while a payment is on its way: its money would come on top. */
export function idleRefusal({ ledger, now, zone }: About, invoiceId: string): Refusal | null {
  const refusal = openRefusal(ledger, invoiceId);
  if (refusal) return refusal;
  const figures = invoiceFigures(ledger, now, zone).find(({ id }) => id === invoiceId);
  if (!figures?.flags.includes('processing')) return null;
  return {
    code: 'payment_processing',
    message: 'A payment for this invoice is on its way. Wait until the bank has settled or refused it.',
  };
}
