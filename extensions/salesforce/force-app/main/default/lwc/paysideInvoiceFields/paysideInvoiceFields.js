// Fields of a new invoice: lines from the opportunity or typed in, tax, due date, memo, and whether it is sent at once.
import { LightningElement, api } from 'lwc';
import { choices, sayAll } from 'c/paysideFields';
import { bodyOf, composerFor, newDraft } from 'c/paysideInvoiceDraft';
import { payerText } from 'c/paysideWords';

/** @typedef {import('c/paysideInvoiceDraft').InvoiceDraft} InvoiceDraft */

export default class PaysideInvoiceFields extends LightningElement {
  /** @type {import('payside/view').CardView | null} */
  @api view = null;
  /** Invoice whose reversed amount is collected again. @type {import('payside/view').InvoiceView | null} */
  @api replaces = null;
  @api locked = false;

  /** @type {InvoiceDraft | null} */
  draft = null;

  connectedCallback() {
    const { composer, replaces } = this;
    if (!composer) return;
    this.draft = newDraft(composer, this.canTakeProducts ? 'record' : 'typed', replaces?.again ?? null);
    this.say();
  }

  get composer() {
    return this.view && composerFor(this.view.composer, this.replaces);
  }

  get canTakeProducts() {
    return this.view?.record.objectType === 'Opportunity' && this.replaces === null;
  }

  get sources() {
    return [
      { label: "The opportunity's products", value: 'record' },
      { label: 'Typed in here', value: 'typed' },
    ];
  }

  get isTyped() {
    return this.draft?.source === 'typed';
  }

  get payerText() {
    const text = payerText(this.composer?.payer ?? null);
    return `For ${text || 'the contact of this record'}`;
  }

  get currencies() {
    return choices(this.composer?.currencies ?? []);
  }

  get taxRates() {
    const rates = this.composer?.taxRates ?? [];
    if (rates.length === 0) return null;
    return [{ label: 'No tax', value: '' }, ...rates.map(({ id, text }) => ({ label: text, value: id }))];
  }

  get sendLabel() {
    const email = this.composer?.payer?.email;
    return email ? `Send to ${email}` : 'Send by e-mail';
  }

  /** The request's body; null while something is missing, which the fields then say. */
  @api body() {
    const { draft } = this;
    if (!draft) return null;
    const hasDay = sayAll(this.template, { dueDate: draft.dueDate === '' ? 'Choose a day.' : '' });
    const lines = /** @type {(Element & { check(): boolean }) | null} */ (
      this.template.querySelector('c-payside-invoice-lines')
    );
    const areWhole = lines ? lines.check() : true;
    return hasDay && areWhole ? bodyOf(draft, this.replaces?.id ?? null) : null;
  }

  /** @param {Partial<InvoiceDraft>} part */
  change(part) {
    if (this.draft) this.draft = { ...this.draft, ...part };
    this.say();
  }

  /** Whoever draws the button words it by this. */
  say() {
    const detail = { submitText: this.draft?.send ? 'Create and send' : 'Create invoice' };
    this.dispatchEvent(new CustomEvent('drafted', { detail }));
  }

  /** @param {CustomEvent<{ value: 'typed' | 'record' }>} event */
  chooseSource({ detail: { value } }) {
    this.change({ source: value });
  }

  /** @param {CustomEvent<import('c/paysideInvoiceDraft').DraftLine[]>} event */
  takeLines({ detail }) {
    this.change({ lines: detail });
  }

  /** @param {CustomEvent<{ value: string }>} event */
  chooseCurrency({ detail: { value } }) {
    this.change({ currency: value });
  }

  /** @param {CustomEvent<{ value: string | null }>} event */
  chooseDay({ detail: { value } }) {
    this.change({ dueDate: value ?? '' });
  }

  /** @param {CustomEvent<{ value: string }>} event */
  chooseTax({ detail: { value } }) {
    this.change({ taxRateId: value });
  }

  /** @param {CustomEvent<{ value: string }>} event */
  typeMemo({ detail: { value } }) {
    this.change({ memo: value });
  }

  /** @param {CustomEvent<{ checked: boolean }>} event */
  chooseSend({ detail: { checked } }) {
    this.change({ send: checked });
  }

  passOn() {
    this.dispatchEvent(new CustomEvent('send'));
  }
}
