// Which card or bank account on file is charged for an invoice, and how much.
import { LightningElement, api } from 'lwc';

/** @param {import('payside/view').MethodView} method */
const labelOf = ({ text, expiresText }) => (expiresText === null ? text : `${text}, ${expiresText}`);

export default class PaysideChargeFields extends LightningElement {
  /** @type {import('payside/view').CardView | null} */
  @api view = null;
  /** @type {import('payside/view').InvoiceView | null} */
  @api invoice = null;
  @api locked = false;

  chosen = '';

  get methods() {
    return (this.view?.methods ?? [])
      .filter(({ chargeable }) => chargeable)
      .map((method) => ({ label: labelOf(method), value: method.id }));
  }

  get methodId() {
    return this.chosen || (this.methods[0]?.value ?? '');
  }

  get text() {
    return this.invoice ? `${this.invoice.number}: ${this.invoice.due.text} is taken now.` : '';
  }

  /** The request's body; null where nothing can be charged. */
  @api body() {
    const { invoice, methodId } = this;
    return invoice && methodId !== '' ? { invoiceId: invoice.id, methodId } : null;
  }

  /** @param {CustomEvent<{ value: string }>} event */
  choose({ detail: { value } }) {
    this.chosen = value;
  }
}
