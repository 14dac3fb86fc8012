// A record's invoices, a page at a time: a table where there is room, tiles where there is not.
import { LightningElement, api } from 'lwc';
import { badgeClass } from 'c/paysideWords';

/** @param {import('payside/view').InvoiceView} invoice */
const rowOf = (invoice) => {
  const { id, number, memo, statusText, tone, liveText, dueText, total, due } = invoice;
  return {
    id,
    invoice,
    number,
    memo,
    statusText,
    statusClass: badgeClass(tone),
    liveText,
    dueText: dueText ?? '–',
    owed: due.text,
    ofTotal: total.amountMinor === due.amountMinor ? null : `of ${total.text}`,
  };
};

export default class PaysideInvoices extends LightningElement {
  /** @type {import('c/paysideCard').Card | null} */
  @api card = null;
  /** @type {import('payside/view').CardView | null} */
  @api view = null;
  /** Where in the list this page is. */
  @api pages = { number: 1, hasPrevious: false, hasNext: false, isTurning: false };
  @api compact = false;

  get rows() {
    return (this.view?.invoices ?? []).map(rowOf);
  }

  get hasRows() {
    return this.rows.length > 0;
  }

  get pager() {
    const { number, isTurning, hasPrevious, hasNext } = this.pages;
    if (!hasPrevious && !hasNext) return null;
    return {
      text: `Page ${number}`,
      noNewer: isTurning || !hasPrevious,
      noOlder: isTurning || !hasNext,
    };
  }

  newer() {
    this.card?.previous();
  }

  older() {
    this.card?.next();
  }
}
