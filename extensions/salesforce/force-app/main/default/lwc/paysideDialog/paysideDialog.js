// The dialog in which a person acts: a form, what became of it, and its buttons.
import { api } from 'lwc';
import LightningModal from 'lightning/modal';

export default class PaysideDialog extends LightningModal {
  /** @type {import('c/paysideCard').Card | null} */
  @api card = null;
  /** @type {import('payside/view').InvoiceView | null} */
  @api invoice = null;
  /** @type {import('payside/view').PayerView | null} */
  @api payer = null;
  /** Null where there is only a link to show. @type {import('c/paysideOperation').Operation | null} */
  @api operation = null;

  /** @type {import('c/paysideOperation').OperationState} */
  state = { status: 'idle' };
  submitText = '';

  connectedCallback() {
    const { operation } = this;
    if (!operation) return;
    this.state = operation.state;
    this.endWatch = operation.watch(() => this.follow(operation));
  }

  disconnectedCallback() {
    this.endWatch?.();
  }

  /**
   * Ends well and leaves nothing to pass on: there is nothing more to read here.
   * @param {import('c/paysideOperation').Operation} operation
   */
  follow(operation) {
    this.state = operation.state;
    if (operation.isOver) this.close();
  }

  /** @param {CustomEvent<{ submitText: string }>} event */
  word({ detail: { submitText } }) {
    this.submitText = submitText;
  }

  send() {
    const form = /** @type {(Element & { submit(): void }) | null} */ (
      this.template.querySelector('c-payside-form')
    );
    form?.submit();
  }

  leave() {
    this.close();
  }
}
