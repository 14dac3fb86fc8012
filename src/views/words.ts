// The words people see for states: the same on card, CRM field, pay page and export.
import type { InvoiceFigures, InvoiceFlag } from '../ledger/invoice-figures.ts';
import type { InvoiceStatus, Link, PaymentStatus } from '../ledger/entities.ts';
import type { BalanceState } from '../ledger/balance.ts';
import type { Tone } from './card-schema.ts';

type Word = { text: string; tone: Tone };

const FLAGS: Record<InvoiceFlag, Word> = {
  reversed: { text: 'Payment reversed', tone: 'danger' },
  disputed: { text: 'Disputed', tone: 'danger' },
  overdue: { text: 'Overdue', tone: 'danger' },
  processing: { text: 'Payment processing', tone: 'info' },
  partially_paid: { text: 'Partly paid', tone: 'warning' },
  overpaid: { text: 'Overpaid', tone: 'warning' },
  refunded: { text: 'Refunded', tone: 'default' },
};

const INVOICES: Record<InvoiceStatus, Word> = {
  draft: { text: 'Draft', tone: 'default' },
  deleted: { text: 'Deleted', tone: 'default' },
  open: { text: 'Open', tone: 'info' },
  paid: { text: 'Paid', tone: 'success' },
  void: { text: 'Void', tone: 'default' },
  uncollectible: { text: 'Written off', tone: 'default' },
};

/** The most urgent flag, or else the state. */
export const invoiceWord = (figures: InvoiceFigures): Word => {
  const [urgent] = figures.flags;
  return urgent ? FLAGS[urgent] : INVOICES[figures.body.status];
};

export const PAYMENTS: Record<PaymentStatus, Word> = {
  requires_action: { text: 'Waiting for the customer', tone: 'warning' },
  processing: { text: 'Processing', tone: 'info' },
  succeeded: { text: 'Paid', tone: 'success' },
  failed: { text: 'Failed', tone: 'danger' },
  canceled: { text: 'Canceled', tone: 'default' },
};

export const BALANCES: Record<BalanceState, Word> = {
  reversed: { text: 'Payment reversed', tone: 'danger' },
  disputed: { text: 'Disputed', tone: 'danger' },
  overdue: { text: 'Overdue', tone: 'danger' },
  processing: { text: 'Payment processing', tone: 'info' },
  open: { text: 'Open', tone: 'info' },
  credit: { text: 'Has credit', tone: 'warning' },
  paid: { text: 'Paid', tone: 'success' },
  none: { text: 'No invoices', tone: 'default' },
};

/** What a payer is doing on the pay page. */
export const STAGES: Record<string, string> = {
  opened: 'The customer has the pay page open',
  typing: 'The customer is entering their details',
  authenticating: 'The bank is asking the customer to confirm',
  submitted: 'The payment is being confirmed',
  declined: 'The bank declined; the customer can try again',
};

/** Why a customer of the gateway belongs to a record. */
export const LINKS: Record<Link['reason'], string> = {
  record: 'Made from this record',
  operation: 'Made from this record',
  external_id: 'Id written at the gateway',
  email: 'Same e-mail address',
  primary_company: 'Company of its contact',
  person: 'Assigned by a person',
};

/** A calendar day in words, for example 12 March 2026. @param day YYYY-MM-DD */
export const dayText = (day: string, locale = 'en-GB'): string =>
  formatOf(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));

export const momentText = (at: string, zone: string, locale = 'en-GB'): string =>
  formatOf(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(new Date(at));

/** Making a format costs many times what using it does. A locale may come from outside, so that only so many are kept. */
const formats = new Map<string, Intl.DateTimeFormat>();
const MOST_FORMATS = 500;

function formatOf(locale: string, style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${style.timeStyle ?? ''}|${style.timeZone}`;
  const known = formats.get(key);
  if (known) return known;
  if (formats.size >= MOST_FORMATS) formats.clear();
  const made = new Intl.DateTimeFormat(locale, style);
  formats.set(key, made);
  return made;
}
