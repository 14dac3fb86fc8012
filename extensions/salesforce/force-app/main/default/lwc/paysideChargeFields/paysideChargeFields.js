// Which card or bank account on file is charged for an invoice, and how much.
import { LightningElement, api } from 'lwc';

/** @param {import('payside/view').MethodView} method */
const labelOf = ({ text, expiresText }) => (expiresText === null ? text : `${text} · ${expiresText}`);

export default class PaysideChargeFields extends LightningElement {
  /** @type {import('payside/view').CardView | null} */
  @api view = null;
  @api locked = false;

  chosen = '';
  /** The invoice as it is now. @type {import('payside/view').InvoiceView | null} */
  current = null;
  /** What was to be taken when this was opened. @type {import('payside/view').Amount | null} */
  first = null;
  /** What a charge takes: now, or as last known where none is offered any more. @type {import('payside/view').Amount | null} */
  now = null;

  @api get invoice() {
    return this.current;
  }
  set invoice(value) {
    this.current = value;
    this.now = value?.charge ?? this.now ?? value?.due ?? null;
    this.first ??= this.now;
    const detail = { submitText: `Charge ${this.now?.text ?? ''}` };
    this.dispatchEvent(new CustomEvent('drafted', { detail }));
  }

  /** Both, where they differ. */
  get changed() {
    const { first, now } = this;
    if (!first || !now || first.text === now.text) return '';
    return `It was ${first.text} when you opened this, and is ${now.text} now.`;
  }

  get methods() {
    return (this.view?.methods ?? [])
      .filter(({ id }) => this.current?.methodIds.includes(id))
      .map((method) => ({ label: labelOf(method), value: method.id }));
  }

  get methodId() {
    return this.chosen || (this.methods[0]?.value ?? '');
  }

  get text() {
    return this.current && this.now ? `${this.current.number}: ${this.now.text} is taken now.` : '';
  }

  /** The request's body; null where nothing can be charged. */
  @api body() {
    const { current, now, methodId } = this;
    if (!current || !now || methodId === '') return null;
    return { invoiceId: current.id, methodId, amountMinor: now.amountMinor };
  }

  /** @param {CustomEvent<{ value: string }>} event */
  choose({ detail: { value } }) {
    this.chosen = value;
  }
}
