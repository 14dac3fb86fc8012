// What a person fills in to start an operation, and what became of it; whoever shows it draws the buttons.
import { LightningElement, api } from 'lwc';
import { failureTitle, payerText } from 'c/paysideWords';

/** @typedef {import('c/paysideOperation').OperationState} OperationState */

/**
 * @param {OperationState} state
 * @param {string | null} invoiceId of the invoice that was acted on
 */
function linkOf(state, invoiceId) {
  if (state.status === 'failed') return state.payUrl === null ? null : { payUrl: state.payUrl, invoiceId };
  if (state.status !== 'done' || state.result.payUrl === undefined) return null;
  return { payUrl: state.result.payUrl, invoiceId: state.result.invoiceId ?? null };
}

/** A contact brings along its account. @param {string} objectType */
function placeOf(objectType) {
  return objectType === 'Contact' ? 'this contact, nor on its account' : 'this record';
}

/**
 * @param {string} name
 * @param {string} objectType
 */
const releaseQuestion = (name, objectType) =>
  `What ${name} owes and has paid no longer shows on ${placeOf(objectType)}. ` +
  'Unless another record has the customer, it waits in the settings of Payside until somebody assigns it. ' +
  'Payside does not match it by itself again. Nothing changes at the gateway: open invoices can still be paid.';

export default class PaysideForm extends LightningElement {
  /** @type {import('c/paysideCard').Card | null} */
  @api card = null;
  /** @type {import('payside/view').InvoiceView | null} */
  @api invoice = null;
  /** @type {import('payside/view').PayerView | null} */
  @api payer = null;
  /** @type {import('c/paysideOperation').Operation | null} */
  @api operation = null;
  /** @type {OperationState} */
  @api state = { status: 'idle' };

  isOutcomeShown = false;

  /** What was filled in is gone, and the focus with it: it goes to what is shown instead. */
  renderedCallback() {
    const outcome = /** @type {HTMLElement | null} */ (this.template.querySelector('[data-outcome]'));
    const isNew = outcome !== null && !this.isOutcomeShown;
    this.isOutcomeShown = outcome !== null;
    if (isNew && this.operation !== null) outcome.focus();
  }

  /** @type {import('payside/view').CardView | null} */
  view = null;

  connectedCallback() {
    const { card } = this;
    if (!card) return;
    this.view = card.view;
    this.endWatch = card.watch(() => {
      this.view = card.view ?? this.view;
    });
  }

  disconnectedCallback() {
    this.endWatch?.();
  }

  /** As it is now; what was opened goes on meaning the same invoice. */
  get current() {
    const { invoice, view } = this;
    return view?.invoices.find(({ id }) => id === invoice?.id) ?? invoice;
  }

  get kind() {
    return this.operation?.kind ?? null;
  }

  get isLocked() {
    return this.state.status !== 'idle' && Boolean(this.operation?.isLocked);
  }

  get showsFields() {
    return this.operation !== null && this.link === null && this.state.status !== 'done';
  }

  get isInvoice() {
    return this.kind === 'create-invoice';
  }

  get isLink() {
    return this.kind === 'create-link';
  }

  get isCredit() {
    return this.kind === 'return-credit';
  }

  get isCharge() {
    return this.kind === 'charge-saved-method';
  }

  /** The question before an answer of one click. */
  get question() {
    const { invoice, payer } = this;
    if (payer) return releaseQuestion(payer.name, this.view?.record.objectType ?? 'record');
    if (!invoice) return '';
    const { due, payer: owner } = this.current ?? invoice;
    return this.kind === 'void-invoice'
      ? `${invoice.number} over ${invoice.total.text} can no longer be paid after this. It cannot be undone.`
      : `${invoice.number} over ${due.text} goes to ${owner?.email ? payerText(owner) : 'the payer'} by e-mail, with a payment link.`;
  }

  get isOver() {
    return this.state.status === 'done' || this.link !== null;
  }

  get doneText() {
    return this.state.status === 'done' ? this.state.result.message : '';
  }

  get message() {
    const { state } = this;
    if (state.status === 'checking') return { tone: 'info', title: 'Checking', text: state.message };
    if (state.status !== 'failed') return null;
    const { message, retry } = state.failure;
    return { tone: retry === 'never' ? 'danger' : 'warning', title: failureTitle(retry), text: message };
  }

  /** What the operation left behind, or the invoice has, that the person passes on. */
  get link() {
    const { invoice, operation } = this;
    if (operation !== null) return linkOf(this.state, invoice?.id ?? null);
    return invoice?.payUrl ? { payUrl: invoice.payUrl, invoiceId: invoice.id } : null;
  }

  /** Starts the operation with what was filled in; where something is missing, the fields say so. */
  @api submit() {
    const { operation } = this;
    if (!operation || operation.isLocked) return;
    const fields = /** @type {(Element & { body(): object | null }) | null} */ (
      this.template.querySelector('[data-fields]')
    );
    const body = fields ? fields.body() : this.subject;
    if (body) operation.run(body);
  }

  /** What the question is about. */
  get subject() {
    const { invoice, payer } = this;
    if (payer) return { customerId: payer.customerId };
    return invoice && { invoiceId: invoice.id };
  }

  /** @param {CustomEvent<{ submitText: string }>} event */
  passOn({ detail }) {
    this.dispatchEvent(new CustomEvent('drafted', { detail }));
  }
}
